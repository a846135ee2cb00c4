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

struct sweep {
    const struct program *program;
    struct run_report base; /* without the fault */
    struct sweep_totals *totals;
    sweep_found *found;
    void *context;
    bool clean;
};

/* What the hook arms, in which call. */
static struct {
    size_t call;
    struct fault faults[2];
    unsigned count;
} armed;

static void arm(size_t index)
{
    if (index != armed.call)
        return;
    for (unsigned i = 0; i < armed.count; i++)
        fault_arm(&armed.faults[i]);
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

bool sweep_write_down(const struct program *p, struct program *out)
{
    *out = *p;
    if (armed.call >= p->call_count)
        return false;
    struct fault_clause *clauses = out->calls[armed.call].faults;
    for (unsigned i = 0; i < armed.count; i++) {
        const struct fault *f = &armed.faults[i];
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
    bool written = sweep_write_down(s->program, &shown);
    s->clean = false;
    s->totals->findings++;
    s->found(&shown, r, !written, s->context);
}

/* One run with what is armed. Returns how many faults fired beyond those of the program itself. */
static uint32_t run_armed(struct sweep *s, struct run_report *r)
{
    run_set_hook(arm);
    run_program(s->program, r);
    run_set_hook(NULL);
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
    armed.call = p->call;
    armed.count = 1;
    armed.faults[0] = fault_at(p, kind, shape);
    uint32_t fired = run_armed(s, &r);
    struct sweep_site *site = p->site >= 0 ? &s->totals->sites[p->site] : NULL;
    if (fired == 0 && s->base.faults_fired == 0 && !r.finding) {
        r.finding = true;
        r.call = (int)p->call;
        snprintf(r.verdict, sizeof r.verdict, "not the same again");
        snprintf(r.detail, sizeof r.detail, "a crossing that was there did not come again");
    }
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
    armed.call = last->call;
    armed.count = 1;
    armed.faults[0] = fault_at(last, 0, FAULT_PERSISTENT);
    armed.faults[0].nth++;
    uint32_t fired = run_armed(s, &r);
    if (!r.finding && (fired > 0 || r.trace != s->base.trace)) {
        r.finding = true;
        r.call = (int)last->call;
        snprintf(r.verdict, sizeof r.verdict, "not the same again");
        snprintf(r.detail, sizeof r.detail, "the run with a fault that does not fire is another");
    }
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
        armed.call = p->call;
        armed.count = 1;
        armed.faults[0] = fault_at(p, kind, FAULT_ONE_SHOT);
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
                armed.count = 2;
                armed.faults[1] = (struct fault){.class = class, .nth = nth[class], .kind = second};
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

const struct fault *sweep_armed(size_t *out_call)
{
    *out_call = armed.call;
    return armed.count > 0 ? &armed.faults[0] : NULL;
}

bool sweep_program(const struct program *p, struct sweep_calls calls, struct sweep_part part,
                   struct sweep_totals *totals, sweep_found *found, void *context)
{
    static struct fault_crossing crossings[MOST_CROSSINGS];
    static struct point points[MOST_CROSSINGS];
    static struct program plain;
    static struct sweep s;
    s = (struct sweep){
        .program = p, .totals = totals, .found = found, .context = context, .clean = true};
    armed.count = 0;
    totals->programs += part.slice == 0;
    run_program_twice(p, &s.base);
    fault_record(crossings, MOST_CROSSINGS);
    run_program(p, &s.base);
    size_t n = fault_recorded();
    fault_record(NULL, 0);
    totals->runs += 3;
    if (!s.base.finding && n > MOST_CROSSINGS) {
        s.base.finding = true;
        snprintf(s.base.verdict, sizeof s.base.verdict, "too long to be swept");
        snprintf(s.base.detail, sizeof s.base.detail, "%zu crossings", n);
    }
    if (s.base.finding) {
        report_finding(&s, &s.base);
        return false;
    }
    /* What the program asserts holds without the fault. */
    plain = *p;
    for (size_t i = 0; i < plain.call_count; i++)
        plain.calls[i].expects = false;
    s.program = &plain;
    size_t count = find_points(&s, crossings, n, calls, points);
    for (size_t i = 0; i < count; i++) {
        if (i % part.of != part.slice)
            continue;
        totals->points++;
        if (points[i].site >= 0)
            totals->sites[points[i].site].reached++;
        else
            totals->unnamed++;
        sweep_point(&s, &points[i]);
        if (is_last(points, count, i))
            sweep_end(&s, &points[i]);
        if (p->sweep_pairs)
            sweep_pairs(&s, &points[i]);
    }
    return s.clean;
}
