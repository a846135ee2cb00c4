/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The content of files that are too large to be kept in memory: each byte follows from its offset.
 */
#ifndef FAULTS_FILE_PATTERN_H
#define FAULTS_FILE_PATTERN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define FILE_PATTERN_STEP UINT64_C(0x9e3779b97f4a7c15)

/* Eight bytes at once, from a multiple of 8 on, the first one lowest. */
static inline uint64_t file_pattern_word(uint64_t offset)
{
    uint64_t word = offset / 8 * FILE_PATTERN_STEP;
    return word ^ word >> 32;
}

static inline uint8_t file_pattern_byte(uint64_t offset)
{
    return (uint8_t)(file_pattern_word(offset) >> offset % 8 * 8);
}

/* The `n` bytes from the offset on. */
static inline void file_pattern_copy(uint64_t offset, uint8_t *out, size_t n)
{
    size_t i = 0;
    for (; i < n && (offset + i) % 8 != 0; i++)
        out[i] = file_pattern_byte(offset + i);
    /* Of several words at once: the processor multiplies no vectors of them, but adds them. */
    uint64_t product = (offset + i) / 8 * FILE_PATTERN_STEP;
    for (size_t words = (n - i) / 8; words > 0; words--) {
        uint64_t word = product ^ product >> 32;
        memcpy(out + i, &word, 8);
        product += FILE_PATTERN_STEP;
        i += 8;
    }
    for (; i < n; i++)
        out[i] = file_pattern_byte(offset + i);
}

#endif
