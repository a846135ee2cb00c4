/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs in files, for rundown and rundown_real.
 */
#ifndef FUZZ_FILES_H
#define FUZZ_FILES_H

#include "fuzz/program/program.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The file as bytes, to be freed; false: the reason is on stderr. */
bool files_read(const char *path, uint8_t **out, size_t *out_size);
/* Whether it is a text: *.txt, or content that looks like one. A file that cannot be read is. */
bool files_are_text(const char *path);
/* A program of at least one call, from text (*.txt, or content that looks like text) or bytes.
   False: the reason is on stderr. */
bool files_load(const char *path, struct program *out);

/* Calls `each` with every program that the paths name: a folder stands for its *.txt files, by
   name. Returns how many paths could not be read, folders without such a file among them. */
typedef void files_each(const char *path, void *context);
unsigned files_for_each(int count, char **paths, files_each *each, void *context);

/* Names for what is made of each path: its last part, without `suffix` at its end; where several
   would be the same, with a number. To be freed by files_free(). */
char **files_stems(char *const *paths, size_t count, const char *suffix);
void files_free(char **names, size_t count);

/* Makes the program run over this transport; its assertions may then no longer hold. */
void files_set_transport(struct program *p, bool tcp);

#endif
