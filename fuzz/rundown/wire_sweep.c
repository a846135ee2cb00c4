/* SPDX-License-Identifier: Apache-2.0 */
#include "wire_sweep.h"

#include "faults/fault/fault.h"
#include "faults/fault/site.h"
#include "faults/sweep/jobs.h"
#include "faults/world/world.h"
#include "fuzz/drivers/wire_input.h"
#include "fuzz/search/last_words.h"
#include "fuzz/search/sweep_table.h"
#include "rundown.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* One input. */
struct swept {
    const char *path;
    uint8_t *bytes;
    size_t size;
    const struct sweep_armed *armed; /* NULL: nothing */
    size_t calls;                    /* of the client's program */
    struct run_report report;        /* of the last run */
};

static struct {
    struct wire_sweep how;
    bool to_server;
    int count;
    char **paths;
    struct sweep_totals *totals; /* of each job, shared */
} work;

static void arm(size_t index, void *context)
{
    const struct swept *s = context;
    if (s->armed == NULL)
        return;
    size_t call = s->armed->call == WORLD_CALL_CLEAN_UP ? s->calls : s->armed->call;
    for (unsigned i = 0; i < s->armed->count && index == call; i++)
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
        const struct program *p = wire_input_to_client(s->bytes, s->size, &options, &s->report);
        s->calls = p != NULL ? p->call_count : 0;
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

static void found(const struct sweep_armed *armed, void *context)
{
    const struct swept *s = context;
    printf("FINDING %s: %s: %s\n", verdict_name(s->report.verdict), s->path, s->report.detail);
    for (unsigned i = 0; armed != NULL && i < armed->count; i++) {
        const struct fault *f = &armed->faults[i];
        printf("  injected: %s %s, the %" PRIu32 ". time, %s\n", fault_class_name(f->class),
               fault_kind_name(f->class, f->kind), f->nth, fault_shape_name(f->shape));
    }
    fflush(stdout);
}

/* Adds to the job's totals; without faults an input is judged by the replay. */
static void sweep_input(struct swept *s, struct sweep_part part, struct sweep_totals *totals)
{
    static struct fault_crossing recorded[SWEEP_MOST_POINTS];
    static struct sweep_point points[SWEEP_MOST_POINTS];
    run(NULL, s);
    fault_record(recorded, SWEEP_MOST_POINTS);
    struct sweep_outcome base = run(NULL, s);
    size_t n = fault_recorded();
    fault_record(NULL, 0);
    totals->runs += 2;
    totals->subjects += part.slice == 0;
    if (n > SWEEP_MOST_POINTS || base.wrong) {
        totals->findings++;
        found(NULL, s);
        return;
    }
    size_t count = sweep_find(recorded, n, points);
    sweep_points(&(struct sweep_subject){run, complain, found, s}, &base, points, count, part,
                 false, totals);
}

static int sweep_part_of(unsigned job)
{
    struct sweep_part part = {work.how.part.slice + job * work.how.part.of,
                              work.how.part.of * work.how.jobs};
    static struct swept s;
    last_words_start(true);
    for (int i = 0; i < work.count; i++) {
        s = (struct swept){.path = work.paths[i]};
        if (!files_read(s.path, &s.bytes, &s.size))
            return EXIT_FAILURE;
        sweep_input(&s, part, &work.totals[job]);
        free(s.bytes);
    }
    return EXIT_SUCCESS;
}

int wire_sweep(const struct wire_sweep *w, int count, char **paths)
{
    static struct sweep_totals all;
    size_t bytes = w->jobs * sizeof *work.totals;
    work.how = *w;
    work.to_server = strcmp(w->driver, "server_pdu") == 0;
    work.count = count;
    work.paths = paths;
    if (count == 0 || (!work.to_server && strcmp(w->driver, "client_pdu") != 0)) {
        fputs("rundown: --driver is server_pdu or client_pdu, and needs inputs\n", stderr);
        return EXIT_USAGE;
    }
    work.totals = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (work.totals == MAP_FAILED) {
        perror("rundown");
        return EXIT_FAILURE;
    }
    unsigned failed = jobs_run(w->jobs, sweep_part_of, false);
    for (unsigned job = 0; job < w->jobs; job++)
        sweep_add(&all, &work.totals[job]);
    munmap(work.totals, bytes);
    if (failed > 0)
        printf("FAILED: %u processes did not finish\n", failed);
    printf("%" PRIu64 " inputs, %" PRIu64 " points, %" PRIu64 " runs, %" PRIu64
           " faults fired, %" PRIu64 " findings\n",
           all.subjects, all.points, all.runs, all.fired, all.findings);
    return all.findings > 0 || failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
