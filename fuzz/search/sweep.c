/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep.h"

#include "faults/fault/site.h"
#include "faults/world/world.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CROSSINGS = 1 << 18 };

/* A crossing that the sweep breaks: which one of its class within its call. */
struct point {
    size_t call; /* index; that of the clean-up is the number of calls */
    enum fault_class class;
    uint32_t nth;
    int site;
};

/* What a run arms beyond what its program says, in which call. */
struct armed {
    size_t call;
    struct fault faults[2];
    unsigned count;
};

struct sweep {
    const struct program *program;
    const struct sweep_options *options;
    struct run_options run; /* its context is this sweep */
    struct armed armed;
    struct run_report base; /* without the fault */
    struct sweep_totals *totals;
    bool clean;
};

static void arm(size_t index, void *context)
{
    const struct armed *armed = &((const struct sweep *)context)->armed;
    for (unsigned i = 0; i < armed->count && index == armed->call; i++)
        fault_arm(&armed->faults[i]);
}

static void observe(const struct execution *x, const struct model *m, void *context)
{
    const struct sweep *s = context;
    s->options->observe(x, m, s->armed.count > 0 ? &s->armed.faults[0] : NULL, s->armed.call,
                        s->options->context);
}

static struct fault fault_at(const struct point *p, uint32_t kind, enum fault_shape shape)
{
    return (struct fault){.class = p->class, .nth = p->nth, .kind = kind, .shape = shape};
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

/* The program with what is armed written into it. False: there is no room, or the fault is
   in the clean-up. */
static bool write_down(const struct program *p, struct program *out, void *context)
{
    const struct armed *armed = &((const struct sweep *)context)->armed;
    *out = *p;
    if (armed->count == 0)
        return true;
    if (armed->call >= p->call_count)
        return false;
    struct fault_clause *clauses = out->calls[armed->call].faults;
    for (unsigned i = 0; i < armed->count; i++) {
        const struct fault *f = &armed->faults[i];
        struct fault_clause *c = &clauses[0];
        while (c < clauses + PROGRAM_CALL_FAULTS && c->class_plus_one != FAULT_CLAUSE_NONE)
            c++;
        if (c == clauses + PROGRAM_CALL_FAULTS || f->nth > UINT16_MAX)
            return false;
        *c = (struct fault_clause){.class_plus_one = (uint8_t)(f->class + 1),
                                   .kind = (uint8_t)f->kind,
                                   .shape = (uint8_t)f->shape,
                                   .nth = (uint16_t)f->nth};
    }
    return true;
}

/* Runs ---------------------------------------------------------------------------------------- */

static void report_finding(struct sweep *s, const struct run_report *r)
{
    static struct program shown;
    bool written = write_down(s->program, &shown, s);
    s->clean = false;
    s->totals->findings++;
    s->options->found(&shown, r, !written, s->options->context);
}

/* One run with what is armed. Returns how many faults fired beyond those of the program itself. */
static uint32_t run_armed(struct sweep *s, struct run_report *r)
{
    run_program(s->program, &s->run, r);
    s->totals->runs++;
    uint32_t fired =
        r->faults_fired > s->base.faults_fired ? r->faults_fired - s->base.faults_fired : 0;
    s->totals->fired += fired;
    return fired;
}

static bool is_transient(const struct point *p, uint32_t kind)
{
    struct fault_effect effect = fault_kind_effect(p->class, kind);
    return fault_is_transient(effect) || effect.action == FAULT_SHORT;
}

static uint32_t run_point(struct sweep *s, const struct point *p, uint32_t kind,
                          enum fault_shape shape)
{
    static struct run_report r;
    s->armed.call = p->call;
    s->armed.count = 1;
    s->armed.faults[0] = fault_at(p, kind, shape);
    uint32_t fired = run_armed(s, &r);
    struct sweep_site *site = p->site >= 0 ? &s->totals->sites[p->site] : NULL;
    if (fired == 0 && s->base.faults_fired == 0)
        report_find(&r, (int)p->call, VERDICT_NOT_THE_SAME,
                    "a fault point that was reached is not reached again");
    if (site != NULL && fired > 0) {
        site->fired++;
        site->handled += !r.finding;
        if (!r.finding && r.benign > s->base.benign && !is_transient(p, kind)) {
            site->benign++;
            if (site->benign_kind == 0)
                site->benign_kind = 1 + kind;
        }
    }
    if (r.finding)
        report_finding(s, &r);
    return fired;
}

/* All ways to break one crossing. If for good fires but once, so do the other shapes; if it fires
   no longer than a burst lasts, it is one. */
static void sweep_point(struct sweep *s, const struct point *p)
{
    for (uint32_t kind = 0; kind < fault_kind_count(p->class); kind++) {
        uint32_t fired = run_point(s, p, kind, FAULT_PERSISTENT);
        if (fired > FAULT_BURST_LENGTH)
            run_point(s, p, kind, FAULT_BURST);
        if (fired > 1)
            run_point(s, p, kind, FAULT_ONE_SHOT);
    }
}

/* A fault behind the last crossing of its class must not fire, and must change nothing. */
static void sweep_end(struct sweep *s, const struct point *last)
{
    static struct run_report r;
    s->armed.call = last->call;
    s->armed.count = 1;
    s->armed.faults[0] = fault_at(last, 0, FAULT_PERSISTENT);
    s->armed.faults[0].nth++;
    uint32_t fired = run_armed(s, &r);
    if (fired > 0 || r.trace != s->base.trace)
        report_find(&r, (int)last->call, VERDICT_NOT_THE_SAME,
                    "a fault that does not fire has changed the run");
    if (r.finding)
        report_finding(s, &r);
}

/* Breaks what the target does about a fault: each crossing in the same call behind the first. */
static void sweep_pairs(struct sweep *s, const struct point *p)
{
    static struct fault_crossing after[MOST_CROSSINGS];
    static struct run_report r;
    for (uint32_t kind = 0; kind < fault_kind_count(p->class); kind++) {
        uint32_t nth[FAULT_CLASSES] = {0};
        s->armed.call = p->call;
        s->armed.count = 1;
        s->armed.faults[0] = fault_at(p, kind, FAULT_ONE_SHOT);
        fault_record(after, MOST_CROSSINGS);
        run_armed(s, &r);
        size_t n = fault_recorded() < MOST_CROSSINGS ? fault_recorded() : MOST_CROSSINGS;
        fault_record(NULL, 0);
        bool behind = false;
        uint32_t call = p->call < s->program->call_count ? (uint32_t)p->call : WORLD_CALL_CLEAN_UP;
        for (size_t i = 0; i < n; i++) {
            if (after[i].call != call)
                continue;
            nth[after[i].class]++;
            if (!behind) {
                behind = after[i].fired;
                continue;
            }
            enum fault_class class = (enum fault_class)after[i].class;
            for (uint32_t second = 0; second < fault_kind_count(class); second++) {
                s->armed.count = 2;
                s->armed.faults[1] =
                    (struct fault){.class = class, .nth = nth[class], .kind = second};
                run_armed(s, &r);
                if (r.finding)
                    report_finding(s, &r);
            }
        }
    }
}

/* The crossings of the run without a fault, as points. Returns how many. */
static size_t find_points(const struct sweep *s, const struct fault_crossing *crossings, size_t n,
                          struct sweep_calls calls, struct point *points)
{
    static uint32_t nth[PROGRAM_MAX_CALLS + 1][FAULT_CLASSES];
    memset(nth, 0, sizeof nth);
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        const struct fault_crossing *c = &crossings[i];
        if (c->call == WORLD_CALL_SET_UP || c->call == WORLD_CALL_AFTERWARDS)
            continue;
        size_t call = c->call == WORLD_CALL_CLEAN_UP ? s->program->call_count : c->call;
        uint32_t number = ++nth[call][c->class];
        if (call >= calls.from && call < calls.to)
            points[count++] = (struct point){call, (enum fault_class)c->class, number, c->site};
    }
    return count;
}

