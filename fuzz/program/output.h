/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes results, and reports when they could not be written.
 */
#ifndef FUZZ_OUTPUT_H
#define FUZZ_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/* Opens a regular file for writing at its start or, with O_APPEND in `flags`, at its end; O_TRUNC
   empties it. It is created if it does not exist. -1: *why, and nothing has changed. */
int output_open(const char *path, int flags, const char **why);
/* False: errno. */
bool output_write(int fd, const void *bytes, size_t n);

/* Makes these bytes the content of a file. An existing file is rewritten, not replaced: links
   to it, its owner and its mode stay; if the bytes cannot all be written it keeps its old
   content. False: *why. */
bool output_rewrite(const char *path, const void *bytes, size_t n, const char **why);

/* Whether two of the paths to be written have the same file name, so that one would be lost; *out
   is then one of them. */
bool output_names_meet(char *const *paths, size_t count, const char **out);

/* Makes the names differ: where several are the same, all but the first get a number, as in x.2.
   Each name is from malloc(), and may be replaced by another. */
void output_number_names(char **names, size_t count);

/* At the start of a command: lines are printed as soon as they are complete, so that an
   interruption does not lose them; and if standard output is closed, no file is opened
   in its place. */
void output_start(void);
/* At its end: returns its exit code, or 1 with a line on standard error if its output could
   not be written. */
int output_finish(const char *program, int status);

#endif
