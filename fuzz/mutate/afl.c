/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AFL++'s custom mutator (AFL_CUSTOM_MUTATOR_LIBRARY) on whole programs. The operators take part
 * in the havoc stage, mixed with the engine's own mutations of bytes: that finds more than a
 * separate stage, which would get half of the time. Splices at calls have a short stage.
 * Trimming leaves out whole calls. The buffers are the mutator's, so none of AFL++'s headers is
 * needed. https://aflplus.plus/docs/custom_mutators/
 */
#include "mutate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HAVOC_PERCENT = 60, /* of the steps of the havoc stage */
    SPLICES = 32,       /* for each program of the queue */
};

struct mutator {
    struct mutate_random random;
    struct program program, other;
    uint8_t out[PROGRAM_MAX_BYTES];
    uint32_t applied; /* the operators that made `out`, a bit each; 0: a splice */
    char description[128];
    /* Trimming: calls [at, at + step) are left out of `program`. */
    struct program trial;
    size_t at, step;
};

void *afl_custom_init(void *afl, unsigned seed);
void afl_custom_deinit(void *data);
uint8_t afl_custom_havoc_mutation_probability(void *data);
size_t afl_custom_havoc_mutation(void *data, uint8_t *in, size_t in_size, uint8_t **out,
                                 size_t max_size);
uint32_t afl_custom_fuzz_count(void *data, const uint8_t *in, size_t in_size);
size_t afl_custom_fuzz(void *data, uint8_t *in, size_t in_size, uint8_t **out, uint8_t *add,
                       size_t add_size, size_t max_size);
const char *afl_custom_describe(void *data, size_t max_length);
int32_t afl_custom_init_trim(void *data, uint8_t *in, size_t in_size);
size_t afl_custom_trim(void *data, uint8_t **out);
int32_t afl_custom_post_trim(void *data, uint8_t success);

void *afl_custom_init(void *afl, unsigned seed)
{
    (void)afl;
    struct mutator *m = calloc(1, sizeof *m);
    if (m != NULL)
        mutate_seed(&m->random, seed);
    return m;
}

void afl_custom_deinit(void *data)
{
    free(data);
}

uint8_t afl_custom_havoc_mutation_probability(void *data)
{
    (void)data;
    return HAVOC_PERCENT;
}

static size_t encode(struct mutator *m, uint8_t **out)
{
    *out = m->out;
    return program_encode(&m->program, m->out);
}

size_t afl_custom_havoc_mutation(void *data, uint8_t *in, size_t in_size, uint8_t **out,
                                 size_t max_size)
{
    struct mutator *m = data;
    size_t max_calls = mutate_max_calls(max_size);
    if (max_calls == 0) {
        *out = in;
        return in_size;
    }
    program_decode(&m->program, in, in_size);
    m->applied = mutate_program(&m->program, &m->random, max_calls);
    return encode(m, out);
}

uint32_t afl_custom_fuzz_count(void *data, const uint8_t *in, size_t in_size)
{
    (void)data, (void)in, (void)in_size;
    return SPLICES;
}

size_t afl_custom_fuzz(void *data, uint8_t *in, size_t in_size, uint8_t **out, uint8_t *add,
                       size_t add_size, size_t max_size)
{
    struct mutator *m = data;
    size_t max_calls = mutate_max_calls(max_size);
    if (max_calls == 0 || add == NULL)
        return afl_custom_havoc_mutation(data, in, in_size, out, max_size);
    program_decode(&m->program, in, in_size);
    program_decode(&m->other, add, add_size);
    mutate_splice(&m->program, &m->other, &m->random, max_calls);
    m->applied = 0;
    /* It may be the buffer of the previous call. */
    program_decode(&m->other, in, in_size);
    if (program_same(&m->program, &m->other))
        m->applied = mutate_program(&m->program, &m->random, max_calls);
    return encode(m, out);
}

/* Part of the file names of inputs that the stage of splices finds. */
const char *afl_custom_describe(void *data, size_t max_length)
{
    struct mutator *m = data;
    size_t room = max_length < sizeof m->description ? max_length : sizeof m->description, used = 0;
    if (room == 0)
        return "";
    snprintf(m->description, room, "%s", m->applied == 0 ? "splice" : "");
    for (unsigned op = 0; op < MUTATE_OPERATORS && used < room; op++) {
        if (m->applied >> op & 1)
            used += (size_t)snprintf(m->description + used, room - used, "%s%s",
                                     used > 0 ? "+" : "", mutate_name(op));
    }
    return m->description;
}

/* Trimming leaves out halves, then quarters, down to single calls. The number of steps is not known
   beforehand: one more is announced until there is none. */
int32_t afl_custom_init_trim(void *data, uint8_t *in, size_t in_size)
{
    struct mutator *m = data;
    program_decode(&m->program, in, in_size);
    m->at = 0;
    m->step = (m->program.call_count + 1) / 2;
    return m->program.call_count > 1 ? 1 : 0;
}

size_t afl_custom_trim(void *data, uint8_t **out)
{
    struct mutator *m = data;
    size_t count = m->program.call_count, rest = count - m->at;
    size_t n = m->step < rest ? m->step : rest;
    m->trial = m->program;
    memmove(&m->trial.calls[m->at], &m->trial.calls[m->at + n],
            (rest - n) * sizeof *m->trial.calls);
    m->trial.call_count = count - n;
    *out = m->out;
    return program_encode(&m->trial, m->out);
}

int32_t afl_custom_post_trim(void *data, uint8_t success)
{
    struct mutator *m = data;
    if (success)
        m->program = m->trial;
    else
        m->at += m->step;
    if (m->at >= m->program.call_count) {
        m->at = 0;
        m->step /= 2;
    }
    /* A program has at least one call. */
    if (m->step >= m->program.call_count)
        m->step = m->program.call_count / 2;
    return m->step == 0 ? 1 : 0; /* step 1 of 1, or 0 of 1 */
}
