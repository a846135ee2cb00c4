/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program did not survive: a signal, or a loop that never crosses the seam again, would
 * otherwise end or stall the search without saying which program it was. A sanitizer's own report
 * stays what it is; the program follows it.
 */
#ifndef FUZZ_LAST_WORDS_H
#define FUZZ_LAST_WORDS_H

#include "fuzz/program/program.h"
#include "fuzz/run/run.h"

enum { LAST_WORDS_SECONDS = 10 }; /* of one run, by the clock on the wall */

/* From now on `say` is called with the program that is being run and a report of what ended it
   ("crash" or "time"), and the process exits with EXIT_FAILURE. Not in a process that an engine
   watches over. Inherited by fork() but for the clock: call it in each process. */
typedef void last_words(const struct program *p, const struct run_report *r);
void last_words_start(last_words *say);

#endif
