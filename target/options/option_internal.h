/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the parts of the option table.
 */
#ifndef OPTIONS_OPTION_INTERNAL_H
#define OPTIONS_OPTION_INTERNAL_H

#include "option_table.h"

/* The rows that every program has: --help, --version. */
enum { OPTION_HELP, OPTION_VERSION, OPTION_COMMON };
extern const struct option_row option_common_rows[OPTION_COMMON];

/* The row, counted on from the program's own to the common ones; NULL: the end. */
const struct option_row *option_row_at(const struct option_program *program, size_t i);

#endif
