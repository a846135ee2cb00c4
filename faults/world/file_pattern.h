/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The content of files that are too large to be kept in memory: each byte follows from its offset.
 */
#ifndef FAULTS_FILE_PATTERN_H
#define FAULTS_FILE_PATTERN_H

#include <stdint.h>

static inline uint8_t file_pattern_byte(uint64_t offset)
{
    return (uint8_t)(offset * 0x9e3779b97f4a7c15u >> 56);
}

#endif
