/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Leaves judges out on purpose, to measure how much each of them finds.
 */
#ifndef FUZZ_WITHOUT_H
#define FUZZ_WITHOUT_H

#include <stdbool.h>

struct run_without {
    bool answers; /* all that is judged after each call, the model among it: leaks remain */
    bool model;   /* codes, state, data, and that no fault is swallowed */
    bool ledger;  /* what is held, released twice, used after release; locks; secrets */
    bool faults;  /* no fault of the program or the search is armed */
    bool all;     /* no judge at all: only crashes and a sanitizer's reports remain */
    bool mutator; /* the engines' mutations of bytes alone */
};

/* The words of a list, for messages. */
#define RUN_WITHOUT_WORDS "model, ledger, faults, answers, judges, mutator"

/* Whether a judge is left out. The first call reads the environment variable RUNDOWN_WITHOUT, a
   list as below, because programs whose command line belongs to an engine cannot have an option for
   it. An unknown word ends the process. */
const struct run_without *run_without(void);

/* Leaves out the judges that the list names, "model,ledger" for instance, in addition to those left
   out already. False: a word of it is unknown, and nothing has changed. */
bool run_leave_out(const char *list);

#endif
