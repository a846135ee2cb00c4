/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cursor in one line of a program's text: words, numbers, strings.
 */
#ifndef FUZZ_TEXT_CURSOR_H
#define FUZZ_TEXT_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
    const char *line; /* its start, for columns */
    const char *at;
    const char *end;
    const char *expected; /* what was expected at `at`: set by the first failure */
};

/* Notes the first thing that was expected; returns false. */
bool cursor_fail(struct cursor *s, const char *expected);
/* Whether all of the line is text. It ends by its length, so a NUL byte in it would hide the rest
   from code that looks for a terminator. */
bool cursor_is_text(struct cursor *s);
void cursor_skip_space(struct cursor *s);
/* Takes the character if it is next, after optional space. */
bool cursor_take(struct cursor *s, char c);
/* Length of the next word: letters, digits and _ . - */
size_t cursor_peek_word(struct cursor *s);
bool cursor_take_word(struct cursor *s, const char *word);
/* Decimal, or hexadecimal with 0x. */
bool cursor_integer(struct cursor *s, uint64_t max, uint64_t *out);
/* A string in quotes, the cursor on the first one; \\ \" and \xHH are resolved. */
bool cursor_quoted(struct cursor *s, char *out, size_t capacity);

#endif
