/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown enumerate: level by level, each by several processes.
 */
#include "rundown.h"

#include "fuzz/scene/service.h"
#include "fuzz/search/enumerate.h"
#include "fuzz/search/findings.h"
#include "fuzz/search/last_words.h"
#include "fuzz/search/sweep_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    MOST_JOBS = 64,
    MOST_STATES = 1 << 20, /* of one level */
    FOUND_BY_ONE_JOB = 1 << 19,
    KNOWN_SLOTS = 1 << 22, /* open addressing; a power of two */
};

static struct {
    unsigned long calls, jobs;
    bool faults, first;
    const char *findings;
} options;

static struct enumerate_alphabet alphabet;

/* Level by level: what is expanded, and what the processes share. */
static struct enumerate_node *level;
static size_t level_count;
static bool is_last_level;
static struct shared {
    struct enumerate_counts counts[MOST_JOBS];
    struct enumerate_found found[MOST_JOBS];
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

static void found(const struct program *p, const struct run_report *r, bool in_clean_up,
                  void *context)
{
    (void)context;
    findings_add(p, r, NULL, in_clean_up);
}

static void say_last_words(const struct program *p, const struct run_report *r)
{
    static struct program with_fault;
    bool written = sweep_write_down(p, &with_fault);
    findings_add(&with_fault, r, NULL, !written);
}

static int work(unsigned job)
{
    last_words_start(say_last_words);
    for (size_t i = job; i < level_count; i += options.jobs)
        enumerate_expand(&alphabet, &level[i], i, options.faults, know,
                         is_last_level ? NULL : &shared->found[job], &shared->counts[job], found);
    return shared->found[job].overflow ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int by_order(const void *a, const void *b)
{
    const struct enumerate_node *x = a, *y = b;
    return (x->order > y->order) - (x->order < y->order);
}

/* Makes what the processes found the next level: the same whatever their number was. */
static bool next_level(void)
{
    level_count = 0;
    for (unsigned job = 0; job < options.jobs; job++) {
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
    memset(to, 0, sizeof *to);
    for (unsigned job = 0; job < jobs; job++) {
        to->programs += shared->counts[job].programs;
        sweep_add(&to->totals, &shared->counts[job].totals);
    }
}

/* One alphabet. False: a finding, or something could not be done. */
static bool enumerate_all(uint64_t *runs)
{
    static struct enumerate_counts counts;
    uint64_t findings = 0;
    memset(known_keys, 0, KNOWN_SLOTS * sizeof *known_keys);
    level_count = 1;
    level[0] = (struct enumerate_node){.depth = 0};
    printf("calls     states  after a fault    programs     faults         runs\n");
    for (unsigned long depth = 1; depth <= options.calls; depth++) {
        size_t faulted = count_faulted();
        is_last_level = depth == options.calls;
        for (unsigned job = 0; job < options.jobs; job++)
            shared->found[job].count = 0;
        memset(shared->counts, 0, sizeof shared->counts);
        unsigned failed = findings_run_jobs((unsigned)options.jobs, work);
        if (failed > 0) {
            printf("FAILED: %u processes did not come to their end\n", failed);
            return false;
        }
        add_counts(&counts, (unsigned)options.jobs);
        printf("%5lu %10zu %14zu %11" PRIu64 " %10" PRIu64 " %12" PRIu64 "\n", depth,
               level_count - faulted, faulted, counts.programs, counts.totals.fired,
               counts.totals.runs);
        fflush(stdout);
        findings += counts.totals.findings;
        *runs += counts.totals.runs;
        if (!is_last_level && !next_level()) {
            printf("FAILED: more than %d states\n", MOST_STATES);
            return false;
        }
    }
    return findings == 0;
}

static int parse_options(int count, char **arguments)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    options.jobs = cores > 0 && cores < MOST_JOBS ? (unsigned long)cores : 1;
    options.calls = 3;
    options.faults = true;
    options.findings = ".";
    int i = 0;
    for (; i < count && arguments[i][0] == '-'; i++) {
        const char *name = arguments[i];
        const char *value = i + 1 < count ? arguments[i + 1] : "";
        if (strcmp(name, "--first") == 0) {
            options.first = true;
        } else if (strcmp(name, "--no-faults") == 0) {
            options.faults = false;
        } else if (strcmp(name, "-k") == 0) {
            if (!rundown_number(value, &options.calls) || options.calls < 1 ||
                options.calls > ENUMERATE_MOST_CALLS)
                return -1;
            i++;
        } else if (strcmp(name, "--jobs") == 0) {
            if (!rundown_number(value, &options.jobs) || options.jobs < 1 ||
                options.jobs > MOST_JOBS)
                return -1;
            i++;
        } else if (strcmp(name, "--findings") == 0) {
            options.findings = value;
            i++;
        } else {
            return -1;
        }
    }
    return i;
}

int command_enumerate(int count, char **arguments)
{
    static struct program text;
    uint64_t runs = 0;
    bool clean = true;
    int taken = parse_options(count, arguments);
    if (taken < 0 || taken >= count)
        return EXIT_USAGE;
    service_register_sites();
    shared = pages(sizeof *shared, MAP_SHARED);
    level = pages(MOST_STATES * sizeof *level, MAP_PRIVATE);
    known_keys = pages(KNOWN_SLOTS * sizeof *known_keys, MAP_PRIVATE);
    for (unsigned job = 0; job < options.jobs; job++) {
        shared->found[job].capacity = FOUND_BY_ONE_JOB;
        shared->found[job].nodes =
            pages(FOUND_BY_ONE_JOB * sizeof(struct enumerate_node), MAP_SHARED);
    }
    if (!findings_open(options.findings, options.first))
        return EXIT_FAILURE;
    for (int i = taken; i < count; i++) {
        if (!rundown_load(arguments[i], &text) || !enumerate_make_alphabet(&text, &alphabet)) {
            fprintf(stderr, "rundown: %s is no alphabet\n", arguments[i]);
            return EXIT_FAILURE;
        }
        printf("%s: up to %lu calls of %zu, and of %zu more with what is no handle; %s\n",
               arguments[i], options.calls, alphabet.given, alphabet.letters - alphabet.given,
               options.faults ? "every single fault at every point" : "no faults");
        clean &= enumerate_all(&runs);
        if (!clean && options.first)
            return EXIT_FAILURE;
    }
    printf("%" PRIu64 " runs, %s\n", runs, clean ? "nothing found" : "FINDINGS: see above");
    return clean ? EXIT_SUCCESS : EXIT_FAILURE;
}
