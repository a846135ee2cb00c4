/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program did not survive: a signal, or a loop that never enters the world again, would
 * otherwise end or stall the search without saying which program it was. A sanitizer's own report
 * stays what it is; the program follows it.
 */
#ifndef FUZZ_LAST_WORDS_H
#define FUZZ_LAST_WORDS_H

#include <stdbool.h>

enum { LAST_WORDS_SECONDS = 10 }; /* of one run, by the clock on the wall */

/* From now on, what ends a run ("crash") or keeps it from ending ("time") is told with the program
   and the fault that was armed, and the process exits with EXIT_FAILURE. `search`: as one of the
   findings of a search, else printed. Not in a process that an engine watches over. Inherited by
   fork() but for the clock: call it in each process. */
void last_words_start(bool search);

#endif
