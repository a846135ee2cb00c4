/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The findings of a search by many runs (sweep, enumerate), one for each signature, however often
 * and by however many processes it is hit: printed, and saved as programs that show them again.
 */
#ifndef FUZZ_FINDINGS_H
#define FUZZ_FINDINGS_H

#include "fuzz/program/program.h"
#include "fuzz/run/run.h"

#include <stdbool.h>
#include <stdint.h>

/* Before the processes are forked. `directory`: where programs are saved (borrowed); it is made
   with the first one. `first`: the first finding ends the process that has it, with EXIT_FAILURE.
   False: nothing can be saved there, said on stderr. */
bool findings_open(const char *directory, bool first);
/* `origin`: where the program comes from, or NULL. `in_clean_up`: the fault is not in the program,
   but fired when its handles were ended. */
void findings_add(const struct program *p, const struct run_report *r, const char *origin,
                  bool in_clean_up);

#endif
