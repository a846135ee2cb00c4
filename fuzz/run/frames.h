/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions of the target on a stack, for signatures: as the source has them, inlined ones
 * among them, so that every flavour has the same.
 */
#ifndef FUZZ_FRAMES_H
#define FUZZ_FRAMES_H

#include "faults/world/symbol.h"

enum { FRAMES_MOST = 24 };

struct frames {
    unsigned count;
    unsigned of_first_file; /* how many from the innermost on are of the same source file as it */
    char functions[FRAMES_MOST][SYMBOL_NAME_BYTES]; /* innermost first; of the API without A or W */
};

/* `stack`: return addresses, innermost first; ended by NULL, or `most`. */
void frames_read(void *const *stack, unsigned most, struct frames *out);
/* Keeps of `f` what both have in common from the outermost on: where a loop goes round. */
void frames_keep_common(struct frames *f, const struct frames *other);
/* "parse < check" in the source: function number `index` and its caller, which is left out if it is
   one of the API's, because what several of them call is not theirs. */
enum { FRAMES_PAIR_BYTES = 2 * SYMBOL_NAME_BYTES + 4 };
const char *frames_pair(const struct frames *f, unsigned index, char out[FRAMES_PAIR_BYTES]);
/* Whether it is one of the API's, with or without A or W. */
bool frames_is_api(const char *function);

#endif
