/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep.h"

#include "faults/world/world.h"

#include <stdlib.h>
#include <string.h>

struct sweep {
    const struct program *program;
    const struct sweep_options *options;
    struct run_options run;          /* its context is this sweep */
    const struct sweep_armed *armed; /* NULL: nothing */
    struct run_report report;        /* of the last run */
    bool clean;
};

/* The index of the call that a fault is armed in; that of the clean-up is the number of calls. */
static size_t armed_call(const struct sweep *s)
{
    return s->armed->call == WORLD_CALL_CLEAN_UP ? s->program->call_count : s->armed->call;
}

static void arm(size_t index, void *context)
{
    const struct sweep *s = context;
    for (unsigned i = 0; s->armed != NULL && i < s->armed->count && index == armed_call(s); i++)
        fault_arm(&s->armed->faults[i]);
}

static void observe(const struct execution *x, const struct model *m, void *context)
{
    const struct sweep *s = context;
    bool armed = s->armed != NULL && s->armed->count > 0;
    s->options->observe(x, m, armed ? &s->armed->faults[0] : NULL, armed ? armed_call(s) : 0,
                        s->options->context);
}

/* Programs ------------------------------------------------------------------------------------ */

int sweep_order(const struct program *a, const struct program *b)
{
    static uint8_t bytes[2][PROGRAM_MAX_BYTES];
    size_t n[2] = {program_encode(a, bytes[0]), program_encode(b, bytes[1])};
    size_t common = n[0] < n[1] ? n[0] : n[1];
    int order = memcmp(bytes[0], bytes[1], common);
    return order != 0 ? order : (n[0] > n[1]) - (n[0] < n[1]);
}

size_t sweep_common_prefix(const struct program *a, const struct program *b)
{
    static uint8_t bytes[2][PROGRAM_MAX_BYTES];
    program_encode(a, bytes[0]);
    program_encode(b, bytes[1]);
    size_t n = 0;
    if (memcmp(bytes[0], bytes[1], PROGRAM_HEADER_BYTES) != 0)
        return 0;
    while (n < a->call_count && n < b->call_count &&
           memcmp(bytes[0] + PROGRAM_HEADER_BYTES + n * PROGRAM_CALL_BYTES,
                  bytes[1] + PROGRAM_HEADER_BYTES + n * PROGRAM_CALL_BYTES,
                  PROGRAM_CALL_BYTES) == 0)
        n++;
    return n;
}

/* The program with the armed faults written into it; else the first of them: there is no room, or
   it is in the clean-up. */
static const struct fault *write_down(const struct program *p, struct program *out, void *context)
{
    const struct sweep *s = context;
    *out = *p;
    if (s->armed == NULL || s->armed->count == 0)
        return NULL;
    if (armed_call(s) >= p->call_count)
        return &s->armed->faults[0];
    struct fault_clause *clauses = out->calls[armed_call(s)].faults;
    for (unsigned i = 0; i < s->armed->count; i++) {
        const struct fault *f = &s->armed->faults[i];
        struct fault_clause *c = &clauses[0];
        while (c < clauses + PROGRAM_CALL_FAULTS && c->class_plus_one != FAULT_CLAUSE_NONE)
            c++;
        if (c == clauses + PROGRAM_CALL_FAULTS || f->nth > UINT16_MAX)
            return &s->armed->faults[0];
        *c = (struct fault_clause){.class_plus_one = (uint8_t)(f->class + 1),
                                   .kind = (uint8_t)f->kind,
                                   .shape = (uint8_t)f->shape,
                                   .nth = (uint16_t)f->nth};
    }
    return NULL;
}

/* A program as the subject of the sweep -------------------------------------------------------- */

static struct sweep_outcome outcome_of(const struct run_report *r)
{
    return (struct sweep_outcome){
        .fired = r->faults_fired, .benign = r->benign, .trace = r->trace, .wrong = r->finding};
}

static struct sweep_outcome run(const struct sweep_armed *armed, void *context)
{
    struct sweep *s = context;
    s->armed = armed;
    /* Up to the fault it is the run without one. */
    s->run.searched = armed_call(s);
    run_program(s->program, &s->run, &s->report);
    return outcome_of(&s->report);
}

static void complain(const struct sweep_armed *armed, const char *what, void *context)
{
    struct sweep *s = context;
    s->armed = armed;
    report_find(&s->report, (int)armed_call(s), VERDICT_NOT_THE_SAME, "%s", what);
}

static void found(const struct sweep_armed *armed, void *context)
{
    static struct program shown;
    struct sweep *s = context;
    s->armed = armed;
    const struct fault *in_clean_up = write_down(s->program, &shown, s);
    s->clean = false;
    s->options->found(&shown, &s->report, in_clean_up, s->options->context);
}

/* Runs the program without a fault, judged, and records its fault points. Returns how many; -1:
   that run already has a finding. */
static long run_base(struct sweep *s, struct fault_crossing *recorded, struct sweep_totals *totals)
{
    run_program_twice(s->program, &s->run, &s->report);
    fault_record(recorded, SWEEP_MOST_POINTS);
    run_program(s->program, &s->run, &s->report);
    size_t n = fault_recorded();
    fault_record(NULL, 0);
    totals->runs += 3;
    if (n > SWEEP_MOST_POINTS)
        report_find(&s->report, -1, VERDICT_TOO_LONG, "%zu fault points were reached", n);
    if (!s->report.finding)
        return (long)n;
    totals->findings++;
    found(NULL, s);
    return -1;
}

/* Keeps only the fault points of those calls. */
static size_t keep_calls(const struct sweep *s, struct sweep_point *points, size_t count)
{
    struct sweep_calls calls = s->options->calls;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        size_t call =
            points[i].call == WORLD_CALL_CLEAN_UP ? s->program->call_count : points[i].call;
        if (call >= calls.from && call < calls.to)
            points[kept++] = points[i];
    }
    return kept;
}

bool sweep_program(const struct program *p, const struct sweep_options *options,
                   struct sweep_totals *totals)
{
    static struct fault_crossing recorded[SWEEP_MOST_POINTS];
    static struct sweep_point points[SWEEP_MOST_POINTS];
    static struct program plain;
    static struct sweep s;
    s = (struct sweep){.program = p, .options = options, .clean = true};
    s.run = (struct run_options){.arm = arm,
                                 .observe = options->observe != NULL ? observe : NULL,
                                 .write_down = write_down,
                                 .context = &s,
                                 .origin = options->origin,
                                 .searched = options->calls.from};
    totals->subjects += options->part.slice == 0 && !sweep_goes_on();
    long n = run_base(&s, recorded, totals);
    if (n < 0)
        return false;
    struct sweep_outcome base = outcome_of(&s.report);
    /* The program's assertions hold only without the fault. */
    plain = *p;
    for (size_t i = 0; i < plain.call_count; i++)
        plain.calls[i].expects = false;
    s.program = &plain;
    size_t count = keep_calls(&s, points, sweep_find(recorded, (size_t)n, points));
    struct sweep_subject subject = {run, complain, found, &s, 0};
    sweep_points(&subject, &base, points, count, options->part, p->sweep_pairs, totals);
    return s.clean;
}
