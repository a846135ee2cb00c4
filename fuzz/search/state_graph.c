/* SPDX-License-Identifier: Apache-2.0 */
#include "state_graph.h"

#include "faults/fault/hash.h"
#include "fuzz/model/describe.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MOST_STATES = 4096, MOST_STEPS = 1 << 17, UNKNOWN = UINT16_MAX };

/* The key of an entry is taken once and for all, by whoever comes first; 0: free. */
struct state {
    _Atomic uint64_t key, visits;
    _Atomic uint32_t depth_left; /* the greater, the fewer calls lead there */
    char words[MODEL_WORDS_BYTES];
};
struct step {
    _Atomic uint64_t key, visits, faulted;
};
struct state_graph {
    struct state states[MOST_STATES];
    struct step steps[MOST_STEPS];
    atomic_bool overflow;
};

struct state_graph *state_graph_create(void)
{
    void *p = mmap(NULL, sizeof(struct state_graph), PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

void state_graph_destroy(struct state_graph *g)
{
    if (g != NULL)
        munmap(g, sizeof *g);
}

void state_graph_clear(struct state_graph *g)
{
    memset(g, 0, sizeof *g);
}

/* Takes the entry, or finds that it has this key. */
static bool is_entry(_Atomic uint64_t *entry, uint64_t key)
{
    uint64_t was = 0;
    return atomic_compare_exchange_strong(entry, &was, key) || was == key;
}

static uint16_t visit(struct state_graph *g, const struct model *m, unsigned depth)
{
    char words[MODEL_WORDS_BYTES];
    model_describe(m, words);
    uint64_t key = hash_64(HASH_64_START, words, strlen(words)) | 1;
    for (unsigned n = 0; n < MOST_STATES; n++) {
        unsigned i = (unsigned)(key / 2 + n) % MOST_STATES;
        struct state *s = &g->states[i];
        if (!is_entry(&s->key, key))
            continue;
        uint32_t left = UINT32_MAX - depth, was = atomic_load(&s->depth_left);
        while (was < left && !atomic_compare_exchange_weak(&s->depth_left, &was, left))
            continue;
        atomic_fetch_add(&s->visits, 1);
        /* Whoever comes writes the same. */
        if (s->words[0] == '\0')
            memcpy(s->words, words, sizeof s->words);
        return (uint16_t)i;
    }
    atomic_store(&g->overflow, true);
    return UNKNOWN;
}

uint16_t state_graph_begin(struct state_graph *g, const struct program_world *world)
{
    static struct model start;
    model_reset(&start, world);
    return visit(g, &start, 0);
}

uint16_t state_graph_step(struct state_graph *g, uint16_t from, unsigned function, bool faulted,
                          unsigned depth, const struct model *m)
{
    uint16_t to = visit(g, m, depth);
    uint64_t key = (uint64_t)from << 48 | (uint64_t)to << 32 | (uint64_t)function << 8 | 1;
    uint64_t hash = hash_64(HASH_64_START, &key, sizeof key);
    for (unsigned n = 0; n < MOST_STEPS; n++) {
        struct step *t = &g->steps[(hash + n) % MOST_STEPS];
        if (!is_entry(&t->key, key))
            continue;
        atomic_fetch_add(&t->visits, 1);
        atomic_fetch_add(&t->faulted, faulted);
        return to;
    }
    atomic_store(&g->overflow, true);
    return to;
}

/* For machines --------------------------------------------------------------------------------- */

static int by_depth_and_words(const void *a, const void *b)
{
    const struct state *x = *(const struct state *const *)a, *y = *(const struct state *const *)b;
    return x->depth_left != y->depth_left
               ? (x->depth_left < y->depth_left) - (x->depth_left > y->depth_left)
               : strcmp(x->words, y->words);
}

/* rank[i]: the place of the state in entry i. */
static json_t *states_json(const struct state_graph *g, uint16_t *rank)
{
    static const struct state *sorted[MOST_STATES];
    size_t count = 0;
    json_t *list = json_array();
    for (unsigned i = 0; i < MOST_STATES; i++)
        if (g->states[i].key != 0)
            sorted[count++] = &g->states[i];
    qsort(sorted, count, sizeof *sorted, by_depth_and_words);
    for (size_t i = 0; i < count; i++) {
        rank[sorted[i] - g->states] = (uint16_t)i;
        json_array_append_new(list, json_pack("{s:s, s:I, s:I}", "name", sorted[i]->words, "depth",
                                              (json_int_t)(UINT32_MAX - sorted[i]->depth_left),
                                              "visits", (json_int_t)sorted[i]->visits));
    }
    return list;
}

struct row {
    uint16_t from, to;
    unsigned function;
    const struct step *step;
};

static int by_ends(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    const int differences[] = {x->from - y->from, x->to - y->to,
                               (int)x->function - (int)y->function};
    for (size_t i = 0; i < sizeof differences / sizeof *differences; i++)
        if (differences[i] != 0)
            return differences[i];
    return 0;
}

static json_t *steps_json(const struct state_graph *g, const uint16_t *rank)
{
    json_t *list = json_array();
    static struct row rows[MOST_STEPS];
    size_t count = 0;
    for (unsigned i = 0; i < MOST_STEPS; i++) {
        uint64_t key = g->steps[i].key;
        uint16_t from = (uint16_t)(key >> 48), to = (uint16_t)(key >> 32);
        if (key != 0 && from < MOST_STATES && to < MOST_STATES)
            rows[count++] =
                (struct row){rank[from], rank[to], (unsigned)(key >> 8 & 0xffffff), &g->steps[i]};
    }
    qsort(rows, count, sizeof *rows, by_ends);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_pack("{s:i, s:i, s:s, s:I, s:I}", "from", rows[i].from,
                                              "to", rows[i].to, "function",
                                              api_functions[rows[i].function].name, "visits",
                                              (json_int_t)rows[i].step->visits, "with_a_fault",
                                              (json_int_t)rows[i].step->faulted));
    return list;
}

json_t *state_graph_json(const struct state_graph *g)
{
    static uint16_t rank[MOST_STATES];
    json_t *states = states_json(g, rank);
    return json_pack("{s:o, s:o, s:b}", "states", states, "transitions", steps_json(g, rank),
                     "complete", (int)!g->overflow);
}
