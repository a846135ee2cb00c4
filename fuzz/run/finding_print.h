/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finding as a person reads it, in 80 columns: what broke; the fault that was injected, with the
 * stack there; what was expected and what came; what is held, who acquired it and who should have
 * released it; the program; the command that shows it again. Longer than 80 columns are only lines
 * that somebody copies: signature, program, command.
 */
#ifndef FUZZ_FINDING_PRINT_H
#define FUZZ_FINDING_PRINT_H

#include "finding.h"

#include <stdbool.h>
#include <stdio.h>

void finding_print(const struct finding *f, FILE *out, bool colour);
/* Only what is held. */
void finding_print_held(const struct finding *f, FILE *out, bool colour);

/* Whether what is written there is in colour: on a terminal that has any (TERM), unless NO_COLOR is
   set and not empty. */
bool finding_is_in_colour(int fd);

#endif
