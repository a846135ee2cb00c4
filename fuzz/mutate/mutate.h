/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mutations of whole programs: calls come, go and move; handles are rewired; faults are put where
 * they hurt. Used by both engines (libfuzzer.c, afl.c), beside their own mutations of
 * bytes. No state but the caller's: the same seed gives the same mutants.
 */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include "fuzz/program/program.h"
#include "random.h"

/* The most calls of a program that is to fit into `max_size` bytes; 0: not even one does. */
size_t mutate_max_calls(size_t max_size);

/* Changes the program in one to four places; afterwards it means something else, and has 1 to
   `max_calls` calls. Returns the operators that it applied, a bit each. */
uint32_t mutate_program(struct program *p, struct mutate_random *r, size_t max_calls);

/* The world and the calls of `a` up to some point, then those of `b` from some point on. Half of
   the time the handles and buffers of `b` move to variables that those of `a` do not use. At least
   one call of each, where each has one and `max_calls` allows. */
void mutate_splice(struct program *a, const struct program *b, struct mutate_random *r,
                   size_t max_calls);

/* The operators by name, for tests and for the names of what AFL++ finds. mutate_apply() returns
   false, and the program is as it was, where the operator does not apply. */
enum { MUTATE_OPERATORS = 22 };
const char *mutate_name(unsigned op);
bool mutate_apply(unsigned op, struct program *p, struct mutate_random *r, size_t max_calls);

#endif
