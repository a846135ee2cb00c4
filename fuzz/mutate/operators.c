/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operators. Each looks for a place where it makes a difference: a number changes in a call
 * that takes one, a handle becomes one that some call of the program returns.
 */
#include "edit.h"

#include "faults/fault/fault.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <string.h>

/* Whole calls ---------------------------------------------------------------------------------- */

/* Makes room for `n` calls at `at`; their content is undefined. */
static bool open_gap(struct edit *e, size_t at, size_t n)
{
    struct program *p = e->p;
    if (p->call_count + n > e->max_calls)
        return false;
    memmove(&p->calls[at + n], &p->calls[at], (p->call_count - at) * sizeof *p->calls);
    p->call_count += n;
    return true;
}

static void remove_calls(struct edit *e, size_t at, size_t n)
{
    struct program *p = e->p;
    memmove(&p->calls[at], &p->calls[at + n], (p->call_count - at - n) * sizeof *p->calls);
    p->call_count -= n;
}

static bool insert_at(struct edit *e, size_t at, uint8_t function)
{
    struct call c = edit_make_call(e, function);
    if (!open_gap(e, at, 1))
        return false;
    e->p->calls[at] = c;
    return true;
}

static bool insert_call(struct edit *e)
{
    return insert_at(e, mutate_below(e->r, (uint32_t)e->p->call_count + 1), edit_pick_function(e));
}

static bool delete_calls(struct edit *e)
{
    size_t count = e->p->call_count;
    if (count < 2)
        return false;
    size_t at = edit_pick_place(e), most = count - at;
    if (most == count)
        most--; /* not all */
    remove_calls(e, at, 1 + mutate_below(e->r, (uint32_t)(most < 3 ? most : 3)));
    return true;
}

static bool move_call(struct edit *e)
{
    if (e->p->call_count < 2)
        return false;
    size_t from = edit_pick_place(e), to = mutate_below(e->r, (uint32_t)e->p->call_count - 1);
    struct call c = e->p->calls[from];
    remove_calls(e, from, 1);
    to += to >= from;
    open_gap(e, to, 1);
    e->p->calls[to] = c;
    return true;
}

static bool duplicate_calls(struct edit *e)
{
    size_t at = edit_pick_place(e), most = e->p->call_count - at;
    size_t n = 1 + mutate_below(e->r, (uint32_t)(most < 6 ? most : 6));
    if (!open_gap(e, at + n, n))
        return false;
    memcpy(&e->p->calls[at + n], &e->p->calls[at], n * sizeof *e->p->calls);
    return true;
}

/* Another function on the same arguments. */
static bool change_function(struct edit *e)
{
    struct call *c = edit_pick_call(e);
    uint8_t before = c->function;
    while (c->function == before)
        c->function = edit_pick_function(e);
    return true;
}

/* An End of the handle just before a use of it. */
static bool end_then_use(struct edit *e)
{
    const struct call *use = edit_find_with(e, KIND(PARAMETER_HANDLE));
    if (use == NULL)
        return false;
    enum api_shape shape = api_functions[use->function].shape;
    bool restore = shape == API_RESTORE_REGISTER || shape == API_RESTORE_REGISTER_COMPLETE ||
                   shape == API_RESTORE_END || shape == API_GET_DATABASE_LOCATIONS;
    struct call end = {.function =
                           edit_pick_of_shape(e, restore ? API_RESTORE_END : API_BACKUP_END),
                       .handle = {HANDLE_VARIABLE, use->handle.variable}};
    size_t at = (size_t)(use - e->p->calls);
    if (!open_gap(e, at, 1))
        return false;
    e->p->calls[at] = end;
    return true;
}

/* The server ends and, some calls later, starts again. */
static bool insert_restart(struct edit *e)
{
    static const uint8_t ends[] = {EVENT_SERVER_STOP, EVENT_SERVER_KILL, EVENT_POWER_FAIL};
    if (e->p->call_count + 2 > e->max_calls)
        return false;
    size_t at = mutate_below(e->r, (uint32_t)e->p->call_count + 1);
    size_t rest = e->p->call_count - at, back = at + mutate_below(e->r, 3);
    insert_at(e, back < at + rest ? back : at + rest, edit_pick_of_shape(e, EVENT_SERVER_START));
    insert_at(e, at, edit_pick_of_shape(e, mutate_pick(e->r, ends)));
    return true;
}

