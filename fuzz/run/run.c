/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One program, from an empty world to a verdict. Read run_program() first.
 */
#include "run.h"

#include "allowances.h"
#include "execute.h"
#include "faults/fault/fault.h"
#include "faults/fault/hash.h"
#include "faults/fault/site.h"
#include "faults/world/clock.h"
#include "faults/world/ledger.h"
#include "faults/world/net.h"
#include "faults/world/own_stack.h"
#include "faults/world/secret.h"
#include "faults/world/world.h"
#include "feedback.h"
#include "fuzz/model/model.h"
#include "fuzz/model/profile.h"
#include "fuzz/program/codes.h"
#include "fuzz/scene/scene.h"
#include "fuzz/scene/service.h"
#include "fuzz/scene/settings.h"
#include "judge.h"
#include "other_end.h"
#include "signature.h"
#include "target/client/client.h"
#include "without.h"

#include <inttypes.h>
#include <stdlib.h>

static struct run_current current = {.call = -1};

const struct run_current *run_current(void)
{
    return &current;
}

void run_arm(const struct fault_clause *f)
{
    if (f->class_plus_one == FAULT_CLAUSE_NONE || run_without()->faults)
        return;
    enum fault_class class = (enum fault_class)(f->class_plus_one - 1);
    struct fault fault = {
        .class = class,
        .site_plus_one = f->site != FAULT_CLAUSE_ANY_SITE ? site_nearest(f->site, class) + 1 : 0,
        .nth = f->nth > 0 ? f->nth : 1,
        .kind = f->kind % fault_kind_count(class),
        .shape = (enum fault_shape)f->shape,
    };
    if (!service_arm(&fault))
        fault_arm(&fault);
}

/* A program that runs. */
struct running {
    struct execution execution;
    struct model model;
    bool honest; /* the service is ours: the model knows what it must answer */
    bool told;   /* the target was handed an identity: before, it cannot hold the secret */
    bool known;  /* the model knows the states after the last call */
    const struct run_options *options;
    struct run_report *report;
    struct run_report behind; /* of the calls behind the first finding */
};

/* Runs it, on a stack that is looked at afterwards if the target may hold a secret. `index`: of the
   call; of the clean-up it is the number of calls. */
static void run_watched(const struct running *n, size_t index, own_stack_entry *entry,
                        void *context)
{
    if (!n->told || index < n->options->searched || !secret_is_watched()) {
        entry(context);
        return;
    }
    own_stack_run(entry, context);
    secret_check_memory();
}

static void arm_more(const struct running *n, size_t index)
{
    if (n->options->arm != NULL && !run_without()->faults)
        n->options->arm(index, n->options->context);
}

/* Everything that must be equal in the second run. */
static void fold(struct run_report *r, uint64_t value)
{
    r->trace = (r->trace ^ value) * HASH_64_PRIME;
    r->trace ^= r->trace >> 29;
}

/* A fault that never fires shows nothing. */
static bool has_idle_fault(const struct call *c)
{
    uint32_t wanted = 0;
    for (size_t i = 0; i < PROGRAM_CALL_FAULTS; i++)
        wanted += c->faults[i].class_plus_one != FAULT_CLAUSE_NONE;
    return fault_report()->in_call_count < wanted;
}

struct execution_of_call {
    struct execution *execution;
    const struct call *call;
    struct outcome *outcome;
};

static void execute_one(void *context)
{
    const struct execution_of_call *e = context;
    execute_call(e->execution, e->call, e->outcome);
    service_settle();
}

/* What counts from the beginning of a call. */
struct beginning {
    uint64_t bytes_sent, ms;
    unsigned deaths;
};

static struct beginning begin(void)
{
    return (struct beginning){net_bytes_sent(), clock_monotonic_ms(), service_deaths()};
}

/* A call that has returned. */
struct made {
    const struct call *call;
    const struct outcome *outcome;
    struct beginning since;
    size_t pending; /* handles that an End of another thread has taken, which has not returned */
    bool is_others; /* it is that End */
};

