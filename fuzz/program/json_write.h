/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes what is for machines: JSON by jansson.
 */
#ifndef FUZZ_JSON_WRITE_H
#define FUZZ_JSON_WRITE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Indented, members in the order in which they were set, with a line end. False: it could not be
 * written. */
bool json_write(const json_t *value, FILE *out);

/* Makes it the content of a file, as output_rewrite() does (output.h). False: *why. */
bool json_save(const json_t *value, const char *path, const char **why);

#endif
