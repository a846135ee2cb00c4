/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why fault points may stay unreached: a file of lines "POINT reason".
 */
#ifndef FUZZ_UNREACHED_H
#define FUZZ_UNREACHED_H

#include <stdbool.h>

struct unreached {
    char *text; /* NULL: there are no reasons */
};

/* `path`: NULL for no reasons. False: *why, and *out has nothing to be freed. */
bool unreached_read(const char *path, struct unreached *out, const char **why);
void unreached_free(struct unreached *u);
/* NULL: no reason is given. Its length is that of the rest of its line. */
const char *unreached_reason(const struct unreached *u, const char *point, int *length);

#endif
