/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown sweep, sites, faults and allowed.
 */
#include "rundown.h"

#include "faults/fault/fault.h"
#include "faults/fault/hash.h"
#include "faults/fault/site.h"
#include "fuzz/model/allowed.h"
#include "fuzz/scene/service.h"
#include "fuzz/search/findings.h"
#include "fuzz/search/last_words.h"
#include "fuzz/search/sweep.h"
#include "fuzz/search/sweep_table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_PROGRAMS = 4096, MOST_JOBS = 64 };

static struct {
    struct sweep_part part;
    unsigned long jobs;
    bool first;
    const char *state, *findings, *reasons;
} options;

struct swept {
    char path[512];
    struct program program;
    size_t from; /* the first call that no program before it has covered */
};

static struct swept *programs;
static size_t program_count;

/* What the processes share. */
static struct shared {
    struct sweep_totals totals[MOST_JOBS];
    atomic_uint done; /* programs, over all jobs */
} * shared;

/* Programs ------------------------------------------------------------------------------------ */

static unsigned unreadable;

static void take(const char *path, void *context)
{
    (void)context;
    struct swept *s = &programs[program_count];
    if (program_count == MOST_PROGRAMS || !rundown_load(path, &s->program)) {
        unreadable++;
        return;
    }
    snprintf(s->path, sizeof s->path, "%s", path);
    program_count++;
}

static int order(const void *a, const void *b)
{
    return sweep_order(&((const struct swept *)a)->program, &((const struct swept *)b)->program);
}

static bool has_faults(const struct program *p)
{
    for (size_t i = 0; i < p->call_count; i++)
        if (p->calls[i].faults[0].class_plus_one != FAULT_CLAUSE_NONE)
            return true;
    return false;
}

static void load_programs(int count, char **paths)
{
    programs = mmap(NULL, MOST_PROGRAMS * sizeof *programs, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (programs == MAP_FAILED) {
        perror("rundown");
        exit(EXIT_FAILURE);
    }
    unreadable += rundown_for_each(count, paths, take, NULL);
    qsort(programs, program_count, sizeof *programs, order);
    for (size_t i = 1; i < program_count; i++) {
        /* What follows a fault of the program's own is a world of its own. */
        if (!has_faults(&programs[i].program) && !programs[i].program.sweep_pairs)
            programs[i].from = sweep_common_prefix(&programs[i - 1].program, &programs[i].program);
    }
}

/* Findings ------------------------------------------------------------------------------------ */

static const struct swept *sweeping;

static void found(const struct program *p, const struct run_report *r, bool in_clean_up,
                  void *context)
{
    const struct swept *s = context;
    findings_add(p, r, s->path, in_clean_up);
}

/* The run that the process does not survive is one with a fault. */
static void say_last_words(const struct program *p, const struct run_report *r)
{
    static struct program with_fault;
    bool written = sweep_write_down(p, &with_fault);
    findings_add(&with_fault, r, sweeping->path, !written);
}

/* Work ---------------------------------------------------------------------------------------- */

/* A program, a part of its points, and the very binary that sweeps them. */
static uint64_t key_of(const struct swept *s, struct sweep_part part)
{
    static uint64_t binary;
    static uint8_t bytes[PROGRAM_MAX_BYTES];
    struct stat exe;
    if (binary == 0 && stat("/proc/self/exe", &exe) == 0) {
        binary = hash_64(HASH_64_START, &exe.st_mtim, sizeof exe.st_mtim);
        binary = hash_64(binary, &exe.st_size, sizeof exe.st_size);
    }
    uint64_t key = hash_64(binary, bytes, program_encode(&s->program, bytes));
    key = hash_64(key, &s->program.sweep_pairs, 1);
    key = hash_64(key, &s->from, sizeof s->from);
    return hash_64(key, &part, sizeof part);
}

struct wanted {
    uint64_t keys[MOST_PROGRAMS];
    bool done[MOST_PROGRAMS];
};

static bool wants(uint64_t key, void *context)
{
    struct wanted *w = context;
    for (size_t i = 0; i < program_count; i++) {
        if (w->keys[i] == key && !w->done[i]) {
            w->done[i] = true;
            return true;
        }
    }
    return false;
}

static void show_progress(unsigned long jobs, uint64_t runs)
{
    unsigned units = atomic_fetch_add(&shared->done, 1) + 1;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%u of %zu programs, %" PRIu64 " runs ", (unsigned)(units / jobs),
                program_count, runs);
}

