/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep.h"

#include "faults/fault/moment.h"
#include "faults/fault/site.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct sweep {
    const struct sweep_subject *subject;
    const struct sweep_outcome *base;
    struct sweep_armed *armed; /* in the next run */
    struct sweep_totals *totals;
};

size_t sweep_find(const struct fault_crossing *recorded, size_t n, struct sweep_point *out)
{
    uint32_t nth[FAULT_ALL_CLASSES] = {0}, call = 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        const struct fault_crossing *c = &recorded[i];
        if (c->call == WORLD_CALL_SET_UP || c->call == WORLD_CALL_AFTERWARDS)
            continue;
        if (c->call != call)
            memset(nth, 0, sizeof nth);
        call = c->call;
        out[count++] =
            (struct sweep_point){call, (enum fault_class)c->class, ++nth[c->class], c->site};
    }
    return count;
}

static struct fault fault_at(const struct sweep_point *p, uint32_t kind, enum fault_shape shape)
{
    return (struct fault){.class = p->class, .nth = p->nth, .kind = kind, .shape = shape};
}

static void arm(struct sweep *s, const struct sweep_point *p, uint32_t kind, enum fault_shape shape)
{
    *s->armed =
        (struct sweep_armed){.call = p->call, .count = 1, .faults = {fault_at(p, kind, shape)}};
}

/* One run with the armed faults. *out_fired: how many fired beyond those of the subject itself. */
static struct sweep_outcome run(struct sweep *s, uint32_t *out_fired)
{
    struct sweep_outcome o = s->subject->run(s->armed, s->subject->context);
    *out_fired = o.fired > s->base->fired ? o.fired - s->base->fired : 0;
    s->totals->runs++;
    s->totals->fired += *out_fired;
    return o;
}

static void complain(const struct sweep *s, struct sweep_outcome *o, const char *what)
{
    s->subject->complain(s->armed, what, s->subject->context);
    o->wrong = true;
}

static void hand_over(const struct sweep *s, const struct sweep_outcome *o)
{
    if (!o->wrong)
        return;
    s->totals->findings++;
    s->subject->found(s->armed, s->subject->context);
}

static bool goes_away(const struct sweep_point *p, uint32_t kind)
{
    struct fault_effect effect = fault_kind_effect(p->class, kind);
    return fault_is_transient(effect) || effect.action == FAULT_SHORT;
}

static uint32_t run_point(struct sweep *s, const struct sweep_point *p, uint32_t kind,
                          enum fault_shape shape)
{
    uint32_t fired;
    arm(s, p, kind, shape);
    struct sweep_outcome o = run(s, &fired);
    if (fired == 0 && s->base->fired == 0)
        complain(s, &o, "a fault point that was reached is not reached again");
    struct sweep_site *site = p->site >= 0 ? &s->totals->sites[p->site] : NULL;
    if (site != NULL && fired > 0) {
        site->fired++;
        site->handled += !o.wrong;
        if (!o.wrong && o.benign > s->base->benign && !goes_away(p, kind)) {
            site->benign++;
            /* A point has the kinds of one class, even if a call can be of another one there. */
            if (site->benign_kind == 0 && site_class((unsigned)p->site) == p->class)
                site->benign_kind = 1 + kind;
        }
    }
    hand_over(s, &o);
    return fired;
}

static struct sweep_progress *progress;

void sweep_keep_progress(struct sweep_progress *p)
{
    progress = p;
}

static bool is_at_beginning(void)
{
    return progress->points == 0 && progress->kinds == 0;
}

bool sweep_goes_on(void)
{
    return progress != NULL && !is_at_beginning();
}

bool sweep_reaches(uint64_t subject)
{
    if (progress == NULL)
        return true;
    if (progress->begun &&
        (subject < progress->subject || (subject == progress->subject && is_at_beginning())))
        return false;
    if (!progress->begun || subject != progress->subject)
        *progress = (struct sweep_progress){.begun = true, .subject = subject};
    return true;
}

static void note(uint64_t points, uint32_t kinds)
{
    if (progress == NULL)
        return;
    progress->points = points;
    progress->kinds = kinds;
}

static bool has_shape(const struct sweep *s, enum fault_shape shape)
{
    return s->subject->shapes == 0 || (s->subject->shapes >> shape & 1) != 0;
}

/* All faults at one fault point. If a persistent fault fires only once, so do the other shapes; if
   it fires no longer than a burst, it equals the burst. */
