/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_scenario.h"

#include "faults/sweep/jobs.h"
#include "isolate.h"

#include <stdio.h>
#include <string.h>

enum { FEW = 3, MANY = 30 };

void scenario_find_point(const struct crossings *c, enum fault_class class, uint32_t nth,
                         struct judged *out)
{
    uint32_t of_class = 0;
    size_t i = 0;
    for (; i < c->count; i++)
        if (c->at[i].class == class && ++of_class == nth)
            break;
    out->crossing = i;
    out->site = i < c->count ? c->at[i].site : -1;
    out->nth = i < c->count ? 0 : 1;
    for (size_t k = 0; i < c->count && k <= i; k++)
        out->nth += c->at[k].class == class && c->at[k].site == c->at[i].site;
}

struct fault scenario_fault_of(const struct crossings *c, const struct fault *f)
{
    struct fault of_class = *f;
    uint32_t at = 0;
    of_class.site_plus_one = 0;
    of_class.nth = 0;
    for (size_t i = 0; i < c->count; i++) {
        of_class.nth += c->at[i].class == f->class;
        at += c->at[i].class == f->class && c->at[i].site + 1 == f->site_plus_one;
        if (at == f->nth)
            return of_class;
    }
    return *f;
}

/* Without a fault ------------------------------------------------------------------------------ */

struct probe {
    const struct scenario *scenario;
    struct baseline *base;
};

static void record(const struct scenario *s, struct crossings *c, struct outcome *o)
{
    static const struct sweep_armed nothing;
    fault_record(c->at, POINTS_MOST);
    isolate_try(s, &nothing, false, o);
    c->count = fault_recorded() < POINTS_MOST ? fault_recorded() : POINTS_MOST;
    fault_record(NULL, 0);
    o->recovered = true;
}

static void probe(struct outcome *o, void *context)
{
    const struct probe *p = context;
    struct baseline *b = p->base;
    record(p->scenario, &b->crossings, &b->first);
    record(p->scenario, &b->warm_crossings, &b->second);
    *o = b->second;
    for (int i = 2; i < MANY; i++) {
        if (i == FEW)
            holding_take(&b->third);
        p->scenario->run();
    }
    holding_take(&b->last);
    o->ending = ENDING_RETURNED;
}

static void probe_again(struct outcome *o, void *context)
{
    static const struct sweep_armed nothing;
    const struct probe *p = context;
    isolate_try(p->scenario, &nothing, false, o);
    o->recovered = true;
}

static bool is_same(const struct crossings *a, const struct crossings *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->at[i].class != b->at[i].class || a->at[i].site != b->at[i].site)
            return false;
    return true;
}

static void judge_growth(const struct scenario *s, const struct baseline *b, struct findings *f)
{
    static struct holding beyond;
    holding_beyond(&b->third, &b->last, &beyond);
    for (unsigned i = 0; i < beyond.places; i++) {
        struct scenario_finding named = {.site = beyond.at[i].site};
        char detail[DETAIL_BYTES];
        snprintf(detail, sizeof detail, "%u more held after %d runs than after %d",
                 beyond.at[i].count, MANY, FEW);
        findings_add(f, s, VERDICT_GROWS, place_name(named.site), detail);
    }
}

bool scenario_find_baseline(const struct scenario *s, struct baseline *b, struct findings *f)
{
    static const struct sweep_armed nothing;
    struct outcome *latest = isolate_share(sizeof *latest);
    struct probe p = {s, b};
    isolate_run(probe, &p, latest);
    if (latest->ending != ENDING_RETURNED || b->first.result != RUNDOWN_SUCCESS ||
        b->second.result != RUNDOWN_SUCCESS) {
        const struct outcome *bad = latest->ending != ENDING_RETURNED    ? latest
                                    : b->first.result != RUNDOWN_SUCCESS ? &b->first
                                                                         : &b->second;
        findings_judge(f, &(struct judged){s, bad, &b->first.holding, &nothing, -1, 1, false, 0});
        return false;
    }
    judge_growth(s, b, f);
    b->kept = b->first.holding;
    b->differs_when_warm =
        holding_count(&b->kept) > 0 || !is_same(&b->crossings, &b->warm_crossings);
    uint64_t trace = b->first.trace;
    isolate_run(probe_again, &p, latest);
    if (latest->ending != ENDING_RETURNED || latest->trace != trace)
        findings_add(f, s, VERDICT_NOT_THE_SAME, s->name, "two runs in fresh processes differ");
    return true;
}