/* Each job takes its part of the slice. */
static int work(unsigned job)
{
    struct sweep_part part = {options.part.slice + job * options.part.of,
                              options.part.of * (unsigned)options.jobs};
    static struct wanted wanted;
    static struct sweep_totals one;
    struct sweep_totals *totals = &shared->totals[job];
    last_words_start(say_last_words);
    for (size_t i = 0; i < program_count; i++)
        wanted.keys[i] = key_of(&programs[i], part);
    if (options.state != NULL && !sweep_state_read(options.state, wants, &wanted, totals)) {
        fprintf(stderr, "rundown: %s: %s\n", options.state, strerror(errno));
        return EXIT_FAILURE;
    }
    for (size_t i = 0; i < program_count; i++) {
        if (!wanted.done[i]) {
            memset(&one, 0, sizeof one);
            sweeping = &programs[i];
            bool clean = sweep_program(&programs[i].program,
                                       (struct sweep_calls){programs[i].from, SWEEP_TO_THE_END},
                                       part, &one, found, &programs[i]);
            sweep_add(totals, &one);
            /* What was found is to be found again. */
            if (clean && options.state != NULL &&
                !sweep_state_append(options.state, wanted.keys[i], &one)) {
                fprintf(stderr, "rundown: %s: %s\n", options.state, strerror(errno));
                return EXIT_FAILURE;
            }
        }
        show_progress(options.jobs, totals->runs);
    }
    return EXIT_SUCCESS;
}

static bool parse_slice(const char *text)
{
    char after;
    return sscanf(text, "%u/%u%c", &options.part.slice, &options.part.of, &after) == 2 &&
           options.part.slice-- >= 1 && options.part.slice < options.part.of;
}

/* Returns how many arguments were options; -1: wrong usage. */
static int parse_options(int count, char **arguments)
{
    options.part = (struct sweep_part){0, 1};
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    options.jobs = cores > 0 && cores < MOST_JOBS ? (unsigned long)cores : 1;
    options.findings = ".";
    int i = 0;
    for (; i + 1 < count && strncmp(arguments[i], "--", 2) == 0; i += 2) {
        if (strcmp(arguments[i], "--first") == 0) {
            options.first = true;
            i--;
            continue;
        }
        const char *name = arguments[i] + 2, *value = arguments[i + 1];
        if (strcmp(name, "slice") == 0) {
            if (!parse_slice(value))
                return -1;
        } else if (strcmp(name, "jobs") == 0) {
            if (!rundown_number(value, &options.jobs) || options.jobs < 1 ||
                options.jobs > MOST_JOBS)
                return -1;
        } else if (strcmp(name, "state") == 0) {
            options.state = value;
        } else if (strcmp(name, "findings") == 0) {
            options.findings = value;
        } else if (strcmp(name, "unreached") == 0) {
            options.reasons = value;
        } else {
            return -1;
        }
    }
    return i;
}

int command_sweep(int count, char **arguments)
{
    static struct sweep_totals totals;
    int taken = parse_options(count, arguments);
    if (taken < 0 || taken >= count)
        return EXIT_USAGE;
    service_register_sites();
    load_programs(count - taken, arguments + taken);
    if (program_count == 0 || unreadable > 0) {
        fprintf(stderr, "rundown: %zu programs, %u that could not be read\n", program_count,
                unreadable);
        return EXIT_FAILURE;
    }
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        perror("rundown");
        return EXIT_FAILURE;
    }
    if (!findings_open(options.findings, options.first))
        return EXIT_FAILURE;
    unsigned failed = findings_run_jobs((unsigned)options.jobs, work);
    if (isatty(STDERR_FILENO))
        fputc('\n', stderr);
    if (options.first && failed > 0)
        return EXIT_FAILURE;
    for (unsigned job = 0; job < options.jobs; job++)
        sweep_add(&totals, &shared->totals[job]);
    unsigned bad = sweep_print(&totals, options.reasons, stdout);
    if (failed > 0)
        printf("FAILED: %u processes did not come to an end\n", failed);
    return totals.findings > 0 || bad > 0 || failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static bool want_all(uint64_t key, void *context)
{
    (void)key, (void)context;
    return true;
}

int command_sites(int count, char **arguments)
{
    static struct sweep_totals totals;
    if (count > 1)
        return EXIT_USAGE;
    service_register_sites();
    if (count == 0) {
        for (unsigned i = 0; i < site_count(); i++)
            printf("%s\n", site_name(i));
        return EXIT_SUCCESS;
    }
    if (access(arguments[0], R_OK) != 0 ||
        !sweep_state_read(arguments[0], want_all, NULL, &totals)) {
        fprintf(stderr, "rundown: %s: %s\n", arguments[0], strerror(errno));
        return EXIT_FAILURE;
    }
    sweep_print(&totals, NULL, stdout);
    return EXIT_SUCCESS;
}

int command_faults(int count, char **arguments)
{
    (void)arguments;
    if (count > 0)
        return EXIT_USAGE;
    for (int class = 0; class < FAULT_CLASSES; class ++) {
        printf("%s:", fault_class_name((enum fault_class) class));
        for (uint32_t kind = 0; kind < fault_kind_count((enum fault_class) class); kind++)
            printf(" %s", fault_kind_name((enum fault_class) class, kind));
        putchar('\n');
    }
    return EXIT_SUCCESS;
}

int command_allowed(int count, char **arguments)
{
    (void)arguments;
    if (count > 0)
        return EXIT_USAGE;
    allowed_print(stdout);
    return EXIT_SUCCESS;
}