static void sweep_point(struct sweep *s, const struct sweep_point *p, size_t number, uint32_t from)
{
    for (uint32_t kind = from; kind < fault_kind_count(p->class); kind++) {
        note(number, kind + 1);
        uint32_t fired = UINT32_MAX;
        if (has_shape(s, FAULT_PERSISTENT))
            fired = run_point(s, p, kind, FAULT_PERSISTENT);
        if (fired > FAULT_BURST_LENGTH && has_shape(s, FAULT_BURST))
            run_point(s, p, kind, FAULT_BURST);
        if (fired > 1 && has_shape(s, FAULT_ONE_SHOT))
            run_point(s, p, kind, FAULT_ONE_SHOT);
    }
    note(number + 1, 0);
}

static void see_point(struct sweep *s, const struct sweep_point *p)
{
    s->totals->points++;
    if (p->site >= 0)
        s->totals->sites[p->site].reached++;
    else
        s->totals->unnamed++;
}

/* A fault after the last fault point of its class must not fire, and must change nothing. */
static void sweep_end(struct sweep *s, const struct sweep_point *last)
{
    uint32_t fired;
    arm(s, last, 0, FAULT_PERSISTENT);
    s->armed->faults[0].nth++;
    struct sweep_outcome o = run(s, &fired);
    if (fired > 0 || o.trace != s->base->trace)
        complain(s, &o, "a fault that does not fire has changed the run");
    hand_over(s, &o);
}

static void break_twice(struct sweep *s, struct fault second)
{
    uint32_t fired;
    for (uint32_t kind = 0; kind < fault_kind_count(second.class); kind++) {
        s->armed->count = 2;
        second.kind = kind;
        s->armed->faults[1] = second;
        struct sweep_outcome o = run(s, &fired);
        hand_over(s, &o);
    }
}

/* A fault of that crossing alone: by its fault point, if that has a name. */
static struct fault fault_of_crossing(const struct fault_crossing *recorded, size_t i)
{
    const struct fault_crossing *c = &recorded[i];
    struct fault f = {.class = (enum fault_class)c->class, .site_plus_one = c->site + 1};
    for (size_t k = 0; k <= i; k++)
        f.nth += recorded[k].call == c->call && recorded[k].class == c->class &&
                 (c->site < 0 || recorded[k].site == c->site);
    return f;
}

/* A run may be a process of its own. */
static struct fault_crossing *share_record(void)
{
    static struct fault_crossing *recorded;
    if (recorded != NULL)
        return recorded;
    recorded = mmap(NULL, SWEEP_MOST_POINTS * sizeof *recorded, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (recorded == MAP_FAILED)
        abort();
    return recorded;
}

/* Breaks the handling of a fault: each later fault point of the same call. */
static void sweep_pairs(struct sweep *s, const struct sweep_point *p)
{
    struct fault_crossing *recorded = share_record();
    uint32_t fired;
    for (uint32_t kind = 0; kind < fault_kind_count(p->class); kind++) {
        bool after = false;
        arm(s, p, kind, FAULT_ONE_SHOT);
        fault_record(recorded, SWEEP_MOST_POINTS);
        run(s, &fired);
        size_t n = fault_recorded() < SWEEP_MOST_POINTS ? fault_recorded() : SWEEP_MOST_POINTS;
        fault_record(NULL, 0);
        for (size_t i = 0; i < n; i++) {
            if (recorded[i].call != p->call)
                continue;
            if (after)
                break_twice(s, fault_of_crossing(recorded, i));
            after = after || recorded[i].fired;
        }
    }
}

static bool is_last(const struct sweep_point *points, size_t count, size_t at)
{
    for (size_t i = at + 1; i < count && points[i].call == points[at].call; i++)
        if (points[i].class == points[at].class)
            return false;
    return true;
}

void sweep_points(const struct sweep_subject *subject, const struct sweep_outcome *base,
                  const struct sweep_point *points, size_t count, struct sweep_part part,
                  bool pairs, struct sweep_totals *totals)
{
    struct sweep_armed armed;
    struct sweep s = {.subject = subject, .base = base, .armed = &armed, .totals = totals};
    struct sweep_progress done =
        progress != NULL ? *progress : (struct sweep_progress){.begun = false};
    for (size_t i = 0; i < count; i++) {
        size_t number = i / part.of;
        if (i % part.of != part.slice || number < done.points)
            continue;
        uint32_t from = number == done.points ? done.kinds : 0;
        if (from == 0)
            see_point(&s, &points[i]);
        sweep_point(&s, &points[i], number, from);
        if (is_last(points, count, i))
            sweep_end(&s, &points[i]);
        if (pairs)
            sweep_pairs(&s, &points[i]);
    }
}
