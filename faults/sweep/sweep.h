/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sweep of anything that can be run again and again with the same result: every fault point
 * that a run without faults passes x every kind of its class x once, in a burst, persistently. It
 * is complete when a fault after the last fault point does not fire and that run equals the one
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

/* The faults that a run arms, and in which call. */
struct sweep_armed {
    uint32_t call;
    unsigned count;
    struct fault faults[SWEEP_FAULTS];
};

/* The outcome of a run. */
struct sweep_outcome {
    uint32_t fired;  /* faults, those of the subject itself among them */
    uint32_t benign; /* calls that a fault hit and that ended as if nothing had happened */
    uint64_t trace;  /* equal for equal runs */
    bool wrong;      /* the run has a finding */
};

/* The subject of a sweep. */
struct sweep_subject {
    struct sweep_outcome (*run)(const struct sweep_armed *armed, void *context);
    /* Adds a finding to the latest run, for this reason. */
    void (*complain)(const struct sweep_armed *armed, const char *what, void *context);
    /* The latest run has a finding, and its report is complete. */
    void (*found)(const struct sweep_armed *armed, void *context);
    void *context;
    unsigned shapes; /* that are tried, a bit for each; 0: all */
};

/* What the sweep saw of one fault point, by its name. */
struct sweep_site {
    uint64_t reached; /* in runs without a fault */
    uint64_t fired;
    uint64_t handled;     /* fired, and the run was without a finding */
    uint64_t benign;      /* handled, and the call ended as if nothing had happened */
    uint64_t benign_kind; /* 1 + the first kind that was */
};

struct sweep_totals {
    uint64_t subjects, points, runs, fired, findings;
    uint64_t unnamed; /* fault points without a name: must be 0 */
    struct sweep_site sites[SWEEP_SITES];
};

/* The part of the fault points that is swept: those whose number modulo `of` is `slice`. */
struct sweep_part {
    unsigned slice, of;
};

/* How far a job has come with its subjects, in memory that it shares with the process that takes
   its place if a run kills it. */
struct sweep_progress {
    bool begun;
    uint64_t subject; /* that was begun last; those before it are done */
    uint64_t points;  /* of it: so many of its part were swept, */
    uint32_t kinds;   /* and so many kinds of the next one begun */
};
/* Sweeps go on there from now on, and keep it up to date. NULL: nothing is kept. */
void sweep_keep_progress(struct sweep_progress *progress);
/* Before each subject, which the caller numbers. False: it was done with, or its run without a
   fault has killed a process. */
bool sweep_reaches(uint64_t subject);
/* Whether the subject was begun by a process that has died. */
bool sweep_goes_on(void);

/* The fault points of a run recorded by fault_record(), except those before the first call and
   after the clean-up. `out` has room for `n`. Returns how many. */
size_t sweep_find(const struct fault_crossing *recorded, size_t n, struct sweep_point *out);

/* Sweeps that part of the fault points, which are in the order of the run. `base`: the outcome of
   the run without faults. `pairs`: also breaks the handling of each fault, by one more fault at
   each later fault point of its call. Adds to *totals, except `subjects`. */
void sweep_points(const struct sweep_subject *subject, const struct sweep_outcome *base,
                  const struct sweep_point *points, size_t count, struct sweep_part part,
                  bool pairs, struct sweep_totals *totals);

#endif
