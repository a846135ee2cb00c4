/* SPDX-License-Identifier: Apache-2.0 */
#include "arguments.h"

#include "codes.h"
#include "names.h"

#include <ctype.h>
#include <string.h>

static bool parse_number(struct cursor *s, uint32_t *out)
{
    size_t n = cursor_peek_word(s);
    for (size_t i = 0; i < number_word_count; i++) {
        if (cursor_take_word(s, number_words[i].word)) {
            *out = number_words[i].value;
            return true;
        }
    }
    int32_t code;
    if (code_value(s->at, n, &code)) {
        s->at += n;
        *out = (uint32_t)code;
        return true;
    }
    uint64_t value;
    if (!cursor_integer(s, UINT32_MAX, &value))
        return false;
    *out = (uint32_t)value;
    return true;
}

struct argument_variables argument_handles(struct program *p)
{
    return (struct argument_variables){'h', p->handle_names,
                                       "a handle: h0..h15 or a name that was assigned"};
}

struct argument_variables argument_buffers(struct program *p)
{
    return (struct argument_variables){'b', p->buffer_names,
                                       "a buffer: b0..b15 or a name that was assigned"};
}

int argument_numbered(const struct argument_variables *v, const char *word, size_t n)
{
    if (n < 2 || n > 3 || word[0] != v->prefix)
        return -1;
    int value = 0;
    for (size_t i = 1; i < n; i++) {
        if (!isdigit((unsigned char)word[i]))
            return -1;
        value = value * 10 + (word[i] - '0');
    }
    return value < PROGRAM_VARIABLES ? value : -1;
}

/* The variable of that name; `assigned`: a new name takes the first variable that has none. */
static int named_variable(const struct argument_variables *v, const char *word, size_t n,
                          bool assigned)
{
    int unnamed = -1;
    if (n == 0 || n >= PROGRAM_NAME_BYTES || !islower((unsigned char)word[0]) ||
        memchr(word, '.', n) != NULL || memchr(word, '-', n) != NULL)
        return -1;
    for (int i = PROGRAM_VARIABLES - 1; i >= 0; i--) {
        if (v->names[i][0] == '\0')
            unnamed = i;
        else if (strlen(v->names[i]) == n && memcmp(v->names[i], word, n) == 0)
            return i;
    }
    if (assigned && unnamed >= 0) {
        memcpy(v->names[unnamed], word, n);
        v->names[unnamed][n] = '\0';
    }
    return assigned ? unnamed : -1;
}

bool argument_parse(struct cursor *s, struct argument_variables v, bool assigned, uint8_t *out)
{
    size_t n = cursor_peek_word(s);
    int variable = argument_numbered(&v, s->at, n);
    if (variable < 0) {
        variable = named_variable(&v, s->at, n, assigned);
    } else {
        /* Keeps names away from variables that the text uses by number. */
        char *name = v.names[variable];
        if (name[0] != '\0' && (strlen(name) != n || memcmp(name, s->at, n) != 0))
            return cursor_fail(s, "the name that this variable was given");
        memcpy(name, s->at, n);
        name[n] = '\0';
    }
    if (variable < 0)
        return cursor_fail(s, v.expected);
    s->at += n;
    *out = (uint8_t)variable;
    return true;
}

static bool parse_reference(struct cursor *s, const struct reference_word *words, uint8_t kinds,
                            struct argument_variables variables, struct reference *r,
                            uint64_t *extra)
{
    uint8_t kind = 1;
    while (kind < kinds && !cursor_take_word(s, words[kind].word))
        kind++;
    if (kind == kinds) {
        r->kind = 0;
        return argument_parse(s, variables, false, &r->variable);
    }
    r->kind = kind;
    const struct reference_word *w = &words[kind];
    if (!w->has_variable && !w->has_extra)
        return true;
    if (!cursor_take(s, '('))
        return cursor_fail(s, "'('");
    if (w->has_variable && !argument_parse(s, variables, false, &r->variable))
        return false;
    if (w->has_variable && w->has_extra && !cursor_take(s, ','))
        return cursor_fail(s, "','");
    if (w->has_extra && !cursor_integer(s, UINT64_MAX, extra))
        return false;
    return cursor_take(s, ')') || cursor_fail(s, "')'");
}

static bool parse_text(struct cursor *s, enum text_table table, uint8_t *out)
{
    char text[320];
    bool null = cursor_take_word(s, "NULL");
    const char *start = s->at;
    if (!null) {
        if (s->at == s->end || *s->at != '"')
            return cursor_fail(s, "a string or NULL");
        if (!cursor_quoted(s, text, sizeof text))
            return false;
    }
    for (size_t i = 0; i < program_text_count(table); i++) {
        const char *entry = program_text(table, i);
        if (null ? entry == NULL : entry != NULL && strcmp(entry, text) == 0) {
            *out = (uint8_t)i;
            return true;
        }
    }
    s->at = start;
    return cursor_fail(s, "one of the texts of fuzz/program/texts.def for this argument");
}

bool parse_argument(struct cursor *s, struct program *program, struct call *c,
                    const struct parameter *p)
{
    switch (p->kind) {
    case PARAMETER_NUMBER:
        return parse_number(s, &c->number);
    case PARAMETER_SECOND:
        return parse_number(s, &c->second);
    case PARAMETER_HANDLE:
        return parse_reference(s, handle_words, HANDLE_KINDS, argument_handles(program), &c->handle,
                               &c->extra);
    case PARAMETER_BUFFER:
        return parse_reference(s, buffer_words, BUFFER_KINDS, argument_buffers(program), &c->buffer,
                               &c->extra);
    default:
        return parse_text(s, program_text_table(p->kind), &c->text);
    }
}
