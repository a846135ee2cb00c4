/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a program or an input in a child, because it may crash or never end, and says what it has
 * come to. This process's own run, its ledger and its fault report stay as they are.
 */
#ifndef FUZZ_TRIAL_H
#define FUZZ_TRIAL_H

#include "fuzz/program/program.h"
#include "fuzz/run/report.h"
#include "fuzz/run/signature.h"

#include <stdbool.h>
#include <stddef.h>

enum { TRIAL_SECONDS = 2 }; /* of the processor for one run, while many are tried */

struct trial_end {
    bool finding;
    char untried[256]; /* why an input could not be run; "": it was */
    struct signatures signatures;
    struct run_report report; /* of a program; of an input the verdict and the detail alone */
};

/* What a child does. A finding may end its process. */
typedef void trial_work(void *context);
/* In a child whose standard output and standard error go to `output` (-1: nowhere), and that is
   killed after so many seconds of the processor, or far more on the wall. Returns how it ended, as
   waitpid() has it; -1: there is no child. */
int trial_child(trial_work *work, void *context, int output, unsigned seconds);
/* In such a child: from now on it has so many seconds. */
void trial_limit(unsigned seconds);
/* The same; *out: all that it said, to be freed, with a 0 behind it. */
int trial_listen(trial_work *work, void *context, unsigned seconds, char **out, size_t *out_n);

/* Runs the program twice, unless it has a finding in the first run. What is returned is valid until
   the next trial. */
const struct trial_end *trial_program(const struct program *p, unsigned seconds);
/* Runs an input: `work` prints its finding as a driver does, and ends its process; or a line that
   begins so, and why it could not be run. */
#define TRIAL_UNTRIED "UNTRIED: "
const struct trial_end *trial_input(trial_work *work, void *context, unsigned seconds);
/* What the words and the end of a process tell of a finding. */
const struct trial_end *trial_read(const char *words, int status);

#endif
