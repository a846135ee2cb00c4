/* SPDX-License-Identifier: Apache-2.0 */
#include "cursor.h"

#include <ctype.h>
#include <string.h>

bool cursor_fail(struct cursor *s, const char *expected)
{
    if (s->expected == NULL)
        s->expected = expected;
    return false;
}

bool cursor_is_text(struct cursor *s)
{
    const char *nul = memchr(s->at, '\0', (size_t)(s->end - s->at));
    if (nul == NULL)
        return true;
    s->at = nul;
    return cursor_fail(s, "text: there is a NUL byte");
}

void cursor_skip_space(struct cursor *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\r'))
        s->at++;
}

bool cursor_take(struct cursor *s, char c)
{
    cursor_skip_space(s);
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

size_t cursor_peek_word(struct cursor *s)
{
    cursor_skip_space(s);
    size_t n = 0;
    while (s->at + n < s->end && (isalnum((unsigned char)s->at[n]) || s->at[n] == '_' ||
                                  s->at[n] == '.' || s->at[n] == '-'))
        n++;
    return n;
}

bool cursor_take_word(struct cursor *s, const char *word)
{
    size_t n = cursor_peek_word(s);
    if (n != strlen(word) || memcmp(s->at, word, n) != 0)
        return false;
    s->at += n;
    return true;
}

bool cursor_integer(struct cursor *s, uint64_t max, uint64_t *out)
{
    size_t n = cursor_peek_word(s), i = 0;
    unsigned base = 10;
    if (n > 2 && s->at[0] == '0' && s->at[1] == 'x') {
        base = 16;
        i = 2;
    }
    uint64_t value = 0;
    bool any = false;
    for (; i < n; i++, any = true) {
        char c = s->at[i];
        unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0')
                         : base == 16 && isxdigit((unsigned char)c)
                             ? (unsigned)(tolower((unsigned char)c) - 'a' + 10)
                             : 99;
        if (digit >= base || value > (max - digit) / base)
            return cursor_fail(s, "a number in range");
        value = value * base + digit;
    }
    if (!any)
        return cursor_fail(s, "a number");
    s->at += n;
    *out = value;
    return true;
}

bool cursor_quoted(struct cursor *s, char *out, size_t capacity)
{
    size_t n = 0;
    for (s->at++; s->at < s->end && *s->at != '"'; s->at++) {
        unsigned char c = (unsigned char)*s->at;
        if (c == '\\') {
            if (++s->at == s->end)
                break;
            c = (unsigned char)*s->at;
            if (c == 'x') {
                char hex[3] = {0};
                for (int i = 0; i < 2; i++) {
                    if (s->at + 1 >= s->end || !isxdigit((unsigned char)s->at[1]))
                        return cursor_fail(s, "two hexadecimal digits");
                    hex[i] = *++s->at;
                }
                c = 0;
                for (int i = 0; i < 2; i++)
                    c = (unsigned char)(c * 16 + (isdigit((unsigned char)hex[i])
                                                      ? hex[i] - '0'
                                                      : tolower((unsigned char)hex[i]) - 'a' + 10));
            }
        }
        if (c == '\0')
            return cursor_fail(s, "a character other than NUL");
        if (n + 1 >= capacity)
            return cursor_fail(s, "a shorter string");
        out[n++] = (char)c;
    }
    if (s->at == s->end)
        return cursor_fail(s, "a closing '\"'");
    s->at++;
    out[n] = '\0';
    return true;
}
