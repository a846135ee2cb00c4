/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result of a run of a program: filled by the runner and the judges, read by all others.
 */
#ifndef FUZZ_REPORT_H
#define FUZZ_REPORT_H

#include "fuzz/model/model.h"
#include "fuzz/program/program.h"
#include "fuzz/run/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REPORT_FRAMES = 24, SIGNATURE_BYTES = 192, SIGNATURES_MOST = 8 };

/* Of one run: more than one if it shows several leaks, or goes on behind its finding. */
struct signatures {
    unsigned count;
    char texts[SIGNATURES_MOST][SIGNATURE_BYTES];
};

struct run_report {
    bool finding;
    enum verdict verdict;  /* of a finding */
    char detail[512];      /* what was expected and what was seen */
    int32_t expected, got; /* of a wrong code; with a fault in the call: expected without it */
    /* What the signature says besides: of a crash its kind, of a state what differs, of an
       invalid handle how it is invalid; else empty. */
    char cause[128];
    void *stack[REPORT_FRAMES]; /* of a crash: return addresses, innermost first; NULL ends */
    const char *other;          /* the function that another thread called meanwhile, if it was
                                   found there; else NULL */
    int call;                   /* index of the call that it was found at; -1: after the last one */
    struct signatures behind;   /* of what a call behind it shows, if the run could go on */
    size_t call_count;
    int32_t results[PROGRAM_MAX_CALLS];
    struct model_ruling rulings[PROGRAM_MAX_CALLS]; /* which rules of the contract decided */
    uint32_t faults_fired;
    int idle_fault;  /* index of the first call of which a fault did not fire; -1: all did */
    uint32_t benign; /* faults that fired in calls that ended as if nothing had happened */
    uint64_t steps;  /* calls at fault points */
    uint64_t trace;  /* hash of all observations: equal for equal runs */
};

/* Enters a finding, unless there is one already: later findings are often consequences
   of the first. True: it was entered, and may be told more of. */
__attribute__((format(printf, 4, 5))) bool
report_find(struct run_report *r, int call, enum verdict verdict, const char *format, ...);

#endif
