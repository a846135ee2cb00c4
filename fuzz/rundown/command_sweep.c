/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown sweep: every program with every fault at every fault point, in slices, by
 * several processes.
 */
#include "rundown.h"

#include "faults/fault/hash.h"
#include "faults/sweep/jobs.h"
#include "fuzz/run/without.h"
#include "fuzz/search/findings.h"
#include "fuzz/search/last_words.h"
#include "fuzz/search/search_json.h"
#include "fuzz/search/sweep.h"
#include "fuzz/search/sweep_table.h"
#include "wire_sweep.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_PROGRAMS = 4096 };

static struct sweep_settings {
    const char *slice_text;
    struct sweep_part part;
    uint32_t jobs;
    bool first;
    const char *state, *findings, *reasons, *without, *json, *driver;
} settings = {.part = {0, 1}, .findings = "findings"};

static const struct option_row sweep_rows[] = {
#define AT(member) offsetof(struct sweep_settings, member)
    {"slice", "K/N", OPTION_TEXT, AT(slice_text), 0, 0,
     "sweep only this part of the faults, K from 1"},
    ROW_FIRST(AT(first)),
    ROW_JOBS(AT(jobs)),
    {"state", "FILE", OPTION_TEXT, AT(state), 0, 0, "record progress in FILE and resume from it"},
    ROW_FINDINGS(AT(findings)),
    {"unreached", "FILE", OPTION_TEXT, AT(reasons), 0, 0,
     "fail for fault points that are never reached, unless FILE lists them with a reason"},
    {"driver", "server_pdu|client_pdu", OPTION_TEXT, AT(driver), 0, 0,
     "sweep inputs of that driver, files of bytes, in place of programs"},
    ROW_WITHOUT(AT(without)),
    ROW_JSON(AT(json)),
#undef AT
};

static const struct option_program sweep_line = {
    .name = "rundown sweep",
    .version = RUNDOWN_VERSION,
    .synopsis = "[OPTION...] [PATH...]",
    .summary = "run each program with every fault at every fault point, and print the table of "
               "fault points",
    ROWS(sweep_rows),
    .closing = "Without PATH it sweeps corpus/session and corpus/regressions, with "
               "--unreached faults/unreached.txt.",
};

struct swept {
    char *path;
    struct program program;
    size_t from; /* the first call that no earlier program has covered */
};

static struct swept *programs;
static size_t program_count;

/* Shared by the processes. */
static struct shared {
    struct job {
        struct sweep_totals totals, one; /* of what it has swept, and of the present program */
        struct sweep_progress progress;
    } jobs[JOBS_MOST];
    atomic_uint done; /* programs, over all jobs */
} * shared;

/* Programs ------------------------------------------------------------------------------------ */

static unsigned unreadable;

static void add_program(const char *path, void *context)
{
    (void)context;
    struct swept *s = &programs[program_count];
    if (program_count == MOST_PROGRAMS || !files_load(path, &s->program)) {
        unreadable++;
        return;
    }
    s->path = strdup(path);
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
    unreadable += files_for_each(count, paths, add_program, NULL);
    qsort(programs, program_count, sizeof *programs, order);
    for (size_t i = 1; i < program_count; i++) {
        /* Calls after a fault of the program itself are not shared with other programs. */
        if (!has_faults(&programs[i].program) && !programs[i].program.sweep_pairs)
            programs[i].from = sweep_common_prefix(&programs[i - 1].program, &programs[i].program);
    }
}

/* Findings ------------------------------------------------------------------------------------ */

static void found(const struct program *p, const struct run_report *r,
                  const struct fault *in_clean_up, void *context)
{
    const struct swept *s = context;
    findings_add(p, r, s->path, in_clean_up);
}

/* Work ---------------------------------------------------------------------------------------- */

/* The key of a program, a part of its faults, and the exact binary that sweeps them. */
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

static void show_progress(uint64_t runs)
{
    unsigned units = atomic_fetch_add(&shared->done, 1) + 1;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%u of %zu programs, %" PRIu64 " runs ", units / settings.jobs,
                program_count, runs);
}

static bool sweep_part_of(const struct swept *s, struct sweep_part part, struct sweep_totals *out)
{
    return sweep_program(&s->program,
                         &(struct sweep_options){.calls = {s->from, SWEEP_TO_THE_END},
                                                 .part = part,
                                                 .found = found,
                                                 .context = (void *)(uintptr_t)s,
                                                 .origin = s->path},
                         out);
}

/* False: the progress cannot be recorded; the reason is on stderr. */
static bool sweep_one(const struct swept *s, struct sweep_part part, uint64_t key, struct job *job)
{
    const char *why;
    bool goes_on = sweep_goes_on();
    memset(&job->one, 0, sizeof job->one);
    bool clean = sweep_part_of(s, part, &job->one) && !goes_on;
    sweep_add(&job->totals, &job->one);
    /* Work with findings is not recorded, so that it is repeated. */
    if (!clean || settings.state == NULL ||
        sweep_state_append(settings.state, key, &job->one, &why))
        return true;
    fprintf(stderr, "rundown: %s: %s\n", settings.state, why);
    return false;
}

