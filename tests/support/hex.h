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

static inline unsigned hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;
    if (at == NULL)
        abort(); /* the vector itself is wrong */
    return (unsigned)(at - digits);
}

/* The bytes of `text`, in memory of exactly that size, so that a sanitizer sees one byte too many.
   The caller frees it. */
static inline uint8_t *hex_bytes(const char *text, size_t *out_length)
{
    uint8_t *bytes = malloc(strlen(text) / 2 + 1);
    size_t n = 0;
    if (bytes == NULL)
        abort();
    for (; *text != '\0'; text++) {
        if (*text == ' ')
            continue;
        bytes[n++] = (uint8_t)(hex_digit(text[0]) << 4 | hex_digit(text[1]));
        text++;
    }
    uint8_t *exact = malloc(n > 0 ? n : 1);
    if (exact == NULL)
        abort();
    memcpy(exact, bytes, n);
    free(bytes);
    *out_length = n;
    return exact;
}

/* A copy of the first `n` bytes in memory of that size. The caller frees it. */
static inline uint8_t *hex_copy(const uint8_t *bytes, size_t n)
{
    uint8_t *copy = malloc(n > 0 ? n : 1);
    if (copy == NULL)
        abort();
    memcpy(copy, bytes, n);
    return copy;
}

#endif