static struct run_report *judge_made(struct running *n, int index, const struct made *m)
{
    struct run_report *r = n->report;
    struct call_facts facts = {
        .index = index,
        .end_is_under_way = m->pending > 0,
        .is_others = m->is_others,
        .is_behind = r->finding,
        .call = m->call,
        .outcome = m->outcome,
        .bytes_sent = net_bytes_sent() - m->since.bytes_sent,
        .deaths = service_deaths() - m->since.deaths,
        .live_handles = n->execution.live_count - m->pending,
        .owed_buffers = execute_owed_buffers(&n->execution),
        .elapsed_ms = clock_monotonic_ms() - m->since.ms,
    };
    struct run_report *judged = r->finding ? &n->behind : r;
    if (!run_without()->answers)
        judge_call(&facts, judged);
    if (n->honest && !run_without()->model) {
        n->known = judge_by_model(&n->model, &facts, judged);
        r->rulings[index] = judged->rulings[index];
    }
    fold(r, (uint32_t)m->outcome->result);
    fold(r, facts.bytes_sent);
    fold(r, net_bytes_hash());
    fold(r, world_steps());
    if (n->honest)
        feedback_state(model_fingerprint(&n->model));
    return judged;
}

/* The End that another thread has begun while the call waited returns behind it. */
static void run_other_end(struct running *n, int index, struct other_end *other)
{
    struct model_ruling first = n->report->rulings[index];
    struct beginning b = other->came ? begin() : (struct beginning){0};
    if (!other_end_finish(other))
        return;
    bool found = n->report->finding, found_behind = n->behind.finding;
    struct made m = {
        .call = &other->call, .outcome = &other->outcome, .since = b, .is_others = true};
    struct run_report *judged = judge_made(n, index, &m);
    if (judged->finding && !(judged == n->report ? found : found_behind))
        judged->other = api_functions[other->call.function].name;
    else
        n->report->rulings[index] = first;
}

static void run_call(struct running *n, const struct call *c, int index)
{
    struct outcome outcome;
    struct other_end other;
    struct run_report *r = n->report;
    current.call = index;
    struct beginning b = begin();
    world_set_call((uint32_t)index);
    fault_begin_call();
    for (size_t i = 0; i < PROGRAM_CALL_FAULTS; i++)
        run_arm(&c->faults[i]);
    arm_more(n, (size_t)index);
    n->told = n->told || call_sets_identity(c);
    other_end_expect(&other, &n->execution, c, &outcome);
    run_watched(n, (size_t)index, execute_one,
                &(struct execution_of_call){&n->execution, c, &outcome});
    fault_disarm_all();
    r->results[index] = outcome.result;
    r->rulings[index] = (struct model_ruling){CONTRACT_NONE, CONTRACT_NONE, S_OK};
    if (r->idle_fault < 0 && profile_is_empty() && has_idle_fault(c))
        r->idle_fault = index;
    struct made m = {c, &outcome, b, other_end_is_pending(&other), false};
    judge_made(n, index, &m);
    if (other_end_waited_ms(&other) > 0 && !run_without()->answers)
        report_find(r, index, VERDICT_TIME,
                    "the call waited for %" PRIu64 " ms after another thread had ended its handle",
                    other_end_waited_ms(&other));
    run_other_end(n, index, &other);
    /* The only buffer that belongs to the harness. */
    if (outcome.read_data != NULL)
        free(outcome.read_data);
}

/* A service that a fault has ended must start again without the fault, because it wrote
   its files itself. */
static void restart_service(struct run_report *r)
{
    settings_select(SETTINGS_USUAL);
    scene_free_disk();
    uint32_t code = service_start(SERVICE_SAME_MODE);
    if (code != 0 && !run_without()->all)
        report_find(r, -1, VERDICT_NO_RESTART, "it says %s", code_text((int32_t)code));
}

static void give_back(struct running *n, size_t call_count)
{
    world_set_call(WORLD_CALL_CLEAN_UP);
    fault_begin_call();
    arm_more(n, call_count);
    run_watched(n, call_count, execute_end_everything, &n->execution);
    fault_disarm_all();
    world_set_call(WORLD_CALL_AFTERWARDS);
}

