/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reduces a program that has a finding: calls, then faults and their shapes, the world, numbers,
 * other arguments. The result has the same signature (fuzz/run/signature.h), and no call or fault
 * of it can be removed without losing that. It takes MINIMISE_SECONDS at most. Every trial runs in
 * a process of its own, so a program that crashes or does not end can also be reduced.
 */
#ifndef FUZZ_MINIMISE_H
#define FUZZ_MINIMISE_H

#include "fuzz/program/program.h"
#include "fuzz/run/run.h"

#include <time.h>

enum { MINIMISE_SECONDS = 25 };

/* `signature`: that of the finding to keep; NULL: the first one of the program. False: the program
   does not have that finding. *report is that of the reduced program. This process's own run, its
   ledger and its fault report stay as they are. */
bool minimise_to(const char *signature, struct program *p, struct run_report *report);
/* The same with NULL. */
bool minimise(struct program *p, struct run_report *report);
/* For a handler of signals: minimise() comes back soon, with the smallest program so far. */
void minimise_stop(void);
bool minimise_is_stopped(void);
/* How long one may take: begun, it is over after MINIMISE_SECONDS or a minimise_stop(). */
struct minimise_limit {
    time_t until;
};
void minimise_begin(struct minimise_limit *limit);
bool minimise_is_over(const struct minimise_limit *limit);
/* Of the last one: how many programs were tried; whether it was the time that ended it. */
unsigned minimise_trials(void);
bool minimise_was_late(void);

#endif
