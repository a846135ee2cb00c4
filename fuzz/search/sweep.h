/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sweep of a program (faults/sweep/sweep.h): runs it once for each fault, until every fault
 * point that it passes was broken in every way.
 *
 * The common beginning of two programs is swept only once, so sweep them in the order of their
 * bytes (sweep_order()).
 */
#ifndef FUZZ_SWEEP_H
#define FUZZ_SWEEP_H

#include "faults/sweep/sweep.h"
#include "fuzz/program/program.h"
#include "fuzz/run/run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A finding: the program with the fault in it, and its report. `in_clean_up`: NULL, or the fault is
   not in the program, but this one, which fired when its handles were ended. */
typedef void sweep_found(const struct program *with_fault, const struct run_report *report,
                         const struct fault *in_clean_up, void *context);

/* The calls that are swept: `from` up to but not including `to`. The index after the last call is
   that of the clean-up. */
struct sweep_calls {
    size_t from, to;
};
enum { SWEEP_TO_THE_END = PROGRAM_MAX_CALLS + 1 };

/* Observes the runs of the sweep like a run_observer. `armed`: NULL, or the one fault of this run
   beyond those of the program, and the call that it is in. */
typedef void sweep_observer(const struct execution *x, const struct model *m,
                            const struct fault *armed, size_t call, void *context);

struct sweep_options {
    struct sweep_calls calls;
    struct sweep_part part;
    sweep_found *found;
    sweep_observer *observe; /* may be NULL */
    void *context;           /* of both */
    const char *origin;      /* the program's source, for messages; may be NULL */
};

/* Adds to *totals. False: there was a finding. */
bool sweep_program(const struct program *p, const struct sweep_options *options,
                   struct sweep_totals *totals);

/* For qsort(): puts programs with a common beginning next to each other. */
int sweep_order(const struct program *a, const struct program *b);
/* The number of calls that both have in common at the beginning, if their worlds are equal. */
size_t sweep_common_prefix(const struct program *a, const struct program *b);

#endif
