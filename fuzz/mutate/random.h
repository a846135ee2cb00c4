/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mutator's random numbers. All state is the caller's: the same seed gives the same numbers.
 */
#ifndef FUZZ_MUTATE_RANDOM_H
#define FUZZ_MUTATE_RANDOM_H

#include <stdint.h>

struct mutate_random {
    uint64_t state; /* never 0 */
};

void mutate_seed(struct mutate_random *r, uint64_t seed);
/* 0 .. below - 1; 0 if `below` is 0. */
uint32_t mutate_below(struct mutate_random *r, uint32_t below);

#endif
