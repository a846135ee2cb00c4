/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judges that are left out on purpose, to measure what each of them is worth.
 */
#ifndef FUZZ_WITHOUT_H
#define FUZZ_WITHOUT_H

#include <stdbool.h>

struct run_without {
    bool model;   /* codes, state, data, and that no fault is swallowed */
    bool ledger;  /* what is held, released twice, used after release; locks; secrets */
    bool faults;  /* no fault of the program or the search is armed */
    bool all;     /* no judge at all: a crash and a sanitizer's report are what is left */
    bool mutator; /* the engines' mutations of bytes alone */
};

/* The words of a list, for messages. */
#define RUN_WITHOUT_WORDS "model, ledger, faults, judges, mutator"

/* What is left out. First asked, it reads the environment variable RUNDOWN_WITHOUT, a list as
   below: programs whose command line belongs to an engine have no option for it. A word that it
   does not know ends the process. */
const struct run_without *run_without(void);

/* Leaves out what the list names, "model,ledger", beside what is left out already. False: a word of
   it is unknown; then nothing has changed. */
bool run_leave_out(const char *list);

#endif
