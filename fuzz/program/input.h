/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files as inputs: read whole or not at all. What is not a regular file is refused at once: nobody
 * waits for the writer of a pipe, nor for the end of a device.
 */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes, at most `most`, to be freed: the block is as large as the file (one byte if that has
   none), so that reading past its end is caught. False: *why, which is not freed. */
bool input_read(const char *path, size_t most, uint8_t **out, size_t *out_size, const char **why);

/* Whether bytes are meant to be read by people: no control characters but those of lines. */
bool input_is_text(const uint8_t *bytes, size_t n);

#endif
