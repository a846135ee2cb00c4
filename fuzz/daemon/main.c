/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown_daemon: the sweep of what the daemon decides, on the simulated world.
 */
#include "daemon.h"
#include "faults/fault/hash.h"
#include "faults/world/world.h"
#include "fuzz/sweeps/sweeps.h"
#include "loop.h"
#include "scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *scenario_name(size_t index)
{
    const struct daemon_scenario *s = daemon_scenario_at(index);
    return s != NULL ? s->name : NULL;
}

static void describe(size_t index)
{
    fputs(daemon_scenario_at(index)->says, stdout);
}

static unsigned every(size_t index)
{
    unsigned n = daemon_scenario_at(index)->every;
    return n > 0 ? n : 1;
}

static void start(void)
{
    loop_register_sites();
    unsetenv("JOURNAL_STREAM"); /* the log goes to standard error */
}

static struct sweep_outcome run(size_t index, const struct sweep_armed *armed,
                                struct run_report *report)
{
    const struct daemon_scenario *s = daemon_scenario_at(index);
    bool exact = armed == NULL || armed->count == 0;
    story_begin(&s->settings, exact, report);
    world_set_call(0);
    for (unsigned i = 0; !exact && i < armed->count; i++)
        fault_arm(&armed->faults[i]);
    s->play();
    story_end();
    uint64_t steps = world_steps();
    struct sweep_outcome o = {.fired = fault_report()->fired, .wrong = report->finding};
    o.trace = hash_64(HASH_64_START, daemon_log(), strlen(daemon_log()));
    o.trace = hash_64(o.trace, &steps, sizeof steps);
    return o;
}

static void record(size_t index)
{
    struct run_report report = {0};
    run(index, NULL, &report);
}

static void print(size_t index)
{
    (void)index;
    fputs(daemon_log(), stdout);
}

int main(int count, char **arguments)
{
    static const struct sweeps sweeps = {
        .name = "rundown_daemon",
        .summary = "runs what the daemon decides on the simulated world, with every fault at "
                   "every fault point, and prints the table of fault points",
        .scenario = scenario_name,
        .describe = describe,
        .every = every,
        .start = start,
        .run = run,
        .record = record,
        .print = print,
    };
    return sweeps_main(&sweeps, count, arguments);
}
