/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a program on the scene and judges it. All drivers, the replay, the sweep and the tests
 * call it.
 *
 * Verdicts, after each call: the model's (code, swallowed, state, data); an invalid handle is
 * answered with ERROR_INVALID_PARAMETER and no byte is sent; outputs are untouched or cleared as
 * the contract says; End consumes the handle; the program's assertions hold. After the program,
 * when its handles are ended and its buffers freed: the ledger of both sides is empty, nothing was
 * released twice or used after release, no call waits forever, no password is in released memory,
 * the service starts again. A second run of the program must behave identically.
 */
#ifndef FUZZ_RUN_H
#define FUZZ_RUN_H

#include "fuzz/program/program.h"
#include "fuzz/run/report.h"

#include <stdio.h>

struct execution;
struct fault;
struct model;
struct net_service;

/* Arms faults beyond those of the program: called before each call with its index, and with the
   number of calls before the clean-up. Its faults are disarmed after the call. */
typedef void run_arm_more(size_t index, void *context);
/* Called after the program's last call, before its handles are ended. */
typedef void run_observer(const struct execution *x, const struct model *m, void *context);
/* The program with the faults that `arm` adds written into it. Returns NULL, or the first of them
   if they cannot be written as clauses: they are in the clean-up. */
typedef const struct fault *run_write_down(const struct program *p, struct program *out,
                                           void *context);

/* Options of a run beyond the program itself. All may be left out. */
struct run_options {
    run_arm_more *arm;
    run_observer *observe;
    run_write_down *write_down; /* for the last words of a process that a run kills */
    void *context;              /* of the three */
    const char *origin;         /* where the program comes from, for messages */
    const char *report;         /* file for the report.json of a finding */
    /* The calls before this one were made likewise by an earlier run, which searched memory for the
       secret after each of them: it is not searched again. */
    size_t searched;
    /* Listens in place of the backup service. Its answers may be anything, so codes, data and the
       server's counts are not judged. */
    const struct net_service *service;
    /* Nor are they here: the service's answers are falsified (service_set_liar()). */
    bool distrust;
};

/* Runs `p` in a fresh scene. `options`: NULL for none. *report is complete either
   way; returns !report->finding. */
bool run_program(const struct program *p, const struct run_options *options,
                 struct run_report *report);
/* Runs it twice: the second run must be like the first. */
bool run_program_twice(const struct program *p, const struct run_options *options,
                       struct run_report *report);

/* Makes the calls of the program in a fresh scene and judges nothing: for measuring
   what judging costs. */
void run_bare(const struct program *p);

/* Makes the calls of the program, with their faults, `times` times in one scene; each time its
   handles are ended and its buffers freed. Judges nothing. Then `look`, while the service runs and
   the client is loaded: what is held there grows with `times` only if it is forgotten. */
typedef void run_look(void *context);
void run_repeatedly(const struct program *p, unsigned times, run_look *look, void *context);

/* Arms a clause from now on. */
void run_arm(const struct fault_clause *f);

/* The program that is being run, for a signal handler when the process does not survive the run,
   and for a debugger. */
struct run_current {
    uint64_t count;                    /* runs since the process began */
    const struct program *program;     /* NULL: none at the moment */
    const struct run_options *options; /* never NULL during a run */
    const struct run_report *report;   /* as far as it is known */
    int call;                          /* its index; -1: before the first or after the last one */
};
const struct run_current *run_current(void);

/* Prints a finding for a person: the verdict, the faults that fired, expected and seen, the
   resources held, the program with its results. */
void run_print(const struct program *p, const struct run_report *report, FILE *out);

/* Prints it and, if options->report is not NULL, writes report.json there. */
void run_tell(const struct program *p, const struct run_report *report,
              const struct run_options *options, FILE *out);

/* Prints and aborts if the report holds a finding, as drivers do. */
void run_require_clean(const struct program *p, const struct run_report *report);

#endif
