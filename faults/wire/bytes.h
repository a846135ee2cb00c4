/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes that wait, in memory of the harness that grows.
 */
#ifndef FAULTS_BYTES_H
#define FAULTS_BYTES_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
    uint8_t *bytes;
    size_t length, capacity;
};

/* Ends the process if the harness itself is out of memory. */
void bytes_append(struct bytes *b, const uint8_t *bytes, size_t n);

#endif
