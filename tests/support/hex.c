/* SPDX-License-Identifier: Apache-2.0 */
#include "hex.h"

unsigned hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;
    if (at == NULL)
        abort(); /* the vector itself is wrong */
    return (unsigned)(at - digits);
}

uint8_t *hex_bytes(const char *text, size_t *out_length)
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

uint8_t *hex_copy(const uint8_t *bytes, size_t n)
{
    uint8_t *copy = malloc(n > 0 ? n : 1);
    if (copy == NULL)
        abort();
    memcpy(copy, bytes, n);
    return copy;
}
