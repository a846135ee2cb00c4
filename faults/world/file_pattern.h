/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The content of files that are too large to be kept in memory: each byte follows from its offset.
 */
#ifndef FAULTS_FILE_PATTERN_H
#define FAULTS_FILE_PATTERN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Eight bytes at once, from a multiple of 8 on, the first one lowest. */
static inline uint64_t file_pattern_word(uint64_t offset)
{
    uint64_t word = offset / 8 * 0x9e3779b97f4a7c15u;
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
    for (; n - i >= 8; i += 8) {
        uint64_t word = file_pattern_word(offset + i);
        memcpy(out + i, &word, 8);
    }
    for (; i < n; i++)
        out[i] = file_pattern_byte(offset + i);
}

#endif
