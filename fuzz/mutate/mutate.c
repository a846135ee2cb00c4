/* SPDX-License-Identifier: Apache-2.0 */
#include "mutate.h"

#include "faults/fault/fault.h"

#include <string.h>

/* Chance: xorshift64 --------------------------------------------------------------------------- */

void mutate_seed(struct mutate_random *r, uint64_t seed)
{
    /* Neighbouring seeds must not give neighbouring states: the finaliser of splitmix64. */
    uint64_t z = seed + 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    r->state = z != 0 ? z : 1;
}

uint32_t mutate_below(struct mutate_random *r, uint32_t below)
{
    uint64_t z = r->state;
    z ^= z << 13;
    z ^= z >> 7;
    z ^= z << 17;
    r->state = z;
    return below > 0 ? (uint32_t)((z >> 16) % below) : 0;
}

/* The same in other bytes ---------------------------------------------------------------------- */

static struct fault_clause plain_fault(const struct fault_clause *f)
{
    if (f->class_plus_one == FAULT_CLAUSE_NONE)
        return (struct fault_clause){0};
    struct fault_clause plain = *f;
    plain.kind = (uint8_t)(f->kind % fault_kind_count((enum fault_class)(f->class_plus_one - 1)));
    plain.nth = f->nth > 0 ? f->nth : 1;
    return plain;
}

/* What references of each kind look at. */
enum { LOOKS_AT_VARIABLE = 1, LOOKS_AT_EXTRA = 2 };
static const uint8_t handle_looks[HANDLE_KINDS] = {
    [HANDLE_VARIABLE] = LOOKS_AT_VARIABLE,
    [HANDLE_STALE] = LOOKS_AT_VARIABLE,
    [HANDLE_FORGED] = LOOKS_AT_VARIABLE | LOOKS_AT_EXTRA,
    [HANDLE_NEVER] = LOOKS_AT_EXTRA,
    [HANDLE_POINTER] = LOOKS_AT_VARIABLE,
    [HANDLE_RAW] = LOOKS_AT_EXTRA,
};
static const uint8_t buffer_looks[BUFFER_KINDS] = {
    [BUFFER_VARIABLE] = LOOKS_AT_VARIABLE,
    [BUFFER_INSIDE] = LOOKS_AT_VARIABLE,
    [BUFFER_DAMAGED] = LOOKS_AT_VARIABLE | LOOKS_AT_EXTRA,
    [BUFFER_SHORT] = LOOKS_AT_VARIABLE | LOOKS_AT_EXTRA,
};

static struct reference plain_reference(struct reference from, uint8_t looks, const struct call *c,
                                        struct call *plain)
{
    if (looks & LOOKS_AT_EXTRA)
        plain->extra = c->extra;
    return (struct reference){from.kind, looks & LOOKS_AT_VARIABLE ? from.variable : 0};
}

static uint8_t plain_text(uint8_t text, enum text_table table)
{
    return (uint8_t)(text % program_text_count(table));
}

/* Takes over from `c` what this parameter looks at. */
static void take_parameter(struct call *plain, const struct call *c, const struct parameter *q)
{
    bool is_null = (c->flags & q->null_flag) != 0;
    plain->flags |= c->flags & q->null_flag;
    switch (q->kind) {
    case PARAMETER_SERVER:
    case PARAMETER_FILE:
    case PARAMETER_PATHS:
    case PARAMETER_IDENTITY:
        /* The tables stand in the order of the parameters. */
        plain->text = plain_text(c->text, (enum text_table)(q->kind - PARAMETER_SERVER));
        break;
    case PARAMETER_NUMBER:
        plain->number = c->number;
        break;
    case PARAMETER_SECOND:
        plain->second = c->second;
        break;
    case PARAMETER_HANDLE:
        plain->handle = plain_reference(c->handle, handle_looks[c->handle.kind], c, plain);
        break;
    case PARAMETER_BUFFER:
        plain->buffer = plain_reference(c->buffer, buffer_looks[c->buffer.kind], c, plain);
        break;
    case PARAMETER_HANDLE_OUT:
        plain->handle_out = is_null ? 0 : c->handle_out;
        break;
    case PARAMETER_BUFFER_OUT:
        plain->buffer_out = is_null ? 0 : c->buffer_out;
        plain->flags |= c->flags & CALL_LIST_NOT_NULL;
        break;
    default:
        break;
    }
}

static void plain_call(struct call *plain, const struct call *c)
{
    memset(plain, 0, sizeof *plain); /* padding, too: calls are compared as bytes */
    plain->function = c->function;
    const struct parameter *q = api_parameters(api_functions[c->function].shape);
    for (; q->kind != PARAMETER_END; q++)
        take_parameter(plain, c, q);
    for (size_t i = 0; i < PROGRAM_CALL_FAULTS; i++) {
        struct fault_clause f = plain_fault(&c->faults[i]);
        plain->faults[i].class_plus_one = f.class_plus_one;
        plain->faults[i].kind = f.kind;
        plain->faults[i].shape = f.shape;
        plain->faults[i].nth = f.nth;
        plain->faults[i].site = f.site;
    }
}

bool mutate_same(const struct program *a, const struct program *b)
{
    const struct program_world *v = &a->world, *w = &b->world;
    if (a->call_count != b->call_count || v->restore_mode != w->restore_mode || v->tcp != w->tcp ||
        v->segment != w->segment || v->store % PROGRAM_STORES != w->store % PROGRAM_STORES)
        return false;
    for (size_t i = 0; i < a->call_count; i++) {
        struct call c, d;
        plain_call(&c, &a->calls[i]);
        plain_call(&d, &b->calls[i]);
        if (memcmp((const uint8_t *)&c, (const uint8_t *)&d, sizeof c) != 0)
            return false;
    }
    return true;
}

/* Mutants -------------------------------------------------------------------------------------- */

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
    /* What was moved may have been moved back: on until it is another program. */
    for (uint32_t done = 0; done < changes || mutate_same(p, &before);) {
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
        plain_call(&c, &p->calls[i]);
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
