/* SPDX-License-Identifier: Apache-2.0 */
/* What a program of scenarios says. */
#ifndef SCENARIO_REPORT_H
#define SCENARIO_REPORT_H

#include "faults/scenario/sweep_scenario.h"

void report_findings(const char *program, const struct findings *f);
/* What the library calls and the world does not break, with no line if there is nothing. */
void report_unseen(void);
/* What the library keeps for good. */
void report_kept(const struct scenario *s, const struct baseline *b);
void report_sum(unsigned scenarios, const struct sweep_report *r, double seconds);
/* A whole sweep. */
struct swept {
    const char *program; /* as a shell finds it again */
    unsigned count;
    const struct scenario *scenarios[SCENARIOS_MOST];
    double seconds[SCENARIOS_MOST]; /* that each took */
    const struct sweep_report *report;
};

/* False: it cannot be written, which is said. */
bool report_json(const char *path, const struct swept *s);
/* Reads what fault_text() writes. False: it is none. */
bool faults_read(const char *text, struct sweep_armed *out);

#endif
