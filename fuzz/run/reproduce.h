/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person needs to see a finding again: the command, and which program that was.
 */
#ifndef FUZZ_REPRODUCE_H
#define FUZZ_REPRODUCE_H

#include <stddef.h>

/* "build/release/rundown run FILE": works where this process was started. From the folder of the
   source tree that the program was built in all paths are relative to it; an installed program has
   its bare name if PATH has it; what is left is absolute. */
void reproduce_command(const char *subcommand, const char *path, char *out, size_t capacity);
/* From now on it is a command of this program itself, whatever its name. */
void reproduce_as_this_program(void);
/* The path as that command has it. */
void reproduce_path(const char *path, char *out, size_t capacity);
/* The flavour that this program was built in. */
const char *reproduce_flavour(void);
/* The commit of its source tree, abbreviated, with "-dirty" behind it if the tree has changes;
 * NULL: it is in no tree. */
const char *reproduce_commit(void);

#endif
