/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inputs of wire drivers with a fault: a line of text before the bytes, as in
 *
 *     call 1 !mem.alloc ENOMEM at 3
 *
 * says what is armed in which call of the client; the server has one call alone, and the clean-up
 * is the one after the last call. Engines do not read it: for them it is bytes like any others.
 */
#ifndef FUZZ_FAULTY_INPUT_H
#define FUZZ_FAULTY_INPUT_H

#include "fuzz/program/program.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FAULTY_INPUT_LINE = 160 };

struct faulty_input {
    size_t call; /* from 0 */
    struct fault_clause fault;
};
/* The length of the line; 0: the input begins with none. */
size_t faulty_input_read(const uint8_t *bytes, size_t n, struct faulty_input *out);
/* Returns the length of the line, which ends with a line end. */
size_t faulty_input_write(const struct faulty_input *f, char out[FAULTY_INPUT_LINE]);

#endif
