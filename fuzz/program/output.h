/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results handed over, with a look at whether they arrived.
 */
#ifndef FUZZ_OUTPUT_H
#define FUZZ_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/* A regular file to write to, from its start or, with O_APPEND in `flags`, behind its end; with
   O_TRUNC it is emptied. It is made if it is not there. -1: *why, and nothing has changed. */
int output_open(const char *path, int flags, const char **why);
/* False: errno. */
bool output_write(int fd, const void *bytes, size_t n);

/* Makes these bytes the content of a file. One that is there is rewritten, not replaced: links to
   it, its owner and its mode stay; if it cannot be written whole it keeps what it had. False: *why.
 */
bool output_rewrite(const char *path, const void *bytes, size_t n, const char **why);

/* Two of the paths that would be written are the same file name: then one would be lost. False:
   they are all different; else *out is one of them. */
bool output_names_meet(char *const *paths, size_t count, const char **out);

/* At the start of a program: lines are printed when they are complete, so that an interruption does
   not take them along; and where standard output is closed, no file is opened in its place. */
void output_start(void);
/* At its end: its exit code, or 1 with a line on standard error if what it has printed
   did not arrive. */
int output_finish(const char *program, int status);

#endif
