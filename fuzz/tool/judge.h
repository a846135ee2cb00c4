/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judges one run of a scenario: what the command said, what it left behind, and what a second run
 * makes of that. The rules are those of docs/contract.md, "The backup program".
 */
#ifndef FUZZ_TOOL_JUDGE_H
#define FUZZ_TOOL_JUDGE_H

#include "command.h"
#include "fuzz/run/report.h"
#include "scenario.h"

/* What happens between the command and the look at what it left. */
enum aftermath {
    AFTER_NOTHING,    /* if a fault has killed it, its process alone died */
    AFTER_POWER_FAIL, /* what was not synced is lost */
    AFTERMATHS
};

/* `clean`: the command's run without faults; NULL: this is it. The scenario
   kept its files when it began. Enters the first thing that is wrong into the report. Runs the
   command again; the service is stopped afterwards. */
void judge_run(const struct scenario *s, const struct command *c, const struct command *clean,
               enum aftermath aftermath, struct run_report *r);

#endif
