/* SPDX-License-Identifier: Apache-2.0 */
#include "subject.h"

#include "faults/fault/hash.h"
#include "faults/world/world.h"
#include "loop.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { SECONDS = 20 }; /* of processor time, for one run */

struct subject {
    const struct daemon_scenario *scenario;
    struct run_report report;
    bool ends_at_first;
};

/* What to say if the run that is under way kills the process; a handler can print no more. */
enum { KILLED_BY_SIGNAL, KILLED_BY_TIME, DEATHS };
static struct {
    char text[512];
    size_t n;
} last_words[DEATHS];

/* Findings ----------------------------------------------------------------------------------- */

/* The command that shows it again. */
static void put_again(const struct daemon_scenario *s, const struct sweep_armed *armed,
                      char out[256])
{
    size_t n = (size_t)snprintf(out, 256, "  again: rundown_daemon");
    for (unsigned i = 0; armed != NULL && i < armed->count; i++) {
        const struct fault *f = &armed->faults[i];
        n += (size_t)snprintf(out + n, 256 - n, " --fault '%s %s %" PRIu32 " %s'",
                              fault_class_name(f->class), fault_kind_name(f->class, f->kind),
                              f->nth, fault_shape_name(f->shape));
    }
    snprintf(out + n, 256 - n, " %s\n", s->name);
}

static void prepare_last_words(const struct daemon_scenario *s, const struct sweep_armed *armed)
{
    char again[256];
    put_again(s, armed, again);
    for (int i = 0; i < DEATHS; i++)
        last_words[i].n = (size_t)snprintf(
            last_words[i].text, sizeof last_words[i].text, "FINDING %s: %s: %s\n%s",
            verdict_name(i == KILLED_BY_TIME ? VERDICT_TIME : VERDICT_CRASH), s->name,
            i == KILLED_BY_TIME ? "it does not end" : "a signal ended it", again);
}

static void complain(const struct sweep_armed *armed, const char *what, void *context)
{
    struct subject *s = context;
    (void)armed;
    report_find(&s->report, 0, VERDICT_NOT_THE_SAME, "%s", what);
}

static void found(const struct sweep_armed *armed, void *context)
{
    const struct subject *s = context;
    char again[256];
    put_again(s->scenario, armed, again);
    printf("FINDING %s: %s: %s\n%s", verdict_name(s->report.verdict), s->scenario->name,
           s->report.detail, again);
    fflush(stdout);
    if (s->ends_at_first)
        exit(EXIT_FAILURE);
}

static void on_death(int number)
{
    int i = number == SIGPROF ? KILLED_BY_TIME : KILLED_BY_SIGNAL;
    ssize_t written = write(STDOUT_FILENO, last_words[i].text, last_words[i].n);
    (void)written;
    _exit(EXIT_FAILURE);
}

void subject_watch(void)
{
    static const int signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGPROF};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        signal(signals[i], on_death);
}

/* Running ------------------------------------------------------------------------------------ */

static struct sweep_outcome run(const struct sweep_armed *armed, void *context)
{
    struct subject *s = context;
    struct sweep_outcome o = {0};
    bool exact = armed == NULL || armed->count == 0;
    prepare_last_words(s->scenario, armed);
    s->report.finding = false;
    story_begin(&s->scenario->settings, exact, &s->report);
    world_set_call(0);
    for (unsigned i = 0; !exact && i < armed->count; i++)
        fault_arm(&armed->faults[i]);
    s->scenario->play();
    story_end();
    uint64_t steps = world_steps();
    o.fired = fault_report()->fired;
    o.trace = hash_64(HASH_64_START, daemon_log(), strlen(daemon_log()));
    o.trace = hash_64(o.trace, &steps, sizeof steps);
    o.wrong = s->report.finding;
    return o;
}

/* Each run has its time. */
static void start_clock(void)
{
    struct itimerval timer = {.it_value = {.tv_sec = SECONDS}};
    setitimer(ITIMER_PROF, &timer, NULL);
}

/* The sweep ---------------------------------------------------------------------------------- */

static struct sweep_outcome run_in_time(const struct sweep_armed *armed, void *context)
{
    start_clock();
    return run(armed, context);
}

/* Two runs without a fault, in memory of different content, must be the same. */
static struct sweep_outcome run_clean(struct subject *s, struct sweep_totals *totals)
{
    world_set_fill(0xa5);
    struct sweep_outcome first = run_in_time(NULL, s);
    if (first.wrong)
        return first;
    world_set_fill(0x5a);
    struct sweep_outcome second = run_in_time(NULL, s);
    world_set_fill(WORLD_NO_FILL);
    totals->runs += 2;
    if (!second.wrong && first.trace != second.trace)
        complain(NULL, "two runs without a fault differ", s);
    second.wrong = s->report.finding;
    return second;
}

void subject_sweep(const struct daemon_scenario *scenario, struct sweep_part part, bool first,
                   struct sweep_totals *totals)
{
    static struct fault_crossing recorded[SWEEP_MOST_POINTS];
    static struct sweep_point points[SWEEP_MOST_POINTS];
    static struct subject s;
    s = (struct subject){.scenario = scenario, .ends_at_first = first};
    totals->subjects += part.slice == 0;
    struct sweep_outcome base = run_clean(&s, totals);
    if (base.wrong) {
        totals->findings++;
        found(NULL, &s);
        return;
    }
    fault_record(recorded, SWEEP_MOST_POINTS);
    base = run_in_time(NULL, &s);
    size_t n = fault_recorded();
    fault_record(NULL, 0);
    totals->runs++;
    if (n > SWEEP_MOST_POINTS)
        abort();
    size_t count = sweep_find(recorded, n, points);
    sweep_points(&(struct sweep_subject){run_in_time, complain, found, &s}, &base, points, count,
                 part, false, totals);
}

bool subject_run(const struct daemon_scenario *scenario, const struct fault *fault)
{
    static struct subject s;
    struct sweep_armed armed = {.count = fault != NULL};
    s = (struct subject){.scenario = scenario};
    if (fault != NULL)
        armed.faults[0] = *fault;
    struct sweep_outcome o = run_clean(&s, &(struct sweep_totals){0});
    if (!o.wrong && fault != NULL)
        o = run_in_time(&armed, &s);
    printf("%s%" PRIu32 " faults fired\n", daemon_log(), o.fired);
    if (o.wrong)
        found(&armed, &s);
    return !o.wrong;
}
