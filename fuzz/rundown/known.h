/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Known issues: programs that are expected to fail until somebody mends what they show. Comments
 * above the first call say so:
 *
 *     # reason: why it is not mended yet
 *     # owner: who will
 *     # date: 2026-01-31
 *     # signature: leak:mem.alloc@context_open#1
 */
#ifndef RUNDOWN_KNOWN_H
#define RUNDOWN_KNOWN_H

#include "fuzz/run/signature.h"

#include <stdbool.h>
#include <stddef.h>

struct known {
    bool is_known; /* it says one of the four, but "signature", which saved findings have, too */
    char signature[SIGNATURE_BYTES];
    const char
        *missing; /* "a line \"# owner: ...\"": what is not there or not right; NULL: nothing */
};

/* Of the text of a program. */
void known_read(const char *text, size_t n, struct known *out);

#endif
