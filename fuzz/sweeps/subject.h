/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scenario as the subject of a sweep (faults/sweep/sweep.h).
 */
#ifndef FUZZ_SWEEPS_SUBJECT_H
#define FUZZ_SWEEPS_SUBJECT_H

#include "sweeps.h"

/* Sweeps that part of the scenario's fault points; prints each finding with what it takes to see it
   again. Adds to *totals, except `subjects`. `first`: the first finding ends the process, with
   EXIT_FAILURE. */
void subject_sweep(const struct sweeps *sweeps, size_t index, struct sweep_part part, bool first,
                   struct sweep_totals *totals);
/* Runs the scenario once, with that fault, and prints what it said. False: there is a finding, and
   it is printed. */
bool subject_run(const struct sweeps *sweeps, size_t index, const struct fault *fault);
/* A process that a run kills says which one it was. Call it in each process. */
void subject_watch(void);

#endif
