/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports programs that crash or hang: otherwise a signal, or a loop that never calls the world
 * again, would end or stall the search without saying which program it was. A sanitizer's own
 * report is unchanged; the program follows it.
 */
#ifndef FUZZ_LAST_WORDS_H
#define FUZZ_LAST_WORDS_H

#include "fuzz/run/report.h"
#include "fuzz/run/signature.h"

#include <stdbool.h>

enum {
    LAST_WORDS_SECONDS = 10, /* of the processor for one run: a machine under load finds no more */
    LAST_WORDS_BLOCKED =
        60, /* seconds on the wall in which a run does not use one of the processor */
};

/* From now on a run that crashes ("crash") or does not end ("time") is reported with the program
   and the armed fault, and the process exits with EXIT_FAILURE. What was wrong in the run before is
   told before, as a finding of its own. `search`: as one of the findings of
   a search, otherwise printed. Not for processes that an engine supervises. Inherited by fork() but
   for the clock: call it in each process. */
void last_words_start(bool search);
/* The same for a search that keeps its findings itself: `found` is called in place of that. NULL:
   no more. */
typedef void last_words_found(const struct run_report *r, const struct signatures *s);
void last_words_hand_to(last_words_found *found);
/* Whether sanitizers report crashes of this build. */
bool last_words_are_sanitized(void);
/* The same for a process that makes one run for another: nothing is printed; *out and *signatures,
   which both share, are what the run has come to. `seconds`: in place of LAST_WORDS_SECONDS. */
void last_words_give(struct run_report *out, struct signatures *signatures, unsigned seconds);

#endif
