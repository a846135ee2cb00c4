/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a program on the scene and judges it. Used by every driver, the replay, the sweep and the
 * tests.
 *
 * Verdicts, after each call: the model's (code, swallowed, state, data), an invalid handle is
 * answered with ERROR_INVALID_PARAMETER and not one byte is sent, outputs are untouched or cleared
 * as the contract says, End consumes the handle, what the program asserts. After the program, when
 * its handles are ended and its buffers freed: the ledger of both sides is empty, nothing was
 * released twice, used after release or waited for without end, no password lies in released
 * memory, the service starts again. And the same program does the same again.
 */
#ifndef FUZZ_RUN_H
#define FUZZ_RUN_H

#include "fuzz/program/program.h"
#include "fuzz/run/report.h"

#include <stdio.h>

struct execution;
struct model;
struct net_service;

/* Breaks more than the program says: called before each call with its index, and with the number of
   calls before the clean-up. What it arms is disarmed after the call. */
typedef void run_arm_more(size_t index, void *context);
/* Looks at a program that has made its last call, before its handles are ended. */
typedef void run_observer(const struct execution *x, const struct model *m, void *context);
/* The program with what `arm` adds written into it. False: it cannot be written down. */
typedef bool run_write_down(const struct program *p, struct program *out, void *context);

/* How a program is run beyond what it says. All of it may be left out. */
struct run_options {
    run_arm_more *arm;
    run_observer *observe;
    run_write_down *write_down; /* for the last words of a process that a run kills */
    void *context;              /* of the three */
    const char *origin;         /* where the program comes from, for messages */
    /* In the place of the backup service. What it answers may be anything, so codes, data and what
       the server holds are not judged. */
    const struct net_service *service;
    /* Nor are they here: somebody lies about what the service says (service_set_liar()). */
    bool distrust;
};

/* Runs `p` in a fresh scene. `options`: NULL for none. *report is complete either way; returns
   !report->finding. */
bool run_program(const struct program *p, const struct run_options *options,
                 struct run_report *report);
/* Twice: the second run must be as the first. */
bool run_program_twice(const struct program *p, const struct run_options *options,
                       struct run_report *report);

/* The calls of the program in a fresh scene, and nothing else: what the others cost. */
void run_bare(const struct program *p);

/* Arms a clause from now on. */
void run_arm(const struct fault_clause *f);

/* What is being run. Not handed over but asked for: by a handler of signals, when the process does
   not survive the run, and by a debugger. */
struct run_current {
    uint64_t count;                    /* runs since the process began */
    const struct program *program;     /* NULL: none at the moment */
    const struct run_options *options; /* of it; never NULL during a run */
    int call;                          /* its index; -1: before the first or after the last one */
};
const struct run_current *run_current(void);

/* Prints a finding for a person: what broke, the faults that fired, expected and seen, what is
   held, the program with its results. */
void run_print(const struct program *p, const struct run_report *report, FILE *out);

/* Prints and aborts if the report holds a finding: what a driver does. */
void run_require_clean(const struct program *p, const struct run_report *report);

#endif
