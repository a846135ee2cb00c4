/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words that the printer and the parser of programs share.
 */
#ifndef FUZZ_PROGRAM_NAMES_H
#define FUZZ_PROGRAM_NAMES_H

#include "program.h"

/* How a reference is written: word, then (variable), (variable, extra), (extra) or nothing. */
struct reference_word {
    const char *word;
    bool has_variable, has_extra;
};
extern const struct reference_word handle_words[HANDLE_KINDS];
extern const struct reference_word buffer_words[BUFFER_KINDS];

struct number_word {
    const char *word;
    enum api_shape shape; /* shapes for which it is printed; it is read everywhere */
    enum parameter_kind kind;
    uint32_t value;
};
extern const struct number_word number_words[];
extern const size_t number_word_count;

/* The table that a parameter's text comes from. */

#endif
