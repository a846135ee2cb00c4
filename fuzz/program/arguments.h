/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arguments of a call in a program's text: variables, references, numbers, texts.
 */
#ifndef FUZZ_PROGRAM_ARGUMENTS_H
#define FUZZ_PROGRAM_ARGUMENTS_H

#include "cursor.h"
#include "program.h"

/* A family of variables: the handles, or the buffers. */
struct variables {
    char prefix;
    char (*names)[PROGRAM_NAME_BYTES];
    const char *expected;
};
struct variables variables_handles(struct program *p);
struct variables variables_buffers(struct program *p);
/* The variable that the text names, h7 for instance; -1: not a variable. */
int variables_numbered(const struct variables *v, const char *word, size_t n);
/* `assigned`: a new name takes the first variable without a name. */
bool variables_parse(struct cursor *s, struct variables v, bool assigned, uint8_t *out);

/* Parses one argument of the parameter's kind into the call. */
bool parse_argument(struct cursor *s, struct program *program, struct call *c,
                    const struct parameter *p);

#endif
