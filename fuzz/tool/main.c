/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown_tool: the sweep of dsbackup as a whole, with the service behind it, on the simulated
 * world.
 */
#include "command.h"
#include "faults/fault/hash.h"
#include "faults/fault/moment.h"
#include "faults/world/world.h"
#include "fuzz/sweeps/sweeps.h"
#include "judge.h"
#include "scenario.h"

#include <stdio.h>
#include <string.h>

/* What the latest run has come to; and the latest without a fault, of that scenario. */
static struct command latest, clean;
static const struct scenario *clean_of;

static const char *scenario_name(size_t index)
{
    const struct scenario *s = scenario_at(index);
    return s != NULL ? s->name : NULL;
}

static void describe(size_t index)
{
    printf("%s (dsbackup %s)", scenario_at(index)->story, scenario_at(index)->words);
}

static unsigned every(size_t index)
{
    return scenario_at(index)->every > 0 ? scenario_at(index)->every : 1;
}

static uint64_t trace_of(const struct command *c)
{
    uint64_t hash = HASH_64_START, steps = world_steps();
    hash = hash_64(hash, &c->code, sizeof c->code);
    hash = hash_64(hash, c->output, strlen(c->output));
    hash = hash_64(hash, c->error, strlen(c->error));
    return hash_64(hash, &steps, sizeof steps);
}

static void run_once(const struct scenario *s, const struct sweep_armed *armed,
                     enum aftermath aftermath, struct run_report *report)
{
    scenario_open(s);
    scenario_keep_files();
    world_set_call(0);
    scenario_break(s);
    for (unsigned i = 0; armed != NULL && i < armed->count; i++)
        fault_arm(&armed->faults[i]);
    command_run(s->words, s->interrupted, &latest);
    fault_disarm_all();
    report->trace = trace_of(&latest);
    judge_run(s, &latest, armed != NULL && clean_of == s ? &clean : NULL, aftermath, report);
}

/* Whether a power failure afterwards tells more: not of a command that only reads, and what a PDU
   does to a command, some call does as well. */
static bool may_lose_power(const struct scenario *s, const struct sweep_armed *armed)
{
    return s->kind != SCENARIO_READS && (armed == NULL || armed->faults[0].class < FAULT_RPC_BIND);
}

static void say_that_power_failed(struct run_report *r)
{
    char what[sizeof r->detail];
    memcpy(what, r->detail, sizeof what);
    snprintf(r->detail, sizeof r->detail, "then the power fails: %.480s", what);
}

/* The same twice: the power stays on, or fails when the command has ended. */
static struct sweep_outcome run(size_t index, const struct sweep_armed *armed,
                                struct run_report *report)
{
    const struct scenario *s = scenario_at(index);
    int aftermaths = may_lose_power(s, armed) ? AFTERMATHS : AFTER_NOTHING + 1;
    for (int i = 0; i < aftermaths && !report->finding; i++) {
        run_once(s, armed, (enum aftermath)i, report);
        if (report->finding && i == AFTER_POWER_FAIL)
            say_that_power_failed(report);
    }
    if (armed == NULL) {
        clean = latest;
        clean_of = s;
    }
    return (struct sweep_outcome){
        .fired = latest.fired,
        .benign = latest.fired > 0 && latest.code == 0 && !latest.dead,
        .trace = report->trace,
        .wrong = report->finding,
    };
}

static void record(size_t index)
{
    struct run_report report = {0};
    run_once(scenario_at(index), NULL, AFTER_NOTHING, &report);
}

static void print(size_t index)
{
    printf("$ dsbackup %s\n%s%sexit code %d%s, ", scenario_at(index)->words, latest.output,
           latest.error, latest.code, latest.dead ? ", dead" : "");
}

int main(int count, char **arguments)
{
    static const struct sweeps sweeps = {
        .name = "rundown_tool",
        .summary = "runs dsbackup whole on the simulated world, with every fault at every fault "
                   "point, and prints the table of fault points",
        .scenario = scenario_name,
        .describe = describe,
        .every = every,
        .run = run,
        .record = record,
        .print = print,
    };
    return sweeps_main(&sweeps, count, arguments);
}
