/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing buffer of bytes that wait to be sent or read, in the harness's memory.
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
