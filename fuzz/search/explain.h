/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last run of a finding that is saved: in a child, with all that can be said of it, as text and
 * as JSON.
 */
#ifndef FUZZ_EXPLAIN_H
#define FUZZ_EXPLAIN_H

#include "fuzz/program/program.h"
#include "fuzz/run/report.h"
#include "trial.h"

#include <jansson.h>

/* `file`: where the program is saved; `text`: its content. `r`: what is known already, if the run
   does not show it again. *out: what a person reads, to be freed. Returns what
   report.json says, to be released. */
json_t *explain_program(const struct program *p, const struct run_report *r, const char *signature,
                        const char *file, const char *text, char **out);
/* The same of an input of a wire driver. */
json_t *explain_input(trial_work *run, void *context, const char *driver, const char *signature,
                      const char *file, const char *text, char **out);

/* In a child: runs it, and prints what it shows; then the process ends. */
void explain_aloud(const struct program *p, const char *file);

/* In sanitized builds: from now on this process and its trials name no symbols, which takes long;
   explaining does, in a process of its own. Starts the program again with these arguments, so call
   it first. */
void explain_alone(char **arguments);

#endif