/* With faults ---------------------------------------------------------------------------------- */

struct job {
    const struct scenario *scenario;
    const struct baseline *base;
    struct sweep_report *reports; /* one for each job */
    struct sweep_how how;
    bool warm;
};
static struct job job; /* jobs_run() hands over no context */

struct trial {
    const struct job *job;
    const struct sweep_armed *armed;
    struct outcome *outcome;
    struct findings *findings;
};

static void try_armed(struct outcome *o, void *context)
{
    const struct trial *t = context;
    isolate_try(t->job->scenario, t->armed, true, o);
}

static struct sweep_outcome run_armed(const struct sweep_armed *armed, void *context)
{
    struct trial *t = context;
    const struct job *j = t->job;
    const struct crossings *c = j->warm ? &j->base->warm_crossings : &j->base->crossings;
    t->armed = armed;
    isolate_run(try_armed, t, t->outcome);
    const struct holding *kept = j->warm ? &j->base->second.holding : &j->base->kept;
    struct judged judged = {j->scenario, t->outcome, kept, armed, -1, 1, j->warm, 0};
    scenario_find_point(c, armed->faults[0].class, armed->faults[0].nth, &judged);
    return (struct sweep_outcome){
        .fired = t->outcome->fired,
        .benign = t->outcome->result == RUNDOWN_SUCCESS,
        .trace = t->outcome->trace,
        .wrong = findings_judge(t->findings, &judged) > 0,
    };
}

static void complain(const struct sweep_armed *armed, const char *what, void *context)
{
    struct trial *t = context;
    (void)armed;
    /* What died before the fault fired has said so. */
    if (t->outcome->ending == ENDING_RETURNED)
        findings_add(t->findings, t->job->scenario, VERDICT_NOT_THE_SAME, t->job->scenario->name,
                     what);
}

static void found(const struct sweep_armed *armed, void *context)
{
    (void)armed, (void)context;
}

static int sweep_part_of_job(unsigned number)
{
    const struct job *j = &job;
    struct sweep_report *report = &j->reports[number];
    static struct sweep_point points[POINTS_MOST];
    struct trial t = {
        .job = j, .outcome = isolate_share(sizeof *t.outcome), .findings = &report->findings};
    const struct sweep_subject subject = {run_armed, complain, found, &t, j->how.shapes};
    const struct crossings *c = j->warm ? &j->base->warm_crossings : &j->base->crossings;
    struct sweep_outcome base = {.benign = 1};
    isolate_stay(number);
    if (j->warm)
        j->scenario->run();
    isolate_run(try_armed, (t.armed = &(const struct sweep_armed){0}, &t), t.outcome);
    base.trace = t.outcome->trace;
    size_t n = sweep_find(c->at, c->count, points);
    struct sweep_part part = j->how.part;
    part.slice += number * part.of;
    part.of *= j->how.jobs;
    sweep_points(&subject, &base, points, n, part, j->how.pairs, &report->totals);
    return 0;
}

static void add_totals(struct sweep_totals *into, const struct sweep_totals *from)
{
    into->points += from->points;
    into->runs += from->runs;
    into->fired += from->fired;
    into->findings += from->findings;
    into->unnamed += from->unnamed;
    for (unsigned i = 0; i < SWEEP_SITES; i++) {
        into->sites[i].reached += from->sites[i].reached;
        into->sites[i].fired += from->sites[i].fired;
        into->sites[i].handled += from->sites[i].handled;
        into->sites[i].benign += from->sites[i].benign;
    }
}

void scenario_sweep(const struct scenario *s, const struct baseline *b, const struct sweep_how *how,
                    struct sweep_report *report)
{
    unsigned jobs = how->jobs;
    for (int warm = 0; warm <= b->differs_when_warm; warm++) {
        struct sweep_report *reports = isolate_share(jobs * sizeof *reports);
        job = (struct job){s, b, reports, *how, warm};
        if (jobs_run(jobs, sweep_part_of_job, JOBS_ALL) > 0)
            findings_add(&report->findings, s, VERDICT_NOT_THE_SAME, s->name,
                         "a job of the sweep has died");
        for (unsigned i = 0; i < jobs; i++) {
            findings_merge(&report->findings, &reports[i].findings);
            add_totals(&report->totals, &reports[i].totals);
        }
    }
}
