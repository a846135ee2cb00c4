/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sweep of a scenario: what it does without a fault, then each of its fault points, broken in
 * every way, in a fresh process and, where that differs, in one in which it has run before.
 */
#ifndef SCENARIO_SWEEP_SCENARIO_H
#define SCENARIO_SWEEP_SCENARIO_H

#include "findings.h"

enum { POINTS_MOST = 1 << 16 };

/* The fault points that a run passed, in order. */
struct crossings {
    size_t count;
    struct fault_crossing at[POINTS_MOST];
};

/* Runs without a fault. */
struct baseline {
    struct outcome first;       /* in a fresh process */
    struct outcome second;      /* in the same one */
    struct holding third, last; /* held after 3 and after 30 runs */
    struct crossings crossings, warm_crossings;
    struct holding kept; /* what the library keeps for good */
    bool differs_when_warm;
};

struct sweep_report {
    struct findings findings;
    struct sweep_totals totals;
};

/* Both in shared memory. False: without a fault something is wrong already, and is in the findings.
 */
bool scenario_find_baseline(const struct scenario *s, struct baseline *b, struct findings *f);
struct sweep_how {
    unsigned jobs;
    struct sweep_part part;
    unsigned shapes; /* a bit for each enum fault_shape; 0: all */
    bool pairs;
};
void scenario_sweep(const struct scenario *s, const struct baseline *b, const struct sweep_how *how,
                    struct sweep_report *report);
/* Fills in which crossing, and of which fault point, the nth of a class is; `site` is -1: there is
 * none. */
void scenario_find_point(const struct crossings *c, enum fault_class class, uint32_t nth,
                         struct judged *out);
/* The other way round: a fault of a fault point as the sweep has it, by its class, so that a burst
   or a persistent one goes on at other points. As it is if the run does not pass that point. */
struct fault scenario_fault_of(const struct crossings *c, const struct fault *f);

#endif
