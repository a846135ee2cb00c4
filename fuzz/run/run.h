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

#include "fuzz/model/model.h"
#include "fuzz/program/program.h"

#include <stdio.h>

struct run_report {
    bool finding;
    char verdict[48]; /* a few words that name what broke; the finding's signature with: */
    char detail[512]; /* what was expected and what came */
    int call;         /* index of the call that it was found at; -1: after the last one */
    size_t call_count;
    int32_t results[PROGRAM_MAX_CALLS];
    struct model_ruling rulings[PROGRAM_MAX_CALLS]; /* which rules of the contract decided */
    uint32_t faults_fired;
    int idle_fault;  /* index of the first call of which a fault did not fire; -1: all did */
    uint32_t benign; /* faults that fired in calls that ended as if nothing had happened */
    uint64_t steps;  /* crossings of the seam */
    uint64_t trace;  /* of all that was observed: equal for equal runs */
};

/* Runs `p` in a fresh scene. *report is complete either way; returns !report->finding. */
bool run_program(const struct program *p, struct run_report *report);
/* The same with `service` in the place of the backup service. What it answers may be anything, so
   codes, data and what the server holds are not judged. */
struct net_service;
bool run_program_against(const struct program *p, const struct net_service *service,
                         struct run_report *report);
/* The same with the backup service, when somebody lies about what it says (service_set_liar()). */
bool run_program_distrusting(const struct program *p, struct run_report *report);
/* Twice: the second run must be as the first. */
bool run_program_twice(const struct program *p, struct run_report *report);

/* The calls of the program in a fresh scene, and nothing else: what the others cost. */
void run_bare(const struct program *p);

/* Arms a clause from now on. */
void run_arm(const struct fault_clause *f);

/* Breaks more than the program says, for the sweep: called before each call, and once with the
   index of the call behind the last one; what it arms is disarmed after the call. NULL: nobody. */
typedef void run_hook(size_t index);
void run_set_hook(run_hook *hook);

/* Looks at a program that has made its last call, before its handles are ended. NULL: nobody. */
struct execution;
struct model;
typedef void run_observer(const struct execution *x, const struct model *m);
void run_set_observer(run_observer *observer);

/* What a judge is left out for: to measure what it is worth (tests/measure/score). */
struct run_without {
    bool model;   /* codes, state, data, and that no fault is swallowed */
    bool ledger;  /* what is held, released twice, used after release; locks; secrets */
    bool faults;  /* no fault of the program or the hook is armed */
    bool all;     /* no judge at all: a crash and a sanitizer's report are what is left */
    bool mutator; /* the engines' mutations of bytes alone */
};
/* From the environment: RUNDOWN_WITHOUT=model,ledger,faults,judges,mutator. */
const struct run_without *run_without(void);

/* Runs since the process began; the program that is being run and its call, or NULL and -1. */
uint64_t run_count(void);
const struct program *run_current(void);
int run_current_call(void);

/* Prints a finding for a person: what broke, the faults that fired, expected and come, what is
   held, the program with its results. */
void run_print(const struct program *p, const struct run_report *report, FILE *out);

/* Prints and aborts if the report holds a finding: what a driver does. */
void run_require_clean(const struct program *p, const struct run_report *report);

#endif
