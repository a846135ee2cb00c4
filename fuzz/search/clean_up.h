/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the clean-up after a program does, as calls of the program: then a fault in it can be
 * written down, made smaller and run again.
 */
#ifndef FUZZ_CLEAN_UP_H
#define FUZZ_CLEAN_UP_H

#include "faults/fault/fault.h"
#include "fuzz/program/program.h"

#include <stdbool.h>

/* *out: the program, then an End for each handle that it has got, the last one first, and a Free
   for each buffer, with the fault in that call that it hits. Runs it in a child, in which calls at
   fault points are counted. False: there is no room, or the fault hits none of these calls. */
bool clean_up_write_down(const struct program *p, const struct fault *f, struct program *out);

#endif
