/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two forms of text: wide (UTF-16, lone surrogates allowed as Windows allows them) and narrow
 * (the A functions; UTF-8 here). A lone surrogate is three bytes in the narrow form, as WTF-8 has
 * it, so every sequence of 16-bit units survives the way to the narrow form and back. Everything
 * else is refused with ERROR_NO_UNICODE_TRANSLATION: overlong forms, stray bytes, values beyond
 * U+10FFFF, and a surrogate pair as two times three bytes.
 *
 * An entry of a list starts with a type mark (BFT). The marks 0x82 and 0x83 are single bytes in the
 * narrow form; no UTF-8 text begins with these bytes.
 */
#ifndef CLIENT_TEXT_H
#define CLIENT_TEXT_H

#include "../include/windows.h"

#include <stdbool.h>
#include <stdint.h>

enum text_form { TEXT_FORM_NARROW, TEXT_FORM_WIDE };

/* A string argument as the caller passed it: NUL-terminated, may be NULL. Borrowed. */
struct text_argument {
    const void *chars;
    enum text_form form;
};

static inline struct text_argument text_narrow(const char *chars)
{
    return (struct text_argument){chars, TEXT_FORM_NARROW};
}

static inline struct text_argument text_wide(const WCHAR *chars)
{
    return (struct text_argument){chars, TEXT_FORM_WIDE};
}

/* An argument in wide form. A wide argument is borrowed, a narrow one converted. */
struct wide_text {
    uint16_t *chars; /* NUL-terminated; not to be written to */
    uint32_t length; /* characters without the NUL */
    uint16_t *owned; /* NULL: borrowed */
};

/* S_OK, ERROR_INVALID_PARAMETER (NULL, or more than max_chars), ERROR_NO_UNICODE_TRANSLATION
   or ERROR_NOT_ENOUGH_MEMORY. A narrow text may begin with a type mark. On failure the
   caller owns nothing. */
HRESULT text_take(struct text_argument argument, uint32_t max_chars, struct wide_text *out);
void text_release(struct wide_text *text);

/* Characters before the NUL, at most `limit` + 1 (which says "more"). */
uint64_t text_wide_length(const uint16_t *wide, uint64_t limit);

/* Writes the narrow form of `chars` characters (NULs included) and returns its bytes. `out`
   NULL: only counts. */
uint64_t text_to_narrow(const uint16_t *wide, uint64_t chars, char *out);
/* The reverse. `out` NULL: only counts. S_OK or ERROR_NO_UNICODE_TRANSLATION; *out_chars is
   set on success. */
HRESULT text_to_wide(const char *narrow, uint64_t bytes, uint16_t *out, uint64_t *out_chars);

/* A multi-string: strings with a NUL each, and one more NUL; none of the strings is empty. The
   empty list is two NULs. `chars` counts all NULs. */
bool text_is_multi_string(const uint16_t *wide, uint64_t chars);
/* Its narrow form, type marks as single bytes. Returns the bytes; `out` NULL: only counts. */
uint64_t text_multi_to_narrow(const uint16_t *wide, uint64_t chars, char *out);

#endif
