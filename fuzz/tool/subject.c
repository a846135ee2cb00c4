/* SPDX-License-Identifier: Apache-2.0 */
#include "subject.h"

#include "command.h"
#include "faults/fault/hash.h"
#include "faults/fault/moment.h"
#include "faults/world/world.h"
#include "judge.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { SECONDS = 20 }; /* of processor time, for one run */

struct subject {
    const struct scenario *scenario;
    struct command command, clean;
    bool has_clean, ends_at_first;
    enum aftermath aftermath; /* of the last run */
    struct run_report report;
};

/* What runs now, for subject_watch(). */
static struct {
    const struct scenario *scenario;
    const struct sweep_armed *armed;
} now;

/* Running ------------------------------------------------------------------------------------ */

static uint64_t trace_of(const struct command *c)
{
    uint64_t hash = HASH_64_START, steps = world_steps();
    hash = hash_64(hash, &c->code, sizeof c->code);
    hash = hash_64(hash, c->output, strlen(c->output));
    hash = hash_64(hash, c->error, strlen(c->error));
    return hash_64(hash, &steps, sizeof steps);
}

static void run_once(struct subject *s, const struct sweep_armed *armed)
{
    scenario_open(s->scenario);
    uint64_t before = scenario_fingerprint();
    world_set_call(0);
    scenario_break(s->scenario);
    for (unsigned i = 0; armed != NULL && i < armed->count; i++)
        fault_arm(&armed->faults[i]);
    command_run(s->scenario->words, s->scenario->interrupted, &s->command);
    fault_disarm_all();
    s->report.trace = trace_of(&s->command);
    judge_run(s->scenario, &s->command, s->has_clean ? &s->clean : NULL, before, s->aftermath,
              &s->report);
}

/* Whether a power failure afterwards tells more: not of a command that only reads, and what a PDU
   does to a command, some call does as well. */
static bool may_lose_power(const struct subject *s, const struct sweep_armed *armed)
{
    return s->scenario->kind != SCENARIO_READS &&
           (armed == NULL || armed->faults[0].class < FAULT_RPC_BIND);
}

/* The same twice: the power stays on, or fails when the command has ended. */
static struct sweep_outcome run(const struct sweep_armed *armed, void *context)
{
    struct subject *s = context;
    struct sweep_outcome o = {0};
    now.scenario = s->scenario;
    now.armed = armed;
    s->report.finding = false;
    int aftermaths = may_lose_power(s, armed) ? AFTERMATHS : AFTER_NOTHING + 1;
    for (int i = 0; i < aftermaths && !s->report.finding; i++) {
        s->aftermath = (enum aftermath)i;
        run_once(s, armed);
    }
    o.fired = s->command.fired;
    o.benign = o.fired > 0 && s->command.code == 0 && !s->command.dead;
    o.trace = s->report.trace;
    o.wrong = s->report.finding;
    return o;
}

static void complain(const struct sweep_armed *armed, const char *what, void *context)
{
    struct subject *s = context;
    (void)armed;
    report_find(&s->report, 0, VERDICT_NOT_THE_SAME, "%s", what);
}

/* Findings ----------------------------------------------------------------------------------- */

static void print_again(const struct scenario *s, const struct sweep_armed *armed)
{
    printf("  again: rundown_tool");
    for (unsigned i = 0; armed != NULL && i < armed->count; i++) {
        const struct fault *f = &armed->faults[i];
        printf(" --fault '%s %s %" PRIu32 " %s'", fault_class_name(f->class),
               fault_kind_name(f->class, f->kind), f->nth, fault_shape_name(f->shape));
    }
    printf(" %s\n", s->name);
    fflush(stdout);
}

static void found(const struct sweep_armed *armed, void *context)
{
    const struct subject *s = context;
    printf("FINDING %s: %s%s: %s\n", verdict_name(s->report.verdict), s->scenario->name,
           s->aftermath == AFTER_POWER_FAIL ? ", then the power fails" : "", s->report.detail);
    print_again(s->scenario, armed);
    if (s->ends_at_first)
        exit(EXIT_FAILURE);
}

static void last_words(int number, siginfo_t *info, void *context)
{
    (void)info, (void)context;
    if (now.scenario != NULL) {
        printf("FINDING %s: %s: %s\n",
               verdict_name(number == SIGPROF ? VERDICT_TIME : VERDICT_CRASH), now.scenario->name,
               strsignal(number));
        print_again(now.scenario, now.armed);
    }
    _exit(EXIT_FAILURE);
}

void subject_watch(void)
{
    static const int signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGPROF};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i],
                  &(struct sigaction){.sa_sigaction = last_words, .sa_flags = SA_SIGINFO}, NULL);
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
    world_set_fill(0x5a);
    struct sweep_outcome second = run_in_time(NULL, s);
    world_set_fill(WORLD_NO_FILL);
    totals->runs += 2;
    if (!second.wrong && first.trace != second.trace)
        complain(NULL, "two runs without a fault differ", s);
    s->clean = s->command;
    s->has_clean = true;
    second.wrong = first.wrong || s->report.finding;
    return second;
}

void subject_sweep(const struct scenario *scenario, struct sweep_part part, bool first,
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
    s.aftermath = AFTER_NOTHING;
    fault_record(recorded, SWEEP_MOST_POINTS);
    run_once(&s, NULL);
    size_t n = fault_recorded();
    fault_record(NULL, 0);
    totals->runs++;
    if (n > SWEEP_MOST_POINTS)
        abort();
    size_t count = sweep_find(recorded, n, points);
    if (scenario->every > 0)
        part = (struct sweep_part){part.slice * scenario->every, part.of * scenario->every};
    sweep_points(&(struct sweep_subject){run_in_time, complain, found, &s}, &base, points, count,
                 part, false, totals);
}

bool subject_run(const struct scenario *scenario, const struct fault *fault)
{
    static struct subject s;
    struct sweep_armed armed = {.count = fault != NULL};
    s = (struct subject){.scenario = scenario};
    if (fault != NULL)
        armed.faults[0] = *fault;
    struct sweep_outcome o = run_clean(&s, &(struct sweep_totals){0});
    if (!o.wrong && fault != NULL)
        o = run_in_time(&armed, &s);
    printf("$ dsbackup %s\n%s%sexit code %d%s, %" PRIu32 " faults fired\n", scenario->words,
           s.command.output, s.command.error, s.command.code, s.command.dead ? ", dead" : "",
           s.command.fired);
    if (o.wrong)
        found(&armed, &s);
    return !o.wrong;
}
