/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the findings of a search by many runs (sweep, enumerate) and saves them (saved.h): one for
 * each signature, however often and in however many processes it is found.
 */
#ifndef FUZZ_FINDINGS_H
#define FUZZ_FINDINGS_H

#include "fuzz/program/program.h"
#include "fuzz/run/run.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Call it before the processes are forked. `directory`: where findings are saved, `by`: by which
   tool (both borrowed); it is created for the first one. `first`: the first finding ends its
   process with EXIT_FAILURE. False: nothing can be saved there; the reason is on stderr. */
bool findings_open(const char *directory, const char *by, bool first);
/* `origin`: the program's source, for messages, or NULL. `in_clean_up`: NULL, or the fault that is
   not in the program, but fired when its handles were ended: the program that is saved makes these
   calls itself, if it shows the same then. */
void findings_add(const struct program *p, const struct run_report *r, const char *origin,
                  const struct fault *in_clean_up);
/* After the search, when its processes have ended: saves what they died of, made smaller, and
   prints a line for each signature, how often it was seen, and an example. */
void findings_end(FILE *out);
/* The same for machines: [{"signature", "seen", "origin"}], origin null if there is none. */
json_t *findings_json(void);

#endif
