/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signature of a finding names its cause, so that one bug is one finding, however often and by
 * whatever tool it is found. It is the same in every flavour and after lines are inserted above the
 * bug: there is no address, line, path or count in it. docs/findings.md lists the forms.
 */
#ifndef FUZZ_SIGNATURE_H
#define FUZZ_SIGNATURE_H

#include "fuzz/program/program.h"
#include "fuzz/run/report.h"

#include <stdint.h>
#include <stdio.h>

/* Of the run that has just ended or is about to die. `p`: NULL if no program was run. */
void signatures_of(const struct program *p, const struct run_report *r, struct signatures *out);
/* With that of what was behind it. */
void signatures_of_all(const struct program *p, const struct run_report *r, struct signatures *out);
bool signatures_have(const struct signatures *s, const char *text);
/* Those that are not there yet, as far as there is room. */
void signatures_add_all(struct signatures *to, const struct signatures *more);
void signatures_remove_all(struct signatures *from, const struct signatures *these);
/* A line "SIGNATURE: ..." for each. */
void signatures_print(const struct signatures *s, FILE *out);
/* Never 0; for the names of files. */
uint32_t signature_hash(const char *text);

#endif
