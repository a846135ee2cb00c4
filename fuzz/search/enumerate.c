/* SPDX-License-Identifier: Apache-2.0 */
#include "enumerate.h"

#include "faults/world/clock.h"
#include "faults/world/ledger.h"
#include "fuzz/run/execute.h"

#include <string.h>

/* The alphabet -------------------------------------------------------------------------------- */

/* Invalid handles. */
static const struct {
    uint8_t kind;
    uint64_t extra;
} impostors[] = {
    {HANDLE_STALE, 0},
    {HANDLE_NULL, 0},
    {HANDLE_MINUS_ONE, 0},
    {HANDLE_FORGED, 0x1},                /* the slot */
    {HANDLE_FORGED, 0x1000000},          /* the generation */
    {HANDLE_FORGED, 0x80000000000000},   /* its highest bit */
    {HANDLE_FORGED, 0xff00000000000000}, /* the other kind */
    {HANDLE_NEVER, 0x5},
    {HANDLE_POINTER, 0},
    {HANDLE_RAW, 0x1000},
};

static bool takes_handle(const struct call *c)
{
    return api_parameters(api_functions[c->function].shape)[0].kind == PARAMETER_HANDLE;
}

static bool add_letter(struct enumerate_alphabet *a, const struct call *c)
{
    if (a->letters == ENUMERATE_MOST_LETTERS)
        return false;
    a->calls[a->letters++] = *c;
    return true;
}

bool enumerate_make_alphabet(const struct program *text, struct enumerate_alphabet *out)
{
    bool seen[PROGRAM_FUNCTIONS] = {false};
    out->world = text->world;
    memcpy(out->handle_names, text->handle_names, sizeof out->handle_names);
    memcpy(out->buffer_names, text->buffer_names, sizeof out->buffer_names);
    out->letters = out->given = 0;
    for (size_t i = 0; i < text->call_count; i++) {
        struct call c = text->calls[i];
        c.expects = false;
        if (!add_letter(out, &c))
            return false;
    }
    out->given = out->letters;
    for (size_t i = 0; i < out->given; i++) {
        struct call c = out->calls[i];
        if (!takes_handle(&c) || seen[c.function])
            continue;
        seen[c.function] = true;
        for (size_t k = 0; k < sizeof impostors / sizeof *impostors; k++) {
            c.handle.kind = impostors[k].kind;
            c.extra = impostors[k].extra;
            if (!add_letter(out, &c))
                return false;
        }
    }
    return true;
}

/* Whether the variables that the letter names are assigned, or need not be. */
static bool is_worth_it(const struct call *c, const struct enumerate_node *n)
{
    const struct parameter *p = api_parameters(api_functions[c->function].shape);
    for (; p->kind != PARAMETER_END; p++) {
        bool from_handle = c->handle.kind == HANDLE_VARIABLE || c->handle.kind == HANDLE_STALE ||
                           c->handle.kind == HANDLE_FORGED;
        bool from_buffer = c->buffer.kind != BUFFER_NULL && c->buffer.kind != BUFFER_FOREIGN &&
                           c->buffer.kind != BUFFER_NOTHING &&
                           c->buffer.variable != SCENE_TOKEN_VARIABLE;
        if (p->kind == PARAMETER_HANDLE && from_handle && !(n->handles >> c->handle.variable & 1))
            return false;
        if (p->kind == PARAMETER_BUFFER && from_buffer && !(n->buffers >> c->buffer.variable & 1))
            return false;
        /* Handles are used in the order of the alphabet's variables: h1 is a second h0. */
        if (p->kind == PARAMETER_HANDLE_OUT && c->handle_out % 2 == 1 &&
            !(n->handles >> (c->handle_out - 1) & 1))
            return false;
    }
    return true;
}

/* States -------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9fb21c651e98df25u;
    return hash ^ hash >> 32;
}

/* Which variable holds the handle, whatever its bits are. */
static unsigned holder(const struct execution *x, uint64_t handle)
{
    for (unsigned i = 0; i < PROGRAM_VARIABLES; i++) {
        if ((uint64_t)(uintptr_t)x->handles[i] == handle)
            return i;
        if ((uint64_t)(uintptr_t)x->stale[i] == handle)
            return PROGRAM_VARIABLES + i;
    }
    return 2 * PROGRAM_VARIABLES;
}

