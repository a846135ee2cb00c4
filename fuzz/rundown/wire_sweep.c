/* SPDX-License-Identifier: Apache-2.0 */
#include "wire_sweep.h"

#include "command_findings.h"
#include "faults/fault/fault.h"
#include "faults/fault/site.h"
#include "faults/sweep/jobs.h"
#include "faults/world/world.h"
#include "fuzz/drivers/wire_input.h"
#include "fuzz/run/signature.h"
#include "fuzz/search/faulty_input.h"
#include "fuzz/search/last_words.h"
#include "fuzz/search/sweep_table.h"
#include "fuzz/search/told.h"
#include "inputs.h"
#include "rundown.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* What is to be saved: an input with a fault. */
struct shown {
    atomic_bool is_there;
    int input;
    char line[FAULTY_INPUT_LINE]; /* empty: no fault */
};

/* Shared by the jobs. */
struct shared {
    struct sweep_totals totals[JOBS_MOST];
    struct sweep_progress progress[JOBS_MOST];
    struct told told;
    struct shown shown[TOLD_MOST]; /* by number */
};

/* One input. */
struct swept {
    const char *path;
    int number; /* among the inputs */
    uint8_t *bytes;
    size_t size;
    const struct sweep_armed *armed; /* NULL: nothing */
    size_t calls;                    /* of the client's program */
    const struct program *program;   /* of the client; NULL: of the server */
    struct run_report report;        /* of the last run */
    struct sweep_totals *totals;     /* of the job */
};

static struct {
    struct wire_sweep how;
    bool to_server;
    int count;
    char **paths;
    struct shared *shared;
    struct swept swept; /* by this process, for its last words */
} work;

static size_t call_of(const struct swept *s, const struct sweep_armed *armed)
{
    return armed->call == WORLD_CALL_CLEAN_UP ? s->calls : armed->call;
}

/* The input with what is armed; whether it is there stays as it is. */
static void write_down(const struct swept *s, const struct sweep_armed *armed, struct shown *out)
{
    out->input = s->number;
    out->line[0] = '\0';
    if (armed == NULL || armed->count == 0)
        return;
    const struct fault *f = &armed->faults[0];
    struct faulty_input faulty = {call_of(s, armed),
                                  {.class_plus_one = (uint8_t)(f->class + 1),
                                   .kind = (uint8_t)f->kind,
                                   .shape = (uint8_t)f->shape,
                                   .nth = (uint16_t)f->nth}};
    faulty_input_write(&faulty, out->line);
}

static void arm(size_t index, void *context)
{
    const struct swept *s = context;
    if (s->armed == NULL)
        return;
    for (unsigned i = 0; i < s->armed->count && index == call_of(s, s->armed); i++)
        fault_arm(&s->armed->faults[i]);
}

static struct sweep_outcome run(const struct sweep_armed *armed, void *context)
{
    struct swept *s = context;
    struct run_options options = {.arm = arm, .context = s, .origin = s->path};
    s->armed = armed;
    if (work.to_server) {
        wire_input_to_faulty_server(s->bytes, s->size, &options, &s->report);
    } else {
        s->program = wire_input_to_client(s->bytes, s->size, &options, &s->report);
        s->calls = s->program != NULL ? s->program->call_count : 0;
    }
    return (struct sweep_outcome){
        .fired = s->report.faults_fired, .trace = s->report.trace, .wrong = s->report.finding};
}

static void complain(const struct sweep_armed *armed, const char *what, void *context)
{
    struct swept *s = context;
    s->armed = armed;
    report_find(&s->report, -1, VERDICT_NOT_THE_SAME, "%s", what);
}

/* Keeps the input for the parent, which saves it. False: its signature is there already, or there
   is no room for another. */
static bool keep(const struct swept *s, const struct sweep_armed *armed, const char *signature)
{
    bool is_new;
    int number = told_enter(&work.shared->told, signature, &is_new);
    if (number < 0 || !is_new)
        return false;
    struct shown *shown = &work.shared->shown[number];
    write_down(s, armed, shown);
    atomic_store(&shown->is_there, true);
    return true;
}

static void keep_all(const struct swept *s, const struct sweep_armed *armed,
                     const struct run_report *r, const struct signatures *signatures)
{
    bool is_new = false;
    for (unsigned i = 0; i < signatures->count; i++)
        is_new |= keep(s, armed, signatures->texts[i]);
    if (!is_new)
        return;
    printf("FINDING %s: %s: %s\n", verdict_name(r->verdict), s->path, r->detail);
    fflush(stdout);
}

static void found(const struct sweep_armed *armed, void *context)
{
    const struct swept *s = context;
    static struct signatures signatures;
    signatures_of(s->program, &s->report, &signatures);
    keep_all(s, armed, &s->report, &signatures);
}

