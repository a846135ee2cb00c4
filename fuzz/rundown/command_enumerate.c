/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown enumerate: level by level, each by several processes.
 */
#include "rundown.h"

#include "faults/sweep/jobs.h"
#include "fuzz/run/without.h"
#include "fuzz/search/enumerate.h"
#include "fuzz/search/findings.h"
#include "fuzz/search/last_words.h"
#include "fuzz/search/search_json.h"
#include "fuzz/search/sweep_table.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    MOST_STATES = 1 << 20, /* of one level */
    FOUND_BY_ONE_JOB = 1 << 19,
    KNOWN_SLOTS = 1 << 22, /* open addressing; a power of two */
    LETTERS_AT_ONCE = 8,
};

static struct enumerate_settings {
    uint32_t calls, jobs;
    bool faults, first;
    const char *findings, *without, *json;
} settings = {.calls = 3, .faults = true, .findings = "findings"};

static const struct option_row rows[] = {
#define AT(member) offsetof(struct enumerate_settings, member)
    {"calls", "N", OPTION_NUMBER, AT(calls), 1, ENUMERATE_MOST_CALLS,
     "programs of up to N calls (default 3); -k N is the same"},
    {"no-faults", NULL, OPTION_NO_FLAG, AT(faults), 0, 0, "run each program without faults only"},
    ROW_FIRST(AT(first)),
    ROW_JOBS(AT(jobs)),
    ROW_FINDINGS(AT(findings)),
    ROW_WITHOUT(AT(without)),
    ROW_JSON(AT(json)),
#undef AT
};

static const struct option_letter letters[] = {{'k', "calls"}};

static const struct option_program line = {
    .name = "rundown enumerate",
    .version = RUNDOWN_VERSION,
    .synopsis = "[OPTION...] ALPHABET...",
    .summary = "run every program of a few calls, alone and with every fault at every fault point",
    ROWS(rows),
    .letters = letters,
    .letter_count = 1,
    .closing = "The calls of a program ALPHABET are those that programs are made of. States "
               "reached after a fault are explored further; of programs that reach the same state "
               "only one is extended.",
};

static struct enumerate_alphabet alphabet;

/* For --json. */
static struct {
    struct state_graph *graph;  /* of this alphabet */
    struct sweep_totals totals; /* of all */
    json_t *alphabets;
} told;

/* The search works level by level. This is what is expanded, and what the processes share. */
static struct enumerate_node *level;
static size_t level_count;
static bool is_last_level;
static struct shared {
    struct enumerate_counts counts[JOBS_MOST];
    struct enumerate_found found[JOBS_MOST];
    struct taken {
        bool some;
        size_t part; /* of the level */
        struct sweep_progress progress;
    } taken[JOBS_MOST];
    atomic_size_t next; /* part of the level that no process has taken */
} * shared;

/* Keys of all states that were found; 0: empty. A process adds to its own copy. */
static uint64_t *known_keys;

static bool know(uint64_t key)
{
    key |= key == 0;
    for (size_t i = key;; i++) {
        uint64_t *slot = &known_keys[i & (KNOWN_SLOTS - 1)];
        if (*slot == key)
            return true;
        if (*slot == 0) {
            *slot = key;
            return false;
        }
    }
}

static void *pages(size_t bytes, int kind)
{
    void *p =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, kind | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) {
        perror("rundown");
        exit(EXIT_FAILURE);
    }
    return p;
}

static void found(const struct program *p, const struct run_report *r,
                  const struct fault *in_clean_up, void *context)
{
    (void)context;
    findings_add(p, r, NULL, in_clean_up);
}

/* Nodes cost very different times: a process takes the next part when it is done with one. What it
   has taken when a run kills it, which is a finding, is for the process in its place. */
static size_t take_part(struct taken *t)
{
    if (!t->some) {
        t->part = atomic_fetch_add(&shared->next, 1);
        t->progress = (struct sweep_progress){.begun = false};
        t->some = true;
    }
    return t->part;
}

