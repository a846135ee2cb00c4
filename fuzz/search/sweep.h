/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sweep runs a program once for each fault: every call at a fault point x every kind of its
 * class x once, in a burst, persistently. It is complete when a fault after the last such call does
 * not fire and the run is as without it.
 *
 * The common beginning of two programs is swept only once, so sweep them in the order of their
 * bytes (sweep_order()).
 */
#ifndef FUZZ_SWEEP_H
#define FUZZ_SWEEP_H

#include "faults/fault/fault.h"
#include "fuzz/program/program.h"
#include "fuzz/run/run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { SWEEP_SITES = 1024 };

/* What the sweep saw of one fault point. */
struct sweep_site {
    uint64_t reached; /* calls in runs without a fault */
    uint64_t fired;
    uint64_t handled;     /* fired, and the run was without a finding */
    uint64_t benign;      /* handled, and the call ended as if nothing had happened */
    uint64_t benign_kind; /* 1 + the first such kind; allowed_why() says why it is legal */
};

struct sweep_totals {
    uint64_t programs, points, runs, fired, findings;
    uint64_t unnamed; /* calls without a named fault point: must be 0 */
    struct sweep_site sites[SWEEP_SITES];
};

/* The part of the faults that this sweep covers: those whose number modulo `of` is `slice`. */
struct sweep_part {
    unsigned slice, of;
};

/* A finding: the program with the fault in it, and its report. `in_clean_up`: the fault is not in
   the program, but fired when its handles were ended. */
typedef void sweep_found(const struct program *with_fault, const struct run_report *report,
                         bool in_clean_up, void *context);

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
