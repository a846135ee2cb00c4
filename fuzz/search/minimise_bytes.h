/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reduces the input of a wire driver: instructions, then bytes of them, then fields, which become
 * 0. What is left shows the same, and no instruction of it can be left out without losing that,
 * unless time was up.
 */
#ifndef FUZZ_MINIMISE_BYTES_H
#define FUZZ_MINIMISE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One instruction: how long it is, and where in it stands how many bytes follow a fixed part. */
struct minimise_part {
    size_t size;         /* at least 1 */
    size_t length_at;    /* of 16 bits, little-endian */
    size_t length_bytes; /* 0: there is no length */
};
/* The instruction that begins with these bytes, of which there is at least one. */
typedef struct minimise_part minimise_take(const uint8_t *bytes, size_t n);

struct minimise_input {
    size_t head; /* bytes before the first instruction */
    minimise_take *take;
    bool (*shows)(const uint8_t *bytes, size_t n, void *context);
    void *context;
};
/* Returns the new size; `bytes` has `n`. */
size_t minimise_bytes(const struct minimise_input *input, uint8_t *bytes, size_t n);

#endif
