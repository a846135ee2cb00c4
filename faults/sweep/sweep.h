/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sweep of anything that can be run again and again with the same result: every fault point
 * that a run without faults passes x every way in which it can break x once, in a burst, for good.
 * It is complete when a fault after the last point does not fire and that run equals the one
 * without faults.
 *
 *     size_t n = sweep_find(recorded, count, points);
 *     sweep_points(&subject, &base, points, n, part, false, &totals);
 */
#ifndef FAULTS_SWEEP_H
#define FAULTS_SWEEP_H

#include "faults/fault/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SWEEP_SITES = 1024, SWEEP_MOST_POINTS = 1 << 18, SWEEP_FAULTS = 2 };

/* A fault point as one run passes it. */
struct sweep_point {
    uint32_t call; /* number as in world_call(): may be WORLD_CALL_CLEAN_UP */
    enum fault_class class;
    uint32_t nth; /* from 1, of its class within the call */
    int site;     /* -1: it has no name */
};

/* What a run arms, in which call. */
struct sweep_armed {
    uint32_t call;
    unsigned count;
    struct fault faults[SWEEP_FAULTS];
};

/* What came of a run. */
struct sweep_outcome {
    uint32_t fired;  /* faults, those of the subject itself among them */
    uint32_t benign; /* calls that a fault hit and that ended as if nothing had happened */
    uint64_t trace;  /* equal for equal runs */
    bool wrong;      /* it is a finding */
};

/* Whatever is swept. */
struct sweep_subject {
    struct sweep_outcome (*run)(const struct sweep_armed *armed, void *context);
    /* The run that was made last is a finding for this reason, too. */
    void (*complain)(const struct sweep_armed *armed, const char *what, void *context);
    /* It is a finding, and all is known of it. */
    void (*found)(const struct sweep_armed *armed, void *context);
    void *context;
};

/* What became of a fault point, by its name. */
struct sweep_site {
    uint64_t reached; /* in runs without a fault */
    uint64_t fired;
    uint64_t handled;     /* fired, and the run was without a finding */
    uint64_t benign;      /* handled, and the call ended as if nothing had happened */
    uint64_t benign_kind; /* 1 + the first kind that was */
};

struct sweep_totals {
    uint64_t subjects, points, runs, fired, findings;
    uint64_t unnamed; /* points without a name: there must be none */
    struct sweep_site sites[SWEEP_SITES];
};

/* Which part of the points is swept: those whose number modulo `of` is `slice`. */
struct sweep_part {
    unsigned slice, of;
};

/* The points of a run that fault_record() has written down, but for those before the first call
   and after the clean-up. `out` has room for `n`. Returns how many. */
size_t sweep_find(const struct fault_crossing *recorded, size_t n, struct sweep_point *out);

/* Sweeps that part of the points, which are in the order of the run. `base`: what came of the run
   without faults. `pairs`: breaks what the target does about each fault, as well: one more fault
   at each point after it in its call. Adds to *totals, but for `subjects`. */
void sweep_points(const struct sweep_subject *subject, const struct sweep_outcome *base,
                  const struct sweep_point *points, size_t count, struct sweep_part part,
                  bool pairs, struct sweep_totals *totals);

#endif