static void start(struct running *n, const struct program *p)
{
    n->told = false;
    if (n->honest && program_sets_identity(p))
        scene_open_with_secret(&p->world);
    else
        scene_open(&p->world, n->options->service);
    allowances_apply();
    execute_reset(&n->execution);
    model_reset(&n->model, &p->world);
}

static void begin_report(struct run_report *r)
{
    r->finding = false;
    r->behind.count = 0;
    r->call = -1;
    r->call_count = 0;
    r->benign = 0;
    r->idle_fault = -1;
    r->trace = r->steps = 0;
    r->faults_fired = 0;
}

/* Whether an implementation with this profile has to survive the call. */
static bool may_be_made(struct running *n, const struct call *c)
{
    if (profile_is_empty())
        return true;
    enum contract_rule rule = execute_relies_on(&n->execution, c);
    if (rule == CONTRACT_NONE || !profile_is_off(rule))
        return true;
    profile_count_cut(rule);
    return false;
}

/* Whether another bug may show behind the first: where the target holds what it should, or the
   model has taken what it holds. */
static bool goes_on(const struct running *n)
{
    enum verdict v = n->report->verdict;
    return !n->report->finding ||
           (n->known && !n->behind.finding && ledger_summary().violations == 0 &&
            (v == VERDICT_CODE || v == VERDICT_ASSERTED_CODE || v == VERDICT_SWALLOWED ||
             v == VERDICT_STATE));
}

static void make_calls(struct running *n, const struct program *p)
{
    static struct signatures first;
    for (size_t i = 0; i < p->call_count && goes_on(n) && may_be_made(n, &p->calls[i]); i++) {
        run_call(n, &p->calls[i], (int)i);
        n->report->call_count = n->behind.call_count = i + 1;
    }
    if (!n->behind.finding)
        return;
    signatures_of(p, n->report, &first);
    signatures_of(p, &n->behind, &n->report->behind);
    signatures_remove_all(&n->report->behind, &first);
}

bool run_program(const struct program *p, const struct run_options *options,
                 struct run_report *report)
{
    static const struct run_options none;
    static struct running running;
    struct running *n = &running;
    n->options = options != NULL ? options : &none;
    n->honest = n->options->service == NULL && !n->options->distrust &&
                profile_has(PROFILE_MODEL) && profile_has(PROFILE_HONESTY);
    n->report = report;
    n->known = false;
    begin_report(report);
    begin_report(&n->behind);
    current = (struct run_current){current.count + 1, p, n->options, report, -1};
    const struct program *fitted = profile_fit(p);
    if (fitted == NULL) {
        world_reset();
        current.program = NULL;
        return true;
    }
    start(n, p);
    make_calls(n, fitted);
    if (n->options->observe != NULL)
        n->options->observe(&n->execution, &n->model, n->options->context);
    current.call = -1;
    give_back(n, p->call_count);
    report->faults_fired = fault_report()->fired;
    if (!run_without()->all)
        judge_counts(report);
    if (n->honest)
        restart_service(report);
    service_stop();
    if (!run_without()->ledger) {
        judge_ledger(report);
        ledger_has_told();
    }
    report->steps = world_steps();
    ntdsb_client_unload();
    current.program = NULL;
    return !report->finding;
}

/* The content of fresh memory in the two runs: they differ if any of it goes over the wire or
   influences the target. */
static bool run_filled(const struct program *p, const struct run_options *options,
                       struct run_report *report, int fill)
{
    world_set_fill(fill);
    bool clean = run_program(p, options, report);
    world_set_fill(WORLD_NO_FILL);
    return clean;
}

bool run_program_twice(const struct program *p, const struct run_options *options,
                       struct run_report *report)
{
    static struct run_report again;
    if (!run_filled(p, options, report, 0xa5))
        return false;
    if (run_filled(p, options, &again, 0x5a) && again.trace == report->trace &&
        again.steps == report->steps)
        return true;
    if (!again.finding && run_without()->all)
        return true;
    if (again.finding)
        *report = again;
    else
        report_find(report, -1, VERDICT_NOT_THE_SAME,
                    "%" PRIu64 " calls of the world, then %" PRIu64 "; trace %016" PRIx64
                    ", then %016" PRIx64,
                    report->steps, again.steps, report->trace, again.trace);
    return false;
}
