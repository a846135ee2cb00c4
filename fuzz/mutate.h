/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mutations of whole programs: calls come, go and move; handles are rewired; faults are put where
 * they hurt. Used by both engines (mutate_libfuzzer.c, mutate_afl.c), beside their own mutations of
 * bytes.
 */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include "program.h"

struct mutate_random {
    uint64_t state; /* never 0 */
};

void mutate_seed(struct mutate_random *r, uint64_t seed);
/* 0 .. below - 1. */
uint32_t mutate_below(struct mutate_random *r, uint32_t below);

/* Changes the program in one to four places; afterwards it is another one, of at most `max_calls`
   calls. */
void mutate_program(struct program *p, struct mutate_random *r, size_t max_calls);
/* The calls of `a` up to some point, then those of `b` from some point, on other variables. */
void mutate_splice(struct program *a, const struct program *b, struct mutate_random *r,
                   size_t max_calls);

/* The operators by name, for tests and ablations. False: it does not apply to this program. */
enum { MUTATE_OPERATORS = 16 };
const char *mutate_name(unsigned op);
bool mutate_apply(unsigned op, struct program *p, struct mutate_random *r, size_t max_calls);

#endif