static bool is_last(const struct point *points, size_t count, size_t at)
{
    for (size_t i = at + 1; i < count && points[i].call == points[at].call; i++)
        if (points[i].class == points[at].class)
            return false;
    return true;
}

/* The program without a fault, judged and with its crossings recorded. Returns how many; -1: that
   is a finding already. */
static long run_base(struct sweep *s, struct fault_crossing *crossings)
{
    run_program_twice(s->program, &s->run, &s->base);
    fault_record(crossings, MOST_CROSSINGS);
    run_program(s->program, &s->run, &s->base);
    size_t n = fault_recorded();
    fault_record(NULL, 0);
    s->totals->runs += 3;
    if (n > MOST_CROSSINGS)
        report_find(&s->base, -1, VERDICT_TOO_LONG, "%zu fault points were reached", n);
    if (!s->base.finding)
        return (long)n;
    report_finding(s, &s->base);
    return -1;
}

static void sweep_points(struct sweep *s, const struct point *points, size_t count, bool pairs)
{
    struct sweep_part part = s->options->part;
    for (size_t i = 0; i < count; i++) {
        if (i % part.of != part.slice)
            continue;
        s->totals->points++;
        if (points[i].site >= 0)
            s->totals->sites[points[i].site].reached++;
        else
            s->totals->unnamed++;
        sweep_point(s, &points[i]);
        if (is_last(points, count, i))
            sweep_end(s, &points[i]);
        if (pairs)
            sweep_pairs(s, &points[i]);
    }
}

bool sweep_program(const struct program *p, const struct sweep_options *options,
                   struct sweep_totals *totals)
{
    static struct fault_crossing crossings[MOST_CROSSINGS];
    static struct point points[MOST_CROSSINGS];
    static struct program plain;
    static struct sweep s;
    s = (struct sweep){.program = p, .options = options, .totals = totals, .clean = true};
    s.run = (struct run_options){.arm = arm,
                                 .observe = options->observe != NULL ? observe : NULL,
                                 .write_down = write_down,
                                 .context = &s,
                                 .origin = options->origin};
    totals->programs += options->part.slice == 0;
    long n = run_base(&s, crossings);
    if (n < 0)
        return false;
    /* What the program asserts holds without the fault. */
    plain = *p;
    for (size_t i = 0; i < plain.call_count; i++)
        plain.calls[i].expects = false;
    s.program = &plain;
    size_t count = find_points(&s, crossings, (size_t)n, options->calls, points);
    sweep_points(&s, points, count, p->sweep_pairs);
    return s.clean;
}
