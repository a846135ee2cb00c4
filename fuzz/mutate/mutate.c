/* SPDX-License-Identifier: Apache-2.0 */
#include "mutate.h"

size_t mutate_max_calls(size_t max_size)
{
    if (max_size > PROGRAM_MAX_BYTES)
        return PROGRAM_MAX_CALLS;
    return max_size < PROGRAM_HEADER_BYTES ? 0
                                           : (max_size - PROGRAM_HEADER_BYTES) / PROGRAM_CALL_BYTES;
}

uint32_t mutate_program(struct program *p, struct mutate_random *r, size_t max_calls)
{
    static struct program before;
    uint32_t changes = 1 + mutate_below(r, 4), applied = 0;
    if (p->call_count > max_calls)
        p->call_count = max_calls;
    before = *p;
    /* A change may undo the one before: repeated until the program differs. */
    for (uint32_t done = 0; done < changes || program_same(p, &before);) {
        unsigned op = mutate_below(r, MUTATE_OPERATORS);
        if (mutate_apply(op, p, r, max_calls)) {
            applied |= 1u << op;
            done++;
        }
    }
    return applied;
}

/* One more than the highest variable that the program names. */
static uint8_t variables_used(const struct program *p)
{
    uint8_t most = 0;
    for (size_t i = 0; i < p->call_count; i++) {
        struct call c;
        program_plain_call(&c, &p->calls[i]);
        const uint8_t named[] = {c.handle.variable, c.buffer.variable, c.handle_out, c.buffer_out};
        for (size_t k = 0; k < sizeof named; k++)
            most = named[k] > most ? named[k] : most;
    }
    return (uint8_t)(most + 1);
}

static uint8_t shifted(uint8_t variable, uint8_t by)
{
    return (uint8_t)((variable + by) % PROGRAM_VARIABLES);
}

void mutate_splice(struct program *a, const struct program *b, struct mutate_random *r,
                   size_t max_calls)
{
    size_t most = a->call_count < max_calls ? a->call_count : max_calls;
    if (most == max_calls && most > 1 && b->call_count > 0)
        most--;
    size_t keep = most > 0 ? 1 + mutate_below(r, (uint32_t)most) : 0;
    size_t from = mutate_below(r, (uint32_t)b->call_count);
    a->call_count = keep;
    uint8_t by = mutate_below(r, 2) ? variables_used(a) : 0;
    for (size_t i = from; i < b->call_count && a->call_count < max_calls; i++) {
        struct call *c = &a->calls[a->call_count++];
        *c = b->calls[i];
        c->handle.variable = shifted(c->handle.variable, by);
        c->buffer.variable = shifted(c->buffer.variable, by);
        c->handle_out = shifted(c->handle_out, by);
        c->buffer_out = shifted(c->buffer_out, by);
    }
}
