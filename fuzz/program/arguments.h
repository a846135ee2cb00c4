/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arguments of a call in a program's text: variables, references, numbers, texts.
 */
#ifndef FUZZ_PROGRAM_ARGUMENTS_H
#define FUZZ_PROGRAM_ARGUMENTS_H

#include "cursor.h"
#include "program.h"

/* A family of variables: the handles, or the buffers. */
struct argument_variables {
    char prefix;
    char (*names)[PROGRAM_NAME_BYTES];
    const char *expected;
};
struct argument_variables argument_handles(struct program *p);
struct argument_variables argument_buffers(struct program *p);
/* The variable that the text names, h7 for instance; -1: not a variable. */
int argument_numbered(const struct argument_variables *v, const char *word, size_t n);
/* `assigned`: a new name takes the first variable without a name. */
bool argument_parse(struct cursor *s, struct argument_variables v, bool assigned, uint8_t *out);

/* Parses one argument of the parameter's kind into the call. */
bool parse_argument(struct cursor *s, struct program *program, struct call *c,
                    const struct parameter *p);

#endif
