/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by all drivers. A driver is one source file with LLVMFuzzerTestOneInput, used by
 * libFuzzer, AFL++ and the replay.
 */
#ifndef FUZZ_DRIVER_H
#define FUZZ_DRIVER_H

#include "fuzz/run/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Counts one execution where a campaign can see it: the first 8 bytes of the file that
   RUNDOWN_STATS names. Does nothing without it. */
void driver_count(void);

/* Prints the finding, as run_print() does, and aborts: every engine sees that as a crash. `cause`:
   what its signature says in place of `detail`; or "". */
_Noreturn void driver_finding(enum verdict verdict, const char *cause, const char *detail);

/* Whether it has been printed: for what handles the signal. And that it will be, by
   run_require_clean(). */
bool driver_has_finding(void);
void driver_note_finding(bool finding);

/* True for one input in 16, always the same ones: for checks too expensive for every input. */
bool driver_is_sample(const uint8_t *data, size_t size);

#endif
