/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads whole files. A file that is not regular is refused at once, so that nothing waits for the
 * writer of a pipe or the end of a device.
 */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes, at most `most`; the caller frees them. The block is as large as the file (one
   byte for an empty file), so that reading past its end is detected. False: *why, which must
   not be freed. */
bool input_read(const char *path, size_t most, uint8_t **out, size_t *out_size, const char **why);

/* Whether the bytes are text: no control characters but those that end or indent lines. */
bool input_is_text(const uint8_t *bytes, size_t n);

#endif