static uint64_t hash_session(const struct execution *x, const struct model_session *h)
{
    uint64_t k = mix(1, holder(x, h->handle));
    k = mix(k, (uint64_t)h->backup | (uint64_t)h->lost << 1 | (uint64_t)h->on_server << 2 |
                   (uint64_t)h->poisoned << 3 | (uint64_t)h->restricted << 4 |
                   (uint64_t)h->registered << 5 | (uint64_t)h->open_is_known << 6 |
                   (uint64_t)h->known_is_last << 7);
    k = mix(k, h->phase | (uint64_t)h->known_phase << 8 | (uint64_t)(uint8_t)h->open << 16 |
                   (uint64_t)(uint8_t)h->known_open << 24 | (uint64_t)h->listed << 32 |
                   (uint64_t)h->complete << 40);
    if (h->open >= 0)
        k = mix(mix(mix(k, h->open_identity), h->open_size), h->open_holds);
    for (unsigned f = 0; f < MODEL_FILES; f++)
        k = mix(k, h->identities[f]);
    return mix(mix(k, h->database), h->received);
}

static uint64_t hash_state(const struct execution *x, const struct model_state *s)
{
    uint64_t k = mix(2, (uint64_t)s->up | (uint64_t)s->restore_mode << 1 |
                            (uint64_t)s->interlock_certain << 2 | (uint64_t)s->interlock << 3 |
                            (uint64_t)s->files << 8 | (uint64_t)s->doubtful_logs << 16 |
                            (uint64_t)s->identity << 24 | (uint64_t)s->disk_full << 32);
    for (unsigned f = 0; f < MODEL_FILES; f++)
        k = mix(mix(k, s->store[f].size), s->store[f].identity | (uint64_t)s->store[f].place << 32 |
                                              (uint64_t)s->store[f].denied << 48);
    for (unsigned i = 0; i < s->session_count; i++)
        k = mix(k, hash_session(x, &s->sessions[i]));
    return k;
}

static unsigned status_of(struct execution *x, HBC value)
{
    return value == NULL ? 0 : execute_find_live(x, value) != NULL ? 1 : 2;
}

static uint64_t hash_variables(const struct execution *x)
{
    uint64_t k = 3;
    for (unsigned i = 0; i < PROGRAM_VARIABLES; i++) {
        const struct held_buffer *b = &x->buffers[i];
        k = mix(k, status_of((struct execution *)(uintptr_t)x, x->handles[i]) |
                       status_of((struct execution *)(uintptr_t)x, x->stale[i]) << 2 |
                       (unsigned)b->live << 4 | (unsigned)(b->data != NULL) << 5 |
                       (unsigned)b->is_token << 6 | (unsigned)b->is_void << 7);
    }
    return mix(k, x->overwritten_count << 1 | x->scene_token_is_void);
}

static uint64_t hash_all(const struct execution *x, const struct model *m)
{
    struct ledger_summary l = ledger_summary();
    uint64_t states = 0;
    /* A set has no order. */
    for (unsigned i = 0; i < m->state_count; i++)
        states += hash_state(x, &m->states[i]);
    uint64_t k = mix(hash_variables(x), states);
    k = mix(k, (uint64_t)l.outstanding[WORLD_CLIENT] << 32 | l.outstanding[WORLD_SERVER]);
    return mix(k, (uint64_t)(clock_real_seconds() - x->scene_token_made));
}

/* Expansion ----------------------------------------------------------------------------------- */

/* The node that is being expanded: the context of the observer of its runs. */
struct expanding {
    const struct enumerate_node *node;
    uint64_t order;
    uint16_t letter;
    enumerate_known *known;
    struct enumerate_found *next; /* NULL: nothing is collected */
    struct state_graph *graph;    /* NULL: it is not wanted */
    unsigned function;            /* of the letter */
    sweep_found *found;
};

/* The fault of this run, as a clause of its last call. False: it is in the clean-up, or it
   did not fire. */
static bool take_fault(struct enumerate_node *out, uint16_t letter, const struct fault *f,
                       size_t call)
{
    if (f == NULL)
        return true;
    if (call + 1 != out->depth || fault_report()->fired == 0 || f->nth > UINT16_MAX)
        return false;
    out->fault_call = (uint8_t)call;
    out->fault = (struct fault_clause){.class_plus_one = (uint8_t)(f->class + 1),
                                       .kind = (uint8_t)f->kind,
                                       .shape = (uint8_t)f->shape,
                                       .nth = (uint16_t)f->nth};
    uint64_t site = (uint64_t)fault_report()->last.site + 1;
    out->key = mix(out->key, site << 32 | (uint64_t)letter << 8 | (uint64_t)f->class);
    return true;
}

