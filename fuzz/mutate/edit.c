/* SPDX-License-Identifier: Apache-2.0 */
#include "edit.h"

#include "faults/fault/fault.h"

#include <windows.h>

#include <ntdsbcli.h>

bool edit_one_in(struct edit *e, uint32_t n)
{
    return mutate_below(e->r, n) == 0;
}

/* Finding -------------------------------------------------------------------------------------- */

/* How many parameters of these kinds the call has. */
uint32_t edit_count_parameters(const struct call *c, unsigned kinds)
{
    uint32_t n = 0;
    const struct parameter *q = api_parameters(api_functions[c->function].shape);
    for (; q->kind != PARAMETER_END; q++)
        n += (kinds & KIND(q->kind)) != 0;
    return n;
}

/* A call with such a parameter; NULL: there is none. */
struct call *edit_find_with(struct edit *e, unsigned kinds)
{
    size_t count = e->p->call_count, start = mutate_below(e->r, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        struct call *c = &e->p->calls[(start + i) % count];
        if (edit_count_parameters(c, kinds) > 0)
            return c;
    }
    return NULL;
}

/* One of the program's faults; NULL: it has none. */
struct fault_clause *edit_find_fault(struct edit *e)
{
    size_t count = e->p->call_count * PROGRAM_CALL_FAULTS;
    size_t start = mutate_below(e->r, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        size_t at = (start + i) % count;
        struct fault_clause *f =
            &e->p->calls[at / PROGRAM_CALL_FAULTS].faults[at % PROGRAM_CALL_FAULTS];
        if (f->class_plus_one != FAULT_CLAUSE_NONE)
            return f;
    }
    return NULL;
}

size_t edit_pick_place(struct edit *e)
{
    return mutate_below(e->r, (uint32_t)e->p->call_count);
}

struct call *edit_pick_call(struct edit *e)
{
    return &e->p->calls[edit_pick_place(e)];
}

/* A variable that some call of the program writes, or sometimes any. */
uint8_t edit_pick_handle(struct edit *e)
{
    const struct call *c = edit_one_in(e, 8) ? NULL : edit_find_with(e, KIND(PARAMETER_HANDLE_OUT));
    return c != NULL ? c->handle_out : (uint8_t)mutate_below(e->r, PROGRAM_VARIABLES);
}

uint8_t edit_pick_buffer(struct edit *e)
{
    const struct call *c = edit_one_in(e, 8) ? NULL : edit_find_with(e, KIND(PARAMETER_BUFFER_OUT));
    return c != NULL ? c->buffer_out : (uint8_t)mutate_below(e->r, PROGRAM_VARIABLES);
}

/* Making --------------------------------------------------------------------------------------- */

/* Extra weight of functions: a few of them make and use sessions. */
static const uint8_t wanted[API_SHAPES] = {[API_BACKUP_PREPARE] = 2,
                                           [API_GET_DATABASE_NAMES] = 1,
                                           [API_OPEN_FILE] = 2,
                                           [API_READ] = 4,
                                           [API_CLOSE] = 2,
                                           [API_GET_BACKUP_LOGS] = 1,
                                           [API_TRUNCATE_LOGS] = 2,
                                           [API_BACKUP_END] = 2,
                                           [API_RESTORE_PREPARE] = 1,
                                           [API_RESTORE_REGISTER] = 1,
                                           [API_RESTORE_REGISTER_COMPLETE] = 1,
                                           [API_RESTORE_END] = 1};

uint8_t edit_pick_function(struct edit *e)
{
    uint32_t total = 0;
    for (unsigned i = 0; i < PROGRAM_FUNCTIONS; i++)
        total += 1u + wanted[api_functions[i].shape];
    uint32_t at = mutate_below(e->r, total);
    uint8_t function = 0;
    for (; at > wanted[api_functions[function].shape]; function++)
        at -= 1u + wanted[api_functions[function].shape];
    return function;
}

/* One of the functions of this shape: A or W. */
uint8_t edit_pick_of_shape(struct edit *e, enum api_shape shape)
{
    uint8_t first = 0, count = 0;
    while (api_functions[first].shape != shape)
        first++;
    while (first + count < PROGRAM_FUNCTIONS && api_functions[first + count].shape == shape)
        count++;
    return (uint8_t)(first + mutate_below(e->r, count));
}

/* A call as an author would write it: on what other calls return, with legal numbers. */
struct call edit_make_call(struct edit *e, uint8_t function)
{
    struct call c = {.function = function, .number = 24576};
    c.handle.variable = edit_pick_handle(e);
    c.buffer.variable = edit_pick_buffer(e);
    c.handle_out = (uint8_t)mutate_below(e->r, 3);
    c.buffer_out = (uint8_t)mutate_below(e->r, 4);
    c.text = (uint8_t)mutate_below(e->r, 5);
    switch (api_functions[function].shape) {
    case API_BACKUP_PREPARE:
        c.number = 0;
        c.second = BACKUP_TYPE_FULL;
        break;
    case API_RESTORE_PREPARE:
        c.number = 0;
        c.buffer.kind = edit_one_in(e, 2) ? BUFFER_NULL : BUFFER_VARIABLE;
        break;
    case API_RESTORE_REGISTER:
    case API_RESTORE_REGISTER_COMPLETE:
    case API_SET_CURRENT_BACKUP_LOG:
    case EVENT_SERVER_START:
        c.number = mutate_below(e->r, 3);
        c.second = 2;
        break;
    case EVENT_STORE_GROW:
    case EVENT_STORE_SHRINK:
    case EVENT_STORE_REPLACE:
        c.number = 1u << mutate_below(e->r, 16);
        break;
    case EVENT_CLOCK_FORWARD:
    case EVENT_CLOCK_BACK:
        c.number = 1u << mutate_below(e->r, 32);
        break;
    default:
        break;
    }
    return c;
}

uint8_t edit_pick_kind(struct edit *e, uint8_t class_plus_one)
{
    return (uint8_t)mutate_below(e->r, fault_kind_count((enum fault_class)(class_plus_one - 1)));
}

uint16_t edit_pick_site(struct edit *e)
{
    /* The hashes of fault points are sparse; any number selects the nearest of the class. */
    return (uint16_t)(edit_one_in(e, 3) ? FAULT_CLAUSE_ANY_SITE
                                        : 1 + mutate_below(e->r, UINT16_MAX));
}

uint16_t edit_pick_nth(struct edit *e)
{
    return (uint16_t)(1 + mutate_below(e->r, edit_one_in(e, 4) ? 40 : 4));
}

struct fault_clause edit_make_fault(struct edit *e)
{
    struct fault_clause f = {.class_plus_one = (uint8_t)(1 + mutate_below(e->r, FAULT_CLASSES))};
    f.kind = edit_pick_kind(e, f.class_plus_one);
    f.nth = edit_pick_nth(e);
    f.shape = (uint8_t)(edit_one_in(e, 3) ? mutate_below(e->r, FAULT_SHAPES) : FAULT_ONE_SHOT);
    f.site = edit_one_in(e, 4) ? edit_pick_site(e) : FAULT_CLAUSE_ANY_SITE;
    return f;
}
