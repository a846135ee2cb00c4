/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compares programs by meaning instead of bytes: members that a function does not use are ignored.
 */
#include "program.h"

#include "faults/fault/fault.h"

#include <string.h>

static struct fault_clause plain_fault(const struct fault_clause *f)
{
    if (f->class_plus_one == FAULT_CLAUSE_NONE)
        return (struct fault_clause){0};
    struct fault_clause plain = *f;
    plain.kind = (uint8_t)(f->kind % fault_kind_count((enum fault_class)(f->class_plus_one - 1)));
    plain.nth = f->nth > 0 ? f->nth : 1;
    return plain;
}

/* The members that references of each kind use. */
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
    [BUFFER_LONG] = LOOKS_AT_VARIABLE | LOOKS_AT_EXTRA,
    [BUFFER_NOTHING] = LOOKS_AT_EXTRA,
};

static struct reference plain_reference(struct reference from, uint8_t looks, const struct call *c,
                                        struct call *plain)
{
    if (looks & LOOKS_AT_EXTRA)
        plain->extra = c->extra;
    return (struct reference){from.kind, looks & LOOKS_AT_VARIABLE ? from.variable : 0};
}

/* Copies from `c` the members that this parameter uses. */
static void take_parameter(struct call *plain, const struct call *c, const struct parameter *q)
{
    bool is_null = (c->flags & q->null_flag) != 0;
    plain->flags |= c->flags & q->null_flag;
    switch (q->kind) {
    case PARAMETER_SERVER:
    case PARAMETER_FILE:
    case PARAMETER_PATHS:
    case PARAMETER_IDENTITY:
    case PARAMETER_SETTING:
        plain->text = (uint8_t)(c->text % program_text_count(program_text_table(q->kind)));
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

void program_plain_call(struct call *plain, const struct call *c)
{
    memset(plain, 0, sizeof *plain); /* padding included: calls are compared as bytes */
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

bool program_same(const struct program *a, const struct program *b)
{
    const struct program_world *v = &a->world, *w = &b->world;
    if (a->call_count != b->call_count || v->restore_mode != w->restore_mode || v->tcp != w->tcp ||
        v->segment != w->segment || v->store % PROGRAM_STORES != w->store % PROGRAM_STORES)
        return false;
    for (size_t i = 0; i < a->call_count; i++) {
        struct call c, d;
        program_plain_call(&c, &a->calls[i]);
        program_plain_call(&d, &b->calls[i]);
        if (memcmp((const uint8_t *)&c, (const uint8_t *)&d, sizeof c) != 0)
            return false;
    }
    return true;
}