/* Whether a fault has fired in this run: that of the node's program, or the one that is armed. */
static bool is_faulted(const struct enumerate_node *n, const struct fault *armed)
{
    return n->fault.class_plus_one != FAULT_CLAUSE_NONE ||
           (armed != NULL && fault_report()->fired > 0);
}

static void collect(const struct execution *x, const struct model *m, const struct fault *armed,
                    size_t call, void *context)
{
    struct expanding *e = context;
    struct enumerate_found *next = e->next;
    struct enumerate_node n = *e->node;
    if (e->graph != NULL)
        n.state = state_graph_step(e->graph, n.state, e->function, is_faulted(&n, armed),
                                   n.depth + 1u, m);
    if (next == NULL)
        return;
    n.letters[n.depth++] = e->letter;
    n.key = hash_all(x, m);
    if (n.fault.class_plus_one != FAULT_CLAUSE_NONE)
        n.key = mix(n.key, (uint64_t)n.letters[n.fault_call] << 8 | n.fault.class_plus_one);
    else if (!take_fault(&n, e->letter, armed, call))
        return;
    if (e->known(n.key))
        return;
    n.order = e->order++;
    for (unsigned i = 0; i < PROGRAM_VARIABLES; i++) {
        n.handles |= (uint32_t)(x->handles[i] != NULL) << i;
        n.buffers |= (uint32_t)(x->buffers[i].data != NULL) << i;
    }
    if (next->count == next->capacity)
        next->overflow = true;
    else
        next->nodes[next->count++] = n;
}

static void write_program(const struct enumerate_alphabet *a, const struct enumerate_node *n,
                          struct program *out)
{
    out->world = a->world;
    out->sweep_pairs = false;
    memcpy(out->handle_names, a->handle_names, sizeof out->handle_names);
    memcpy(out->buffer_names, a->buffer_names, sizeof out->buffer_names);
    out->call_count = n->depth;
    for (size_t i = 0; i < n->depth; i++)
        out->calls[i] = a->calls[n->letters[i]];
    if (n->fault.class_plus_one != FAULT_CLAUSE_NONE)
        out->calls[n->fault_call].faults[0] = n->fault;
}

static void collect_plain(const struct execution *x, const struct model *m, void *context)
{
    collect(x, m, NULL, 0, context);
}

/* Called for a finding of the sweep; the context is the node that is being expanded. */
static void hand_over(const struct program *p, const struct run_report *r,
                      const struct fault *in_clean_up, void *context)
{
    ((const struct expanding *)context)->found(p, r, in_clean_up, NULL);
}

static void run_letter(const struct program *p, bool faults, struct expanding *e,
                       struct enumerate_counts *counts)
{
    static struct run_report r;
    counts->programs++;
    if (faults) {
        sweep_program(p,
                      &(struct sweep_options){.calls = {p->call_count - 1, p->call_count},
                                              .part = {0, 1},
                                              .found = hand_over,
                                              .observe = collect,
                                              .context = e},
                      &counts->totals);
        return;
    }
    counts->totals.runs++;
    struct run_options options = {
        .observe = collect_plain, .context = e, .searched = p->call_count - 1};
    if (!run_program(p, &options, &r)) {
        counts->totals.findings++;
        e->found(p, &r, NULL, NULL);
    }
}

/* Where the letter is in the order of a node; above it is the parent, below what number it is. */
enum { LETTER_BIT = 20 };

void enumerate_expand(const struct enumerate_alphabet *a, const struct enumerate_node *n,
                      struct enumerate_part part, bool faults, enumerate_known *known,
                      struct enumerate_found *next, struct enumerate_counts *counts,
                      sweep_found *found)
{
    static struct program p;
    struct expanding e = {
        .node = n, .known = known, .next = next, .graph = counts->graph, .found = found};
    bool faulted = n->fault.class_plus_one != FAULT_CLAUSE_NONE;
    write_program(a, n, &p);
    if (faults && !faulted && n->depth > 0 && part.from == 0 && sweep_reaches(0))
        sweep_program(&p,
                      &(struct sweep_options){.calls = {p.call_count, p.call_count + 1},
                                              .part = {0, 1},
                                              .found = found},
                      &counts->totals);
    for (size_t i = part.from; i < part.to && i < a->letters; i++) {
        if (!is_worth_it(&a->calls[i], n) || !sweep_reaches(1 + i))
            continue;
        e.letter = (uint16_t)i;
        e.order = part.node << 32 | (uint64_t)i << LETTER_BIT;
        e.function = a->calls[i].function;
        p.calls[n->depth] = a->calls[i];
        p.call_count = n->depth + 1u;
        run_letter(&p, faults && !faulted, &e, counts);
    }
}
