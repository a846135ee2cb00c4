/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sweep: runs a program again and again, each time with one more fault: every crossing of the
 * seam x every way in which it can break x once, in a burst, for good. It knows that it is through
 * when a fault behind the last crossing does not fire and the run is as without it.
 *
 * Programs that begin alike are swept alike: what an earlier one has covered is left out, so sweep
 * them in the order of their bytes (sweep_order()).
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

/* What became of a site. */
struct sweep_site {
    uint64_t reached; /* crossings in runs without a fault */
    uint64_t fired;
    uint64_t handled;     /* fired, and the run was without a finding */
    uint64_t benign;      /* handled, and the call ended as if nothing had happened */
    uint64_t benign_kind; /* 1 + the first kind that was; allowed_why() says why it may be */
};

struct sweep_totals {
    uint64_t programs, points, runs, fired, findings;
    uint64_t unnamed; /* crossings without a site: there must be none */
    struct sweep_site sites[SWEEP_SITES];
};

/* Which part of the points this one does: those whose number modulo `of` is `slice`. */
struct sweep_part {
    unsigned slice, of;
};

/* A finding: the program with the fault in it, and its report. `in_clean_up`: the fault is not in
   the program, but fired when its handles were ended. */
typedef void sweep_found(const struct program *with_fault, const struct run_report *report,
                         bool in_clean_up, void *context);

/* The calls that are swept: `from` to before `to`. The index behind the last call is that of the
   clean-up. */
struct sweep_calls {
    size_t from, to;
};
enum { SWEEP_TO_THE_END = PROGRAM_MAX_CALLS + 1 };

/* Looks at the runs of the sweep as a run_observer does. `armed`: NULL, or the one fault of this
   run beyond those of the program, and the call that it is in. */
typedef void sweep_observer(const struct execution *x, const struct model *m,
                            const struct fault *armed, size_t call, void *context);

struct sweep_options {
    struct sweep_calls calls;
    struct sweep_part part;
    sweep_found *found;
    sweep_observer *observe; /* NULL: nobody */
    void *context;           /* of both */
    const char *origin;      /* where the program comes from, for messages; NULL: from nowhere */
};

/* Adds to *totals. False: there was a finding. */
bool sweep_program(const struct program *p, const struct sweep_options *options,
                   struct sweep_totals *totals);

/* For qsort(): programs that begin alike stand beside each other. */
int sweep_order(const struct program *a, const struct program *b);
/* How many calls both begin with, if their worlds are the same. */
size_t sweep_common_prefix(const struct program *a, const struct program *b);

#endif
