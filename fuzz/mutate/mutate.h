/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mutations of whole programs: calls are added, removed and moved; handles are exchanged; faults
 * are put where they take effect. Used by both engines (libfuzzer.c, afl.c), beside their own
 * mutations of bytes. All state is the caller's: the same seed gives the same mutants.
 */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include "fuzz/program/program.h"
#include "random.h"

/* The largest number of calls that fits into `max_size` bytes; may be 0. */
size_t mutate_max_calls(size_t max_size);

/* Changes the program in one to four places, so that its meaning changes; afterwards it has 1 to
   `max_calls` calls. Returns the operators that were applied, a bit each. */
uint32_t mutate_program(struct program *p, struct mutate_random *r, size_t max_calls);

/* The world and the calls of `a` up to some point, then those of `b` from some point on. Half of
   the time the handles and buffers of `b` move to variables that those of `a` do not use. At least
   one call of each, where each has one and `max_calls` allows. */
void mutate_splice(struct program *a, const struct program *b, struct mutate_random *r,
                   size_t max_calls);

/* The operators by name, for tests and for the names of the files that AFL++ writes. mutate_apply()
   returns false, and the program is as it was, where the operator does not apply. */
enum { MUTATE_OPERATORS = 22 };
const char *mutate_name(unsigned op);
bool mutate_apply(unsigned op, struct program *p, struct mutate_random *r, size_t max_calls);

#endif