static bool insert_event(struct edit *e)
{
    static const uint8_t events[] = {EVENT_CLIENT_EXIT,   EVENT_WAIT,         EVENT_STORE_ROTATE,
                                     EVENT_STORE_GROW,    EVENT_STORE_SHRINK, EVENT_STORE_REMOVE,
                                     EVENT_STORE_REPLACE, EVENT_STORE_DENY,   EVENT_STORE_RESTORE,
                                     EVENT_CLOCK_FORWARD, EVENT_CLOCK_BACK,   EVENT_DISK_FULL,
                                     EVENT_DISK_FREE};
    return insert_at(e, mutate_below(e->r, (uint32_t)e->p->call_count + 1),
                     edit_pick_of_shape(e, mutate_pick(e->r, events)));
}

/* Arguments ------------------------------------------------------------------------------------ */

/* Bits of a handle: kind, generation, slot. */
static const uint64_t masks[] = {1ull << 56, 0xffull << 56, 1ull << 24, 1ull << 25, 1ull << 55, 1,
                                 2,          1ull << 11,    1ull << 63, ~0ull};

/* Values at the edges of what functions take: sizes, generations, seconds until a token expires,
   flags, codes. */
static const uint32_t numbers[] = {0,
                                   1,
                                   2,
                                   3,
                                   8192,
                                   16384,
                                   24575,
                                   24576,
                                   24577,
                                   32768,
                                   65536,
                                   0xfffff,
                                   0x100000,
                                   0x102000,
                                   INT32_MAX,
                                   0x80000000,
                                   UINT32_MAX,
                                   5184000,
                                   5184001,
                                   (uint32_t)BACKUP_DISABLE_INCREMENTAL,
                                   BACKUP_TYPE_FULL,
                                   RESTORE_TYPE_CATCHUP,
                                   ERROR_INVALID_PARAMETER,
                                   (uint32_t)hrInvalidParam};

/* Another variable, or an invalid handle. */
static bool rewire_handle(struct edit *e)
{
    struct call *c = edit_find_with(e, KIND(PARAMETER_HANDLE));
    if (c == NULL)
        return false;
    if (edit_one_in(e, 2)) {
        c->handle = (struct reference){HANDLE_VARIABLE, edit_pick_handle(e)};
        return true;
    }
    c->handle.kind = (uint8_t)(1 + mutate_below(e->r, HANDLE_KINDS - 1));
    c->extra = mutate_pick(e->r, masks);
    return true;
}

static bool rewire_buffer(struct edit *e)
{
    struct call *c = edit_find_with(e, KIND(PARAMETER_BUFFER));
    if (c == NULL)
        return false;
    if (edit_one_in(e, 2)) {
        c->buffer = (struct reference){BUFFER_VARIABLE, edit_pick_buffer(e)};
        return true;
    }
    c->buffer.kind = (uint8_t)(1 + mutate_below(e->r, BUFFER_KINDS - 1));
    c->extra = mutate_below(e->r, 80); /* in a token, and slightly beyond it */
    return true;
}

/* Assigns a call's result to another variable, overwriting its value. */
static bool rewire_result(struct edit *e)
{
    struct call *c = edit_find_with(e, KIND(PARAMETER_HANDLE_OUT) | KIND(PARAMETER_BUFFER_OUT));
    if (c == NULL)
        return false;
    bool handle = edit_count_parameters(c, KIND(PARAMETER_HANDLE_OUT)) > 0;
    if (handle && (edit_count_parameters(c, KIND(PARAMETER_BUFFER_OUT)) == 0 || edit_one_in(e, 2)))
        c->handle_out = edit_pick_handle(e);
    else
        c->buffer_out = edit_pick_buffer(e);
    return true;
}

static bool change_number(struct edit *e)
{
    struct call *c = edit_find_with(e, KIND(PARAMETER_NUMBER) | KIND(PARAMETER_SECOND));
    if (c == NULL)
        return false;
    bool second = edit_count_parameters(c, KIND(PARAMETER_SECOND)) > 0 && edit_one_in(e, 2);
    *(second ? &c->second : &c->number) = mutate_pick(e->r, numbers);
    return true;
}

static bool change_text(struct edit *e)
{
    struct call *c = edit_find_with(e, KINDS_TEXT);
    if (c == NULL)
        return false;
    /* The longest of the tables; shorter ones are taken modulo. */
    c->text = (uint8_t)mutate_below(e->r, (uint32_t)program_text_count(TEXT_FILES));
    return true;
}

