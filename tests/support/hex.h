/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Byte vectors as text: "05 00 0b 03", blanks anywhere.
 */
#ifndef TESTS_HEX_H
#define TESTS_HEX_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

unsigned hex_digit(char c);
/* The bytes of `text`, in memory of exactly that size, so that a sanitizer sees one byte too many.
   The caller frees it. */
uint8_t *hex_bytes(const char *text, size_t *out_length);
/* A copy of the first `n` bytes in memory of that size. The caller frees it. */
uint8_t *hex_copy(const uint8_t *bytes, size_t n);

#endif
