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

#endif
