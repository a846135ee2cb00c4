/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an engine makes of a program of scenarios. Each input is a run in a process of its own; the
 * archive has no counters of coverage, so what the engine gets to know is which faults fired and
 * how the run went.
 */
#ifndef SCENARIO_FUZZ_H
#define SCENARIO_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FUZZ_COUNTERS = 4096 };

/* Takes --benign=FILE, as the sweep has it, out of the words. Call before the engine's own work. */
void fuzz_start(int *count, char **words);
/* Runs each scenario without a fault, as the first input that chooses it would; for an engine that
   forks for inputs, and starts another copy after each finding. */
void fuzz_run_without_faults(void);
/* Runs an input, counts for the engine what it did, and prints what it found. Returns whether it
   found something. */
bool fuzz_input(const uint8_t *bytes, size_t n, uint8_t counters[FUZZ_COUNTERS]);
/* Runs the inputs in these files, and prints of each what those before it did not find. Returns
   the program's exit code. */
int fuzz_show(char *const *files, int count);

#endif
