/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions of the target on a stack, for signatures: as the source has them, inlined ones
 * among them, so that every flavour has the same.
 */
#ifndef FUZZ_FRAMES_H
#define FUZZ_FRAMES_H

#include "faults/world/symbol.h"

enum { FRAMES_MOST = 8 };

struct frames {
    unsigned count;
    char functions[FRAMES_MOST][SYMBOL_NAME_BYTES]; /* innermost first; of the API without A or W */
};

/* `stack`: return addresses, innermost first; ended by NULL, or `most`. */
void frames_read(void *const *stack, unsigned most, struct frames *out);
/* Whether it is one of the API's, with or without A or W. */
bool frames_is_api(const char *function);

#endif
