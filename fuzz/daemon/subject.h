/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scenario as the subject of a sweep (faults/sweep/sweep.h).
 */
#ifndef FUZZ_DAEMON_SUBJECT_H
#define FUZZ_DAEMON_SUBJECT_H

#include "faults/sweep/sweep.h"
#include "scenario.h"

/* Sweeps that part of the scenario's fault points; prints each finding with what it takes to see it
   again. Adds to *totals. `first`: the first finding ends the process, with EXIT_FAILURE. */
void subject_sweep(const struct daemon_scenario *s, struct sweep_part part, bool first,
                   struct sweep_totals *totals);
/* Runs the scenario once, with that fault unless it is NULL, and prints what the daemon logged.
   False: there is a finding, and it is printed. */
bool subject_run(const struct daemon_scenario *s, const struct fault *fault);
/* A process that a run kills says which one it was. Call it in each process. */
void subject_watch(void);

#endif
