/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that is watched, and what is wrong with a run of it.
 */
#ifndef FUZZ_RUNDOWN_PRELOAD_JUDGE_H
#define FUZZ_RUNDOWN_PRELOAD_JUDGE_H

#include "fuzz/run/signature.h"
#include "preload_run.h"

struct preload_watched {
    struct preload_program program;
    struct preload_shared base; /* of the run without faults */
    struct preload_result base_result;
    char names[PRELOAD_PLACES][PRELOAD_NAME]; /* of its places */
};

/* What a run has come to. */
struct preload_judged {
    struct run_report report;     /* of a finding */
    struct signatures signatures; /* of all that is wrong: several may be held */
    uint32_t fired;
    uint64_t trace;  /* equal for runs that end alike */
    bool swallowed;  /* a fault fired, and the run ended with success and the same output */
    bool not_judged; /* what it holds: it has ended in the middle */
};

/* Runs the program without a fault. NULL, or why it cannot be watched. */
const char *preload_watch(struct preload_watched *w, char **words, unsigned seconds);
/* The latest run, which has ended so. */
void preload_judge(const struct preload_watched *w, const struct preload_result *r,
                   struct preload_judged *out);
/* Two runs that must be equal differ. */
void preload_judge_differs(struct preload_judged *j, const char *what);
/* What its signature of that number is about. */
enum { PRELOAD_MESSAGE = sizeof((struct run_report *)0)->detail };
void preload_judged_message(const struct preload_judged *j, unsigned i, char out[PRELOAD_MESSAGE]);
/* "FINDING ..." and "SIGNATURE: ..." of that, as for any finding; then the fault, and how it is
   seen again. */
void preload_judged_print(const struct preload_judged *j, unsigned i, const char *fault,
                          const char *again);

#endif
