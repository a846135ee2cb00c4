/* SPDX-License-Identifier: Apache-2.0 */
#include "mutate.h"

#include "faults/fault.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <string.h>

void mutate_seed(struct mutate_random *r, uint64_t seed)
{
    r->state = seed * 0x9e3779b97f4a7c15u + 1;
    if (r->state == 0)
        r->state = 1;
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

#define PICK(r, table) (table)[mutate_below(r, sizeof(table) / sizeof *(table))]

/* Values at the edges of what functions take. */
static const uint32_t numbers[] = {
    0,
    1,
    2,
    24576,
    24575,
    24577,
    8192,
    16384,
    32768,
    1048576,
    1056768,
    0xfffff,
    0x100000,
    UINT32_MAX,
    0x80000000,
    0x7fffffff,
    1,
    5184000,
    5184001,
    (uint32_t)BACKUP_DISABLE_INCREMENTAL,
    BACKUP_TYPE_FULL,
    RESTORE_TYPE_CATCHUP,
};

/* Bits of a handle: kind, generation, slot. */
static const uint64_t masks[] = {
    1ull << 56, 0xffull << 56, 1ull << 24, 1ull << 25, 1ull << 55, 1,
    2,          1ull << 11,    1ull << 63, ~0ull,
};

/* Functions by how often they are wanted: a session lives by a few of them. */
static const uint8_t likely[] = {2,  3,  3,  4,  5,  6,  7,  7,  8,  8,  8,  9,  9,  10,
                                 11, 12, 13, 13, 14, 15, 16, 17, 18, 18, 19, 20, 21, 22,
                                 23, 24, 25, 26, 27, 0,  1,  28, 29, 30, 31, 32, 32, 33};

static bool is_function(const struct call *c, enum api_shape shape)
{
    return api_functions[c->function].shape == shape;
}

static bool takes_handle(const struct call *c)
{
    return api_parameters(api_functions[c->function].shape)[0].kind == PARAMETER_HANDLE;
}

static size_t pick_call(const struct program *p, struct mutate_random *r)
{
    return mutate_below(r, (uint32_t)p->call_count);
}

/* Makes room for `n` calls at `at`. */
static bool open_gap(struct program *p, size_t at, size_t n, size_t max_calls)
{
    if (p->call_count + n > max_calls)
        return false;
    memmove(&p->calls[at + n], &p->calls[at], (p->call_count - at) * sizeof *p->calls);
    p->call_count += n;
    return true;
}

static void remove_calls(struct program *p, size_t at, size_t n)
{
    memmove(&p->calls[at], &p->calls[at + n], (p->call_count - at - n) * sizeof *p->calls);
    p->call_count -= n;
}

/* A call as an author would write it: on few variables, with legal numbers. */
static struct call make_call(uint8_t function, struct mutate_random *r)
{
    struct call c = {.function = function};
    c.handle.variable = c.handle_out = (uint8_t)mutate_below(r, 3);
    c.buffer.variable = c.buffer_out = (uint8_t)mutate_below(r, 4);
    c.text = (uint8_t)mutate_below(r, 5);
    c.number = 24576;
    switch (api_functions[function].shape) {
    case API_BACKUP_PREPARE:
        c.number = 0;
        c.second = BACKUP_TYPE_FULL;
        break;
    case API_RESTORE_PREPARE:
        c.number = 0;
        c.buffer.variable = mutate_below(r, 2) ? 15 : c.buffer.variable;
        break;
    case API_RESTORE_REGISTER:
    case API_RESTORE_REGISTER_COMPLETE:
    case EVENT_SERVER_START:
        c.number = mutate_below(r, 3);
        c.second = 2;
        break;
    default:
        break;
    }
    return c;
}

static struct fault_clause make_fault(struct mutate_random *r)
{
    struct fault_clause f = {.class_plus_one = (uint8_t)(1 + mutate_below(r, FAULT_CLASSES))};
    f.kind = (uint8_t)mutate_below(r, fault_kind_count((enum fault_class)(f.class_plus_one - 1)));
    f.nth = (uint16_t)(1 + mutate_below(r, mutate_below(r, 4) == 0 ? 40 : 4));
    f.shape = (uint8_t)(mutate_below(r, 3) == 0 ? mutate_below(r, FAULT_SHAPES) : FAULT_ONE_SHOT);
    if (mutate_below(r, 4) == 0)
        f.site = (uint16_t)(1 + mutate_below(r, UINT16_MAX));
    return f;
}

/* The operators ------------------------------------------------------------------------------- */

static bool insert_call(struct program *p, struct mutate_random *r, size_t max_calls)
{
    size_t at = mutate_below(r, (uint32_t)p->call_count + 1);
    if (!open_gap(p, at, 1, max_calls))
        return false;
    p->calls[at] = make_call(PICK(r, likely), r);
    return true;
}

static bool delete_calls(struct program *p, struct mutate_random *r, size_t max_calls)
{
    (void)max_calls;
    if (p->call_count < 2)
        return false;
    size_t at = pick_call(p, r), most = p->call_count - at;
    size_t n = 1 + mutate_below(r, (uint32_t)(most < 3 ? most : 3));
    remove_calls(p, at, n < p->call_count ? n : p->call_count - 1);
    return true;
}

static bool move_call(struct program *p, struct mutate_random *r, size_t max_calls)
{
    if (p->call_count < 2)
        return false;
    size_t from = pick_call(p, r);
    struct call c = p->calls[from];
    remove_calls(p, from, 1);
    size_t to = mutate_below(r, (uint32_t)p->call_count + 1);
    open_gap(p, to, 1, max_calls);
    p->calls[to] = c;
    return from != to;
}

static bool duplicate_calls(struct program *p, struct mutate_random *r, size_t max_calls)
{
    size_t at = pick_call(p, r), most = p->call_count - at;
    size_t n = 1 + mutate_below(r, (uint32_t)(most < 6 ? most : 6));
    if (!open_gap(p, at + n, n, max_calls))
        return false;
    memcpy(&p->calls[at + n], &p->calls[at], n * sizeof *p->calls);
    return true;
}

static bool rewire_handle(struct program *p, struct mutate_random *r, size_t max_calls)
{
    (void)max_calls;
    struct call *c = &p->calls[pick_call(p, r)];
    if (!takes_handle(c))
        return false;
    c->handle.variable = (uint8_t)mutate_below(r, PROGRAM_VARIABLES);
    c->handle.kind =
        (uint8_t)(mutate_below(r, 2) ? mutate_below(r, HANDLE_KINDS) : HANDLE_VARIABLE);
    c->extra = PICK(r, masks);
    return true;
}

static bool rewire_result(struct program *p, struct mutate_random *r, size_t max_calls)
{
    (void)max_calls;
    struct call *c = &p->calls[pick_call(p, r)];
    c->handle_out = (uint8_t)mutate_below(r, PROGRAM_VARIABLES);
    c->buffer_out = (uint8_t)mutate_below(r, PROGRAM_VARIABLES);
    return true;
}

static bool rewire_buffer(struct program *p, struct mutate_random *r, size_t max_calls)
{
    (void)max_calls;
    struct call *c = &p->calls[pick_call(p, r)];
    c->buffer.variable = (uint8_t)mutate_below(r, PROGRAM_VARIABLES);
    c->buffer.kind = (uint8_t)mutate_below(r, BUFFER_KINDS);
    c->extra = mutate_below(r, 80);
    return true;
}

/* An End of the handle just before a use of it. */
static bool end_then_use(struct program *p, struct mutate_random *r, size_t max_calls)
{
    size_t at = pick_call(p, r);
    const struct call *use = &p->calls[at];
    if (!takes_handle(use))
        return false;
    uint8_t variable = use->handle.variable;
    bool restore =
        is_function(use, API_RESTORE_REGISTER) || is_function(use, API_RESTORE_REGISTER_COMPLETE) ||
        is_function(use, API_GET_DATABASE_LOCATIONS) || is_function(use, API_RESTORE_END);
    if (!open_gap(p, at, 1, max_calls))
        return false;
    p->calls[at] = make_call(0, r);
    while (!is_function(&p->calls[at], restore ? API_RESTORE_END : API_BACKUP_END))
        p->calls[at].function++;
    p->calls[at].handle = (struct reference){HANDLE_VARIABLE, variable};
    return true;
}

static bool change_function(struct program *p, struct mutate_random *r, size_t max_calls)
{
    (void)max_calls;
    p->calls[pick_call(p, r)].function = PICK(r, likely);
    return true;
}

static bool change_number(struct program *p, struct mutate_random *r, size_t max_calls)
{
    (void)max_calls;
    struct call *c = &p->calls[pick_call(p, r)];
    *(mutate_below(r, 3) ? &c->number : &c->second) = PICK(r, numbers);
    return true;
}

static bool change_text(struct program *p, struct mutate_random *r, size_t max_calls)
{
    (void)max_calls;
    struct call *c = &p->calls[pick_call(p, r)];
    c->text = (uint8_t)mutate_below(r, 24);
    if (mutate_below(r, 4) == 0)
        c->flags ^= (uint8_t)(mutate_below(r, 4) ? 1u << mutate_below(r, 3) : CALL_LIST_NOT_NULL);
    return true;
}

static bool add_fault(struct program *p, struct mutate_random *r, size_t max_calls)
{
    (void)max_calls;
    struct call *c = &p->calls[pick_call(p, r)];
    c->faults[mutate_below(r, 4) == 0] = make_fault(r);
    return true;
}

/* The first call with a fault from a random one on; NULL: there is none. */
static struct call *find_fault(struct program *p, struct mutate_random *r)
{
    size_t start = pick_call(p, r);
    for (size_t i = 0; i < p->call_count; i++) {
        struct call *c = &p->calls[(start + i) % p->call_count];
        if (c->faults[0].class_plus_one != FAULT_CLAUSE_NONE)
            return c;
    }
    return NULL;
}

static bool move_fault(struct program *p, struct mutate_random *r, size_t max_calls)
{
    (void)max_calls;
    struct call *from = find_fault(p, r), *to = &p->calls[pick_call(p, r)];
    if (from == NULL || from == to)
        return false;
    to->faults[0] = from->faults[0];
    memset(&from->faults[0], 0, sizeof from->faults[0]);
    return true;
}

static bool change_fault(struct program *p, struct mutate_random *r, size_t max_calls)
{
    (void)max_calls;
    struct call *c = find_fault(p, r);
    if (c == NULL)
        return false;
    struct fault_clause *f = &c->faults[0], other = make_fault(r);
    switch (mutate_below(r, 4)) {
    case 0:
        *f = c->faults[1]; /* dropped, or the other one alone */
        memset(&c->faults[1], 0, sizeof c->faults[1]);
        break;
    case 1:
        f->nth = (uint16_t)(f->nth + 1);
        break;
    case 2:
        f->shape = (uint8_t)((f->shape + 1) % FAULT_SHAPES);
        break;
    default:
        f->kind = (uint8_t)(f->kind + 1);
        f->site = other.site;
    }
    return true;
}

/* The server goes and comes back. */
static bool insert_restart(struct program *p, struct mutate_random *r, size_t max_calls)
{
    static const uint8_t ends[] = {29, 30, 31};
    size_t at = mutate_below(r, (uint32_t)p->call_count + 1);
    size_t gap = mutate_below(r, 3), back = at + gap < p->call_count ? at + gap : p->call_count;
    if (p->call_count + 2 > max_calls)
        return false;
    open_gap(p, back, 1, max_calls);
    p->calls[back] = make_call(32, r);
    open_gap(p, at, 1, max_calls);
    p->calls[at] = make_call(PICK(r, ends), r);
    return true;
}

static bool change_world(struct program *p, struct mutate_random *r, size_t max_calls)
{
    (void)max_calls;
    struct program_world *w = &p->world;
    switch (mutate_below(r, 4)) {
    case 0:
        w->restore_mode = !w->restore_mode;
        break;
    case 1:
        w->tcp = !w->tcp;
        break;
    case 2:
        w->segment = (uint8_t)(w->segment ? 0 : 1 + mutate_below(r, 255));
        break;
    default:
        w->store = (uint8_t)(w->store + 1);
    }
    return true;
}

static const struct {
    const char *name;
    bool (*apply)(struct program *, struct mutate_random *, size_t);
} operators[MUTATE_OPERATORS] = {
    {"insert call", insert_call},
    {"delete calls", delete_calls},
    {"move call", move_call},
    {"duplicate calls", duplicate_calls},
    {"rewire handle", rewire_handle},
    {"rewire result", rewire_result},
    {"rewire buffer", rewire_buffer},
    {"end then use", end_then_use},
    {"change function", change_function},
    {"change number", change_number},
    {"change text", change_text},
    {"add fault", add_fault},
    {"move fault", move_fault},
    {"change fault", change_fault},
    {"insert restart", insert_restart},
    {"change world", change_world},
};

const char *mutate_name(unsigned op)
{
    return operators[op].name;
}

static size_t most_calls(size_t max_calls)
{
    return max_calls < 1 ? 1 : max_calls < PROGRAM_MAX_CALLS ? max_calls : PROGRAM_MAX_CALLS;
}

bool mutate_apply(unsigned op, struct program *p, struct mutate_random *r, size_t max_calls)
{
    if (p->call_count == 0)
        return insert_call(p, r, most_calls(max_calls));
    return operators[op].apply(p, r, most_calls(max_calls));
}

void mutate_program(struct program *p, struct mutate_random *r, size_t max_calls)
{
    static uint8_t before[PROGRAM_MAX_BYTES], after[PROGRAM_MAX_BYTES];
    if (p->call_count > most_calls(max_calls))
        p->call_count = most_calls(max_calls);
    size_t n = program_encode(p, before);
    uint32_t changes = 1 + mutate_below(r, 4);
    /* Another text may be the same program: on until it is another one. */
    for (uint32_t done = 0;;) {
        done += mutate_apply(mutate_below(r, MUTATE_OPERATORS), p, r, max_calls);
        if (done >= changes && (program_encode(p, after) != n || memcmp(before, after, n) != 0))
            return;
    }
}

void mutate_splice(struct program *a, const struct program *b, struct mutate_random *r,
                   size_t max_calls)
{
    size_t most = most_calls(max_calls);
    size_t keep = mutate_below(r, (uint32_t)a->call_count + 1);
    size_t from = mutate_below(r, (uint32_t)b->call_count + 1);
    /* Half of the time the second lives on variables of its own. */
    uint8_t shift = (uint8_t)(mutate_below(r, 2) ? 1 + mutate_below(r, PROGRAM_VARIABLES - 1) : 0);
    a->call_count = keep < most ? keep : most;
    for (size_t i = from; i < b->call_count && a->call_count < most; i++) {
        struct call *c = &a->calls[a->call_count++];
        *c = b->calls[i];
        c->handle.variable = (uint8_t)((c->handle.variable + shift) % PROGRAM_VARIABLES);
        c->buffer.variable = (uint8_t)((c->buffer.variable + shift) % PROGRAM_VARIABLES);
        c->handle_out = (uint8_t)((c->handle_out + shift) % PROGRAM_VARIABLES);
        c->buffer_out = (uint8_t)((c->buffer_out + shift) % PROGRAM_VARIABLES);
    }
    if (a->call_count == 0)
        insert_call(a, r, most);
}
