/* SPDX-License-Identifier: Apache-2.0 */
#include "subject.h"

#include "faults/sweep/jobs.h"
#include "faults/world/world.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { SECONDS = 20, COMMAND_BYTES = 256 }; /* of processor time, for one run; of a command */

struct subject {
    const struct sweeps *sweeps;
    size_t index;
    bool ends_at_first;
    struct run_report report;
};

/* The command that shows it again. */
static void put_again(const struct subject *s, const struct sweep_armed *armed,
                      char out[COMMAND_BYTES])
{
    size_t n = (size_t)snprintf(out, COMMAND_BYTES, "  again: %s", s->sweeps->name);
    for (unsigned i = 0; armed != NULL && i < armed->count; i++) {
        const struct fault *f = &armed->faults[i];
        n += (size_t)snprintf(out + n, COMMAND_BYTES - n, " --fault '%s %s %" PRIu32 " %s'",
                              fault_class_name(f->class), fault_kind_name(f->class, f->kind),
                              f->nth, fault_shape_name(f->shape));
    }
    snprintf(out + n, COMMAND_BYTES - n, " %s\n", s->sweeps->scenario(s->index));
}

/* Last words ---------------------------------------------------------------------------------- */

/* What to say if the run that is under way kills the process; a handler can print no more. Nothing
   between runs: what a sanitizer finds at the end of the process is not theirs. */
enum { KILLED, KILLED_BY_TIME, DEATHS };
static struct {
    char text[2 * COMMAND_BYTES];
    size_t n;
} last_words[DEATHS];

static void prepare_last_words(const struct subject *s, const struct sweep_armed *armed)
{
    char again[COMMAND_BYTES];
    put_again(s, armed, again);
    for (int i = 0; i < DEATHS; i++)
        last_words[i].n = (size_t)snprintf(
            last_words[i].text, sizeof last_words[i].text, "FINDING %s: %s: %s\n%s",
            verdict_name(i == KILLED_BY_TIME ? VERDICT_TIME : VERDICT_CRASH),
            s->sweeps->scenario(s->index),
            i == KILLED_BY_TIME ? "it does not end" : "it killed the process", again);
}

static void forget_last_words(void)
{
    for (int i = 0; i < DEATHS; i++)
        last_words[i].n = 0;
}

static void say_last_words(int death)
{
    ssize_t written = write(STDOUT_FILENO, last_words[death].text, last_words[death].n);
    (void)written;
}

static void on_signal(int number)
{
    say_last_words(number == SIGPROF ? KILLED_BY_TIME : KILLED);
    if (number == SIGPROF)
        jobs_die_of_time(); // NOLINT(bugprone-signal-handler): it counts, in memory
    _exit(EXIT_FAILURE);
}

static void on_sanitizer_report(void)
{
    say_last_words(KILLED);
}

/* Of every sanitizer's run time; a build without one has none. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

void subject_watch(void)
{
    static const int signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGPIPE, SIGPROF};
    bool sanitized = &__sanitizer_set_death_callback != NULL;
    if (sanitized)
        __sanitizer_set_death_callback(on_sanitizer_report);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (!sanitized || signals[i] == SIGPROF)
            signal(signals[i], on_signal);
}

/* Running ------------------------------------------------------------------------------------- */

/* Each run has its time. */
static void start_clock(void)
{
    struct itimerval timer = {.it_value = {.tv_sec = SECONDS}};
    setitimer(ITIMER_PROF, &timer, NULL);
}

static struct sweep_outcome run(const struct sweep_armed *armed, void *context)
{
    struct subject *s = context;
    prepare_last_words(s, armed);
    start_clock();
    s->report.finding = false;
    struct sweep_outcome outcome = s->sweeps->run(s->index, armed, &s->report);
    forget_last_words();
    return outcome;
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
    char again[COMMAND_BYTES];
    put_again(s, armed, again);
    printf("FINDING %s: %s: %s\n%s", verdict_name(s->report.verdict), s->sweeps->scenario(s->index),
           s->report.detail, again);
    fflush(stdout);
    if (s->ends_at_first)
        exit(EXIT_FAILURE);
}

/* Two runs without a fault, in memory of different content, must be the same. */
static struct sweep_outcome run_clean(struct subject *s)
{
    world_set_fill(0xa5);
    struct sweep_outcome first = run(NULL, s);
    if (first.wrong)
        return first;
    world_set_fill(0x5a);
    struct sweep_outcome second = run(NULL, s);
    world_set_fill(WORLD_NO_FILL);
    if (!second.wrong && first.trace != second.trace)
        complain(NULL, "two runs without a fault differ", s);
    second.wrong = s->report.finding;
    return second;
}

void subject_sweep(const struct sweeps *sweeps, size_t index, struct sweep_part part, bool first,
                   struct sweep_totals *totals)
{
    static struct fault_crossing recorded[SWEEP_MOST_POINTS];
    static struct sweep_point points[SWEEP_MOST_POINTS];
    static struct subject s;
    s = (struct subject){.sweeps = sweeps, .index = index, .ends_at_first = first};
    struct sweep_outcome base = run_clean(&s);
    totals->runs += 3;
    if (base.wrong) {
        totals->findings++;
        found(NULL, &s);
        return;
    }
    prepare_last_words(&s, NULL);
    start_clock();
    fault_record(recorded, SWEEP_MOST_POINTS);
    sweeps->record(index);
    forget_last_words();
    size_t n = fault_recorded();
    fault_record(NULL, 0);
    if (n > SWEEP_MOST_POINTS)
        abort();
    size_t count = sweep_find(recorded, n, points);
    unsigned every = sweeps->every != NULL ? sweeps->every(index) : 1;
    part = (struct sweep_part){part.slice * every, part.of * every};
    sweep_points(&(struct sweep_subject){run, complain, found, &s, 0}, &base, points, count, part,
                 false, totals);
}

bool subject_run(const struct sweeps *sweeps, size_t index, const struct fault *fault)
{
    static struct subject s;
    struct sweep_armed armed = {.count = 1, .faults = {*fault}};
    s = (struct subject){.sweeps = sweeps, .index = index};
    struct sweep_outcome o = run_clean(&s);
    if (!o.wrong)
        o = run(&armed, &s);
    sweeps->print(index);
    printf("%" PRIu32 " faults fired\n", o.fired);
    if (o.wrong)
        found(&armed, &s);
    return !o.wrong;
}