/* What was done before this process began: in an earlier sweep, or by a process that a run has
   killed, which is a finding. False: the reason is on stderr. */
static bool take_over(struct job *job, struct wanted *wanted)
{
    static struct sweep_totals counted;
    const char *why;
    if (jobs_deaths() > 0) {
        job->one.findings++;
        sweep_add(&job->totals, &job->one);
    }
    sweep_keep_progress(&job->progress);
    if (settings.state == NULL ||
        sweep_state_read(settings.state, wants, wanted, jobs_deaths() > 0 ? &counted : &job->totals,
                         &why))
        return true;
    fprintf(stderr, "rundown: %s: %s\n", settings.state, why);
    return false;
}

/* Each job takes its part of the slice. */
static int work(unsigned job)
{
    struct sweep_part part = {settings.part.slice + job * settings.part.of,
                              settings.part.of * settings.jobs};
    static struct wanted wanted;
    struct job *own = &shared->jobs[job];
    last_words_start(true);
    for (size_t i = 0; i < program_count; i++)
        wanted.keys[i] = key_of(&programs[i], part);
    if (!take_over(own, &wanted))
        return EXIT_FAILURE;
    for (size_t i = 0; i < program_count; i++) {
        if (wanted.done[i] || !sweep_reaches(i))
            continue;
        if (!sweep_one(&programs[i], part, wanted.keys[i], own))
            return EXIT_FAILURE;
        show_progress(own->totals.runs);
    }
    return EXIT_SUCCESS;
}

/* The command line ---------------------------------------------------------------------------- */

static bool prepare(int count, char **paths)
{
    static char *corpus[] = {"corpus/session", "corpus/regressions"};
    if (count == 0) {
        paths = corpus;
        count = sizeof corpus / sizeof *corpus;
        if (settings.reasons == NULL)
            settings.reasons = "faults/unreached.txt";
    }
    load_programs(count, paths);
    if (program_count == 0 || unreadable > 0) {
        fprintf(stderr, "rundown: %zu programs, %u that could not be read\n", program_count,
                unreadable);
        return false;
    }
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        perror("rundown");
        return false;
    }
    return findings_open(settings.findings, "sweep", settings.first);
}

/* For --json; `failed`: processes that did not finish. */
static json_t *document(const struct sweep_totals *totals, unsigned failed)
{
    struct unreached reasons;
    const char *why;
    if (!unreached_read(settings.reasons, &reasons, &why))
        reasons.text = NULL; /* sweep_print() has said so */
    json_t *whole = search_json_head("rundown sweep");
    json_object_set_new(whole, "finished", json_boolean(failed == 0));
    json_object_set_new(whole, "part",
                        json_pack("{s:i, s:i}", "slice", (int)settings.part.slice + 1, "of",
                                  (int)settings.part.of));
    json_object_set_new(whole, "totals", search_json_totals(totals));
    json_object_set_new(whole, "points",
                        search_json_points(totals, &reasons, settings.reasons != NULL));
    json_object_set_new(whole, "signatures", findings_json());
    unreached_free(&reasons);
    return whole;
}

/* Prepared: all jobs, and what they have seen. */
static int sweep_all(void)
{
    static struct sweep_totals totals;
    unsigned failed = jobs_run(settings.jobs, work, settings.first ? JOBS_UNTIL_FIRST : JOBS_AGAIN);
    if (isatty(STDERR_FILENO))
        fputc('\n', stderr);
    if (settings.first && failed > 0) {
        findings_end(stdout);
        return EXIT_FAILURE;
    }
    for (unsigned job = 0; job < settings.jobs; job++)
        sweep_add(&totals, &shared->jobs[job].totals);
    findings_end(stdout);
    unsigned bad = sweep_print(&totals, settings.reasons, stdout);
    if (failed > 0)
        printf("FAILED: %u processes did not finish\n", failed);
    if (settings.json != NULL && !rundown_save_json(document(&totals, failed), settings.json))
        bad++;
    return totals.findings > 0 || bad > 0 || failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run_sweep(int count, char **paths)
{
    if (settings.jobs == 0)
        settings.jobs = jobs_default();
    if (!rundown_leave_out(&sweep_line, settings.without) ||
        (settings.slice_text != NULL &&
         !rundown_read_slice(&sweep_line, settings.slice_text, &settings.part))) {
        option_table_try_help(&sweep_line);
        return EXIT_USAGE;
    }
    if (settings.driver != NULL)
        return wire_sweep(
            &(struct wire_sweep){settings.driver, settings.findings, settings.part, settings.jobs},
            count, paths);
    int status = prepare(count, paths) ? sweep_all() : EXIT_FAILURE;
    for (size_t i = 0; i < program_count; i++)
        free(programs[i].path);
    return status;
}

const struct rundown_command command_sweep = {
    .program = &sweep_line,
    .settings = &settings,
    .word = "[PATH...]",
    .most = ANY_NUMBER,
    .alone = true,
    .run = run_sweep,
};
