/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finding as report.json: for machines. docs/report.schema.json says what stands in it.
 */
#ifndef FUZZ_FINDING_JSON_H
#define FUZZ_FINDING_JSON_H

#include "finding.h"

#include <stdbool.h>
#include <stdio.h>

/* False: it could not be written, or there was no memory. */
bool finding_write_json(const struct finding *f, FILE *out);
/* Makes it the content of a file. False: *why. */
bool finding_save_json(const struct finding *f, const char *path, const char **why);

#endif
