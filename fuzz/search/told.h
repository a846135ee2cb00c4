/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signatures that the processes of a search have told: each is told once, by the process that
 * shows it first.
 */
#ifndef SEARCH_TOLD_H
#define SEARCH_TOLD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { TOLD_MOST = 512 };

/* In memory that the processes share. Zeroed: none. */
struct told {
    _Atomic uint32_t hashes[TOLD_MOST];
};

/* The number of a signature, from 0 in the order in which they are told. *is_new: it was not told
   before. -1: there is no room for another. */
int told_enter(struct told *t, const char *signature, bool *is_new);
/* How many are told. */
int told_count(const struct told *t);

#endif