static void on_death(const struct run_report *r, const struct signatures *signatures)
{
    const struct swept *s = &work.swept;
    if (s->totals == NULL)
        return;
    s->totals->findings++;
    keep_all(s, s->armed, r, signatures);
}

/* Adds to the job's totals; without faults an input is judged by the replay. */
static void sweep_input(struct swept *s, struct sweep_part part)
{
    struct sweep_totals *totals = s->totals;
    static struct fault_crossing recorded[SWEEP_MOST_POINTS];
    static struct sweep_point points[SWEEP_MOST_POINTS];
    totals->subjects += part.slice == 0 && !sweep_goes_on();
    run(NULL, s);
    fault_record(recorded, SWEEP_MOST_POINTS);
    struct sweep_outcome base = run(NULL, s);
    size_t n = fault_recorded();
    fault_record(NULL, 0);
    totals->runs += 2;
    if (n > SWEEP_MOST_POINTS || base.wrong) {
        totals->findings++;
        found(NULL, s);
        return;
    }
    size_t count = sweep_find(recorded, n, points);
    sweep_points(&(struct sweep_subject){run, complain, found, s, 0}, &base, points, count, part,
                 false, totals);
}

static int sweep_part_of(unsigned job)
{
    struct sweep_part part = {work.how.part.slice + job * work.how.part.of,
                              work.how.part.of * work.how.jobs};
    struct swept *s = &work.swept;
    inputs_watch(on_death);
    sweep_keep_progress(&work.shared->progress[job]);
    for (int i = 0; i < work.count; i++) {
        *s =
            (struct swept){.path = work.paths[i], .number = i, .totals = &work.shared->totals[job]};
        if (!sweep_reaches((uint64_t)i))
            continue;
        if (!files_read(s->path, &s->bytes, &s->size))
            return EXIT_FAILURE;
        sweep_input(s, part);
        free(s->bytes);
    }
    return EXIT_SUCCESS;
}

/* Saving -------------------------------------------------------------------------------------- */

static void save(const struct shown *shown)
{
    uint8_t *bytes;
    size_t n, line = strlen(shown->line);
    const char *path = work.paths[shown->input];
    if (!atomic_load(&shown->is_there) || !files_read(path, &bytes, &n))
        return;
    uint8_t *whole = malloc(line + n + 1);
    if (whole == NULL)
        abort();
    memcpy(whole, shown->line, line);
    memcpy(whole + line, bytes, n);
    findings_add_input(path, inputs_driver(work.how.driver), whole, line + n);
    free(whole);
    free(bytes);
}

/* False: one cannot be saved. */
static bool save_all(void)
{
    findings_settings.findings = work.how.findings;
    findings_settings.by = "sweep";
    for (int i = 0; i < TOLD_MOST; i++)
        save(&work.shared->shown[i]);
    return findings_add_end();
}

static int sweep_all(void)
{
    static struct sweep_totals all;
    unsigned failed = jobs_run(work.how.jobs, sweep_part_of, JOBS_AGAIN);
    for (unsigned job = 0; job < work.how.jobs; job++)
        sweep_add(&all, &work.shared->totals[job]);
    if (failed > 0)
        printf("FAILED: %u processes did not finish\n", failed);
    bool saved = (all.findings == 0 && failed == 0) || save_all();
    printf("%" PRIu64 " inputs, %" PRIu64 " points, %" PRIu64 " runs, %" PRIu64
           " faults fired, %" PRIu64 " findings\n",
           all.subjects, all.points, all.runs, all.fired, all.findings);
    return all.findings > 0 || failed > 0 || !saved ? EXIT_FAILURE : EXIT_SUCCESS;
}

int wire_sweep(const struct wire_sweep *w, int count, char **paths)
{
    work.how = *w;
    work.to_server = strcmp(w->driver, "server_pdu") == 0;
    work.count = count;
    work.paths = paths;
    if (count == 0 || (!work.to_server && strcmp(w->driver, "client_pdu") != 0)) {
        fputs("rundown: --driver is server_pdu or client_pdu, and needs inputs\n", stderr);
        return EXIT_USAGE;
    }
    if (!saved_can(w->findings)) {
        fprintf(stderr, "rundown: findings cannot be saved in %s: %s\n", w->findings,
                strerror(errno));
        return EXIT_FAILURE;
    }
    work.shared =
        mmap(NULL, sizeof *work.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (work.shared == MAP_FAILED) {
        perror("rundown");
        return EXIT_FAILURE;
    }
    int status = sweep_all();
    munmap(work.shared, sizeof *work.shared);
    return status;
}
