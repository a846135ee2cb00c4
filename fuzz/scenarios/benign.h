/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults that a scenario may succeed in spite of, by name: a hint that the kernel may refuse, a
 * cache that need not be there. A file, a line each:
 *
 *     FAULT-POINT  OWNER  DATE  REASON...
 */
#ifndef SCENARIO_BENIGN_H
#define SCENARIO_BENIGN_H

#include "faults/scenario/findings.h"

/* Takes the findings that the file names out of the table. Prints a line for each that it names and
   that was not found, since it hides nothing; `out` NULL: prints none. False: it cannot be read,
   which is said. */
bool benign_take_out(const char *path, struct findings *f, FILE *out);

#endif
