/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AFL++'s custom mutator (AFL_CUSTOM_MUTATOR_LIBRARY) on whole programs: fuzz, splice, trim by
 * calls. Its buffers are its own, so none of AFL++'s headers is needed.
 * https://aflplus.plus/docs/custom_mutators/
 */
#include "mutate.h"

#include <stdlib.h>
#include <string.h>

struct mutator {
    struct mutate_random random;
    struct program program, other;
    uint8_t out[PROGRAM_MAX_BYTES];
    /* Trimming: calls [at, at + step) are left out of `program`. */
    struct program trial;
    size_t at, step;
};

void *afl_custom_init(void *afl, unsigned seed);
void afl_custom_deinit(void *data);
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

size_t afl_custom_fuzz(void *data, uint8_t *in, size_t in_size, uint8_t **out, uint8_t *add,
                       size_t add_size, size_t max_size)
{
    struct mutator *m = data;
    if (max_size < PROGRAM_HEADER_BYTES + PROGRAM_CALL_BYTES) {
        *out = in;
        return in_size;
    }
    size_t max_calls = (max_size - PROGRAM_HEADER_BYTES) / PROGRAM_CALL_BYTES;
    program_decode(&m->program, in, in_size);
    if (add != NULL && mutate_below(&m->random, 4) == 0) {
        program_decode(&m->other, add, add_size);
        mutate_splice(&m->program, &m->other, &m->random, max_calls);
    } else {
        mutate_program(&m->program, &m->random, max_calls);
    }
    *out = m->out;
    return program_encode(&m->program, m->out);
}

/* Part of the names of what is found. */
const char *afl_custom_describe(void *data, size_t max_length)
{
    (void)data;
    return max_length >= sizeof "program" - 1 ? "program" : "";
}

/* Trimming leaves out halves, then quarters, down to single calls. Steps are not known beforehand:
   one more is promised until there is none. */
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
    size_t count = m->program.call_count;
    size_t n = m->step < count - m->at ? m->step : count - m->at;
    m->trial = m->program;
    memmove(&m->trial.calls[m->at], &m->trial.calls[m->at + n],
            (count - m->at - n) * sizeof *m->trial.calls);
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
    bool done = m->step == 0 || m->program.call_count < 2;
    return done ? 1 : 0; /* step 0 of 1, or step 1 of 1 */
}
