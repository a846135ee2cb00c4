/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum {
    MARK_LOG_DIR = 0x82,
    MARK_CHECKPOINT_DIR = 0x83,
    WORST_BYTES = 3, /* of one 16-bit unit in the narrow form; a pair takes four for two */
};

static bool is_high(uint32_t c)
{
    return c >= 0xd800 && c <= 0xdbff;
}

static bool is_low(uint32_t c)
{
    return c >= 0xdc00 && c <= 0xdfff;
}

static bool is_mark(uint32_t c)
{
    return c == MARK_LOG_DIR || c == MARK_CHECKPOINT_DIR;
}

/* Writes code point `c` (surrogates included). Returns its bytes; `out` NULL: only counts. */
static unsigned encode(uint32_t c, uint8_t *out)
{
    static const uint8_t leads[] = {0, 0xc0, 0xe0, 0xf0};
    unsigned n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    if (out == NULL)
        return n;
    for (unsigned i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (uint8_t)(0x80 | (c & 0x3f));
    out[0] = (uint8_t)(leads[n - 1] | c);
    return n;
}

/* Reads one code point (surrogates included). Returns its bytes; 0: malformed. */
static unsigned decode(const uint8_t *s, uint64_t left, uint32_t *out)
{
    /* Per length: the mask of the lead's bits and the least value, below which it is overlong. */
    static const struct {
        uint8_t mask;
        uint32_t least;
    } lengths[] = {[1] = {0x7f, 0}, [2] = {0x1f, 0x80}, [3] = {0x0f, 0x800}, [4] = {0x07, 0x10000}};
    unsigned n = s[0] < 0x80 ? 1 : s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (n == 0 || s[0] > 0xf7 || n > left)
        return 0;
    uint32_t c = s[0] & lengths[n].mask;
    for (unsigned i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3f);
    }
    *out = c;
    return c < lengths[n].least || c > 0x10ffff ? 0 : n;
}

uint64_t text_wide_length(const uint16_t *wide, uint64_t limit)
{
    uint64_t n = 0;
    while (n <= limit && wide[n] != 0)
        n++;
    return n;
}

uint64_t text_to_narrow(const uint16_t *wide, uint64_t chars, char *out)
{
    uint8_t *bytes = (uint8_t *)out;
    uint64_t n = 0;
    for (uint64_t i = 0; i < chars; i++) {
        uint32_t c = wide[i];
        if (is_high(c) && i + 1 < chars && is_low(wide[i + 1]))
            c = 0x10000 + ((c - 0xd800) << 10) + (wide[++i] - 0xdc00u);
        n += encode(c, bytes != NULL ? bytes + n : NULL);
    }
    return n;
}

HRESULT text_to_wide(const char *narrow, uint64_t bytes, uint16_t *out, uint64_t *out_chars)
{
    const uint8_t *s = (const uint8_t *)narrow;
    uint64_t n = 0;
    bool after_high = false;
    for (uint64_t i = 0; i < bytes;) {
        uint32_t c;
        unsigned taken = decode(s + i, bytes - i, &c);
        if (taken == 0 || (after_high && is_low(c)))
            return ERROR_NO_UNICODE_TRANSLATION;
        after_high = is_high(c);
        i += taken;
        if (out != NULL && c < 0x10000) {
            out[n] = (uint16_t)c;
        } else if (out != NULL) {
            out[n] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
            out[n + 1] = (uint16_t)(0xdc00 + ((c - 0x10000) & 0x3ff));
        }
        n += c < 0x10000 ? 1 : 2;
    }
    *out_chars = n;
    return S_OK;
}

bool text_is_multi_string(const uint16_t *wide, uint64_t chars)
{
    if (wide == NULL || chars < 2 || wide[chars - 1] != 0 || wide[chars - 2] != 0)
        return false;
    if (chars == 2)
        return true;
    if (wide[0] == 0)
        return false;
    for (uint64_t i = 0; i + 2 < chars; i++)
        if (wide[i] == 0 && wide[i + 1] == 0)
            return false;
    return true;
}

uint64_t text_multi_to_narrow(const uint16_t *wide, uint64_t chars, char *out)
{
    uint64_t n = 0;
    for (uint64_t i = 0; i < chars;) {
        if (is_mark(wide[i])) {
            if (out != NULL)
                out[n] = (char)wide[i];
            n++;
            i++;
        }
        uint64_t end = i + text_wide_length(wide + i, chars - i - 1);
        n += text_to_narrow(wide + i, end + 1 - i, out != NULL ? out + n : NULL);
        i = end + 1;
    }
    return n;
}

static HRESULT borrow(const uint16_t *wide, uint32_t max_chars, struct wide_text *out)
{
    uint64_t length = text_wide_length(wide, max_chars);
    if (length > max_chars)
        return ERROR_INVALID_PARAMETER;
    out->chars = (uint16_t *)(uintptr_t)wide;
    out->length = (uint32_t)length;
    return S_OK;
}

static HRESULT convert(const char *narrow, uint32_t max_chars, struct wide_text *out)
{
    uint64_t most = (uint64_t)max_chars * WORST_BYTES;
    uint64_t bytes = strnlen(narrow, most + 1);
    if (bytes > most)
        return ERROR_INVALID_PARAMETER;
    uint64_t mark = is_mark((uint8_t)narrow[0]), chars;
    HRESULT result = text_to_wide(narrow + mark, bytes - mark, NULL, &chars);
    if (result != S_OK)
        return result;
    if (mark + chars > max_chars)
        return ERROR_INVALID_PARAMETER;
    uint16_t *wide = malloc((mark + chars + 1) * sizeof *wide);
    if (wide == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    wide[0] = (uint8_t)narrow[0];
    text_to_wide(narrow + mark, bytes - mark, wide + mark, &chars);
    wide[mark + chars] = 0;
    *out = (struct wide_text){wide, (uint32_t)(mark + chars), wide};
    return S_OK;
}

HRESULT text_take(struct text_argument argument, uint32_t max_chars, struct wide_text *out)
{
    *out = (struct wide_text){0};
    if (argument.chars == NULL)
        return ERROR_INVALID_PARAMETER;
    return argument.form == TEXT_FORM_WIDE ? borrow(argument.chars, max_chars, out)
                                           : convert(argument.chars, max_chars, out);
}

void text_release(struct wide_text *text)
{
    free(text->owned);
    *text = (struct wide_text){0};
}