/* An out pointer becomes NULL or valid again; a list pointer is not NULL on entry. */
static bool change_flags(struct edit *e)
{
    struct call *c = edit_find_with(e, KINDS_OUT);
    if (c == NULL)
        return false;
    uint32_t outs = edit_count_parameters(c, KINDS_OUT), which = mutate_below(e->r, outs + 1);
    if (which < outs)
        c->flags ^= (uint8_t)(1u << which);
    else
        c->flags ^= CALL_LIST_NOT_NULL;
    return true;
}

/* Faults --------------------------------------------------------------------------------------- */

static bool add_fault(struct edit *e)
{
    struct call *c = edit_pick_call(e);
    bool second = c->faults[0].class_plus_one != FAULT_CLAUSE_NONE && edit_one_in(e, 2);
    c->faults[second] = edit_make_fault(e);
    return true;
}

static bool drop_fault(struct edit *e)
{
    struct fault_clause *f = edit_find_fault(e);
    if (f == NULL)
        return false;
    *f = (struct fault_clause){0};
    return true;
}

static bool move_fault(struct edit *e)
{
    struct fault_clause *from = edit_find_fault(e), *to = &edit_pick_call(e)->faults[0];
    if (from == NULL || from == to)
        return false;
    struct fault_clause f = *from;
    *from = (struct fault_clause){0};
    *to = f;
    return true;
}

static bool change_nth(struct edit *e)
{
    struct fault_clause *f = edit_find_fault(e);
    if (f == NULL)
        return false;
    f->nth = edit_one_in(e, 2) ? (uint16_t)(f->nth + 1) : edit_pick_nth(e);
    return true;
}

static bool change_kind(struct edit *e)
{
    struct fault_clause *f = edit_find_fault(e);
    if (f == NULL)
        return false;
    f->kind = edit_pick_kind(e, f->class_plus_one);
    return true;
}

static bool change_shape(struct edit *e)
{
    struct fault_clause *f = edit_find_fault(e);
    if (f == NULL)
        return false;
    f->shape = (uint8_t)((f->shape + 1 + mutate_below(e->r, FAULT_SHAPES - 1)) % FAULT_SHAPES);
    return true;
}

static bool change_site(struct edit *e)
{
    struct fault_clause *f = edit_find_fault(e);
    if (f == NULL)
        return false;
    f->site = edit_pick_site(e);
    return true;
}

/* The world ------------------------------------------------------------------------------------ */

static bool change_world(struct edit *e)
{
    struct program_world *w = &e->p->world;
    switch (mutate_below(e->r, 4)) {
    case 0:
        w->restore_mode = !w->restore_mode;
        break;
    case 1:
        w->tcp = !w->tcp;
        break;
    case 2:
        w->segment = (uint8_t)(w->segment ? 0 : 1 + mutate_below(e->r, UINT8_MAX));
        break;
    default:
        w->store = (uint8_t)((w->store + 1) % PROGRAM_STORES);
    }
    return true;
}

static const struct {
    const char *name;
    bool (*apply)(struct edit *);
} operators[MUTATE_OPERATORS] = {
    {"insert-call", insert_call},
    {"delete-calls", delete_calls},
    {"move-call", move_call},
    {"duplicate-calls", duplicate_calls},
    {"change-function", change_function},
    {"end-then-use", end_then_use},
    {"insert-restart", insert_restart},
    {"insert-event", insert_event},
    {"rewire-handle", rewire_handle},
    {"rewire-buffer", rewire_buffer},
    {"rewire-result", rewire_result},
    {"change-number", change_number},
    {"change-text", change_text},
    {"change-flags", change_flags},
    {"add-fault", add_fault},
    {"drop-fault", drop_fault},
    {"move-fault", move_fault},
    {"change-nth", change_nth},
    {"change-kind", change_kind},
    {"change-shape", change_shape},
    {"change-site", change_site},
    {"change-world", change_world},
};

const char *mutate_name(unsigned op)
{
    return operators[op].name;
}

bool mutate_apply(unsigned op, struct program *p, struct mutate_random *r, size_t max_calls)
{
    struct edit e = {p, r, max_calls};
    /* A program without a call: all operators but the first need one. */
    return operators[p->call_count > 0 ? op : 0].apply(&e);
}
