/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that runs its scenarios on the simulated world, each with every fault at every fault
 * point: rundown_tool and rundown_daemon. They bring the scenarios; the command line, the jobs, the
 * sweep and the table at its end are here.
 */
#ifndef FUZZ_SWEEPS_H
#define FUZZ_SWEEPS_H

#include "faults/sweep/sweep.h"
#include "fuzz/run/report.h"

/* A scenario is named by its index. */
struct sweeps {
    const char *name;    /* of the program */
    const char *summary; /* what it does, for --help */
    /* The scenario's name, as on the command line; NULL beyond the last. */
    const char *(*scenario)(size_t index);
    /* Prints what it is about, for --list; no newline. */
    void (*describe)(size_t index);
    /* N: of N fault points one is broken, because a run takes long. NULL: each. */
    unsigned (*every)(size_t index);
    /* Once, before the first run. May be NULL. */
    void (*start)(void);
    /* One run, with these faults armed (NULL: none), judged. A finding is entered in *report. */
    struct sweep_outcome (*run)(size_t index, const struct sweep_armed *armed,
                                struct run_report *report);
    /* The same without faults and without anything that follows the scenario: its fault points. */
    void (*record)(size_t index);
    /* Prints what the latest run has said, for --fault. */
    void (*print)(size_t index);
};

/* Runs the program. Returns its exit code. */
int sweeps_main(const struct sweeps *sweeps, int count, char **arguments);

#endif