static int work(unsigned job)
{
    const size_t parts = (alphabet.letters + LETTERS_AT_ONCE - 1) / LETTERS_AT_ONCE;
    struct taken *t = &shared->taken[job];
    last_words_start(true);
    sweep_keep_progress(&t->progress);
    shared->counts[job].totals.findings += jobs_deaths() > 0;
    for (size_t i; (i = take_part(t)) < level_count * parts; t->some = false) {
        size_t from = i % parts * LETTERS_AT_ONCE;
        struct enumerate_part part = {i / parts, from, from + LETTERS_AT_ONCE};
        enumerate_expand(&alphabet, &level[part.node], part, settings.faults, know,
                         is_last_level ? NULL : &shared->found[job], &shared->counts[job], found);
    }
    return shared->found[job].overflow ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int by_order(const void *a, const void *b)
{
    const struct enumerate_node *x = a, *y = b;
    return (x->order > y->order) - (x->order < y->order);
}

/* Makes the next level of the states that the processes found, independent of their number. */
static bool next_level(void)
{
    level_count = 0;
    for (unsigned job = 0; job < settings.jobs; job++) {
        const struct enumerate_found *f = &shared->found[job];
        if (level_count + f->count > MOST_STATES)
            return false;
        memcpy(level + level_count, f->nodes, f->count * sizeof *level);
        level_count += f->count;
    }
    qsort(level, level_count, sizeof *level, by_order);
    size_t kept = 0;
    for (size_t i = 0; i < level_count; i++)
        if (!know(level[i].key))
            level[kept++] = level[i];
    level_count = kept;
    return true;
}

static size_t count_faulted(void)
{
    size_t n = 0;
    for (size_t i = 0; i < level_count; i++)
        n += level[i].fault.class_plus_one != FAULT_CLAUSE_NONE;
    return n;
}

static void add_counts(struct enumerate_counts *to, unsigned jobs)
{
    *to = (struct enumerate_counts){.graph = NULL};
    for (unsigned job = 0; job < jobs; job++) {
        to->programs += shared->counts[job].programs;
        sweep_add(&to->totals, &shared->counts[job].totals);
    }
}

/* The counts of the processes, at the beginning of a level. */
static void clear_counts(void)
{
    memset(shared->counts, 0, sizeof shared->counts);
    atomic_store(&shared->next, 0);
    memset(shared->taken, 0, sizeof shared->taken);
    for (unsigned job = 0; job < settings.jobs; job++) {
        shared->counts[job].graph = told.graph;
        shared->found[job].count = 0;
    }
}

/* For --json: what came of a level. */
static void tell_level(json_t *levels, uint32_t depth, size_t faulted,
                       const struct enumerate_counts *c)
{
    sweep_add(&told.totals, &c->totals);
    json_array_append_new(
        levels, json_pack("{s:i, s:I, s:I, s:I, s:I, s:I}", "calls", (int)depth, "states",
                          (json_int_t)(level_count - faulted), "states_after_a_fault",
                          (json_int_t)faulted, "programs", (json_int_t)c->programs, "faults",
                          (json_int_t)c->totals.fired, "runs", (json_int_t)c->totals.runs));
}

/* For --json: an alphabet. Takes `levels`. */
static void tell_alphabet(const char *path, json_t *levels, bool clean)
{
    json_array_append_new(
        told.alphabets,
        json_pack("{s:s, s:i, s:i, s:b, s:o, s:o}", "path", path, "letters", (int)alphabet.given,
                  "letters_with_invalid_handles", (int)(alphabet.letters - alphabet.given), "clean",
                  (int)clean, "levels", levels, "graph",
                  told.graph != NULL ? state_graph_json(told.graph) : json_null()));
}

/* For --json: all of it. */
static json_t *document(bool finished)
{
    const struct unreached none = {NULL};
    json_t *whole = search_json_head("rundown enumerate");
    json_object_set_new(whole, "finished", json_boolean(finished));
    json_object_set_new(whole, "calls", json_integer(settings.calls));
    json_object_set_new(whole, "with_faults", json_boolean(settings.faults));
    json_object_set_new(whole, "totals", search_json_totals(&told.totals));
    json_object_set(whole, "alphabets", told.alphabets);
    json_object_set_new(whole, "points", search_json_points(&told.totals, &none, false));
    json_object_set_new(whole, "signatures", findings_json());
    return whole;
}

/* One alphabet. False: a finding, or something could not be done. */
static bool enumerate_all(uint64_t *runs, json_t *levels)
{
    static struct enumerate_counts counts;
    uint64_t findings = 0;
    memset(known_keys, 0, KNOWN_SLOTS * sizeof *known_keys);
    level_count = 1;
    level[0] = (struct enumerate_node){.depth = 0};
    if (told.graph != NULL) {
        state_graph_clear(told.graph);
        level[0].state = state_graph_begin(told.graph, &alphabet.world);
    }
    printf("calls     states  after a fault    programs     faults         runs\n");
    for (uint32_t depth = 1; depth <= settings.calls; depth++) {
        size_t faulted = count_faulted();
        is_last_level = depth == settings.calls;
        clear_counts();
        unsigned failed =
            jobs_run(settings.jobs, work, settings.first ? JOBS_UNTIL_FIRST : JOBS_AGAIN);
        if (failed > 0) {
            printf("FAILED: %u processes did not finish\n", failed);
            return false;
        }
        add_counts(&counts, settings.jobs);
        printf("%5" PRIu32 " %10zu %14zu %11" PRIu64 " %10" PRIu64 " %12" PRIu64 "\n", depth,
               level_count - faulted, faulted, counts.programs, counts.totals.fired,
               counts.totals.runs);
        fflush(stdout);
        tell_level(levels, depth, faulted, &counts);
        findings += counts.totals.findings;
        *runs += counts.totals.runs;
        if (!is_last_level && !next_level()) {
            printf("FAILED: more than %d states\n", MOST_STATES);
            return false;
        }
    }
    return findings == 0;
}

static bool prepare(void)
{
    shared = pages(sizeof *shared, MAP_SHARED);
    level = pages(MOST_STATES * sizeof *level, MAP_PRIVATE);
    known_keys = pages(KNOWN_SLOTS * sizeof *known_keys, MAP_PRIVATE);
    for (unsigned job = 0; job < settings.jobs; job++) {
        shared->found[job].capacity = FOUND_BY_ONE_JOB;
        shared->found[job].nodes =
            pages(FOUND_BY_ONE_JOB * sizeof(struct enumerate_node), MAP_SHARED);
    }
    told.alphabets = json_array();
    if (settings.json != NULL)
        told.graph = state_graph_create();
    return findings_open(settings.findings, "enumerate", settings.first);
}

static bool load_alphabet(const char *path)
{
    static struct program text;
    if (files_load(path, &text) && enumerate_make_alphabet(&text, &alphabet))
        return true;
    fprintf(stderr, "rundown: %s is not an alphabet\n", path);
    return false;
}

/* The alphabet that is loaded, with what is said of it. False: as in enumerate_all(). */
static bool enumerate_file(const char *path, uint64_t *runs)
{
    const uint64_t before = *runs;
    printf("%s: up to %" PRIu32 " calls of %zu, and %zu more with invalid handles; %s\n", path,
           settings.calls, alphabet.given, alphabet.letters - alphabet.given,
           settings.faults ? "every single fault at every fault point" : "no faults");
    json_t *levels = json_array();
    bool clean = enumerate_all(runs, levels);
    if (clean && *runs == before) {
        printf("FAILED: no program of this alphabet can be run\n");
        clean = false;
    }
    tell_alphabet(path, levels, clean);
    return clean;
}

static int run(int count, char **paths)
{
    uint64_t runs = 0;
    bool clean = true;
    if (settings.jobs == 0)
        settings.jobs = jobs_default();
    if (!rundown_leave_out(&line, settings.without)) {
        option_table_try_help(&line);
        return EXIT_USAGE;
    }
    if (!prepare())
        return EXIT_FAILURE;
    int done = 0;
    while (done < count && (clean || !settings.first)) {
        if (!load_alphabet(paths[done]))
            return EXIT_FAILURE;
        clean &= enumerate_file(paths[done++], &runs);
    }
    findings_end(stdout);
    printf("%" PRIu64 " runs, %s\n", runs, clean ? "nothing found" : "FINDINGS: see above");
    if (settings.json != NULL && !rundown_save_json(document(done == count), settings.json))
        clean = false;
    json_decref(told.alphabets);
    state_graph_destroy(told.graph);
    return clean ? EXIT_SUCCESS : EXIT_FAILURE;
}

const struct rundown_command command_enumerate = {
    .program = &line,
    .settings = &settings,
    .word = "ALPHABET...",
    .least = 1,
    .most = ANY_NUMBER,
    .alone = true,
    .run = run,
};
