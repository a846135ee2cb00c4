/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run of a program with a fault, as bytes: what is saved of a finding of `rundown preload`, and
 * run again as inputs of drivers are. Texts that each end with a 0: PRELOAD_INPUT, the seconds, the
 * file of standard input or "", the fault, the fault point that it hits, and the words.
 */
#ifndef FUZZ_RUNDOWN_PRELOAD_INPUT_H
#define FUZZ_RUNDOWN_PRELOAD_INPUT_H

#include <stddef.h>
#include <stdint.h>

#define PRELOAD_INPUT "rundown preload 1"

struct preload_input {
    unsigned seconds;
    const char *standard_input, *fault, *point;
    char **words; /* NULL ends */
};

/* The file that this process reads as standard input; "": it is none. Valid until the next call. */
const char *preload_standard_input(void);
/* To be freed. */
uint8_t *preload_input_encode(const struct preload_input *i, size_t *out_n);
/* The command that does the same, to be freed. */
char *preload_input_command(const struct preload_input *i);

/* The driver "preload" (struct saving_driver). */
void preload_input_run(const uint8_t *bytes, size_t n);
void preload_input_print(const uint8_t *bytes, size_t n);

#endif
