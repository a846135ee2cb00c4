/* SPDX-License-Identifier: Apache-2.0 */
#include "program_names.h"
#include "program_text.h"

#include "codes.h"
#include "faults/fault.h"

#include <ctype.h>
#include <string.h>

struct parser {
    const char *line; /* start of the line, for columns */
    const char *at;
    const char *end;      /* of the line */
    const char *expected; /* set by the first failure */
};

static bool fail(struct parser *s, const char *expected)
{
    if (s->expected == NULL)
        s->expected = expected;
    return false;
}

static void skip_space(struct parser *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\r'))
        s->at++;
}

static bool take(struct parser *s, char c)
{
    skip_space(s);
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

/* The word at the cursor: letters, digits and _ . - */
static size_t peek_word(struct parser *s)
{
    skip_space(s);
    size_t n = 0;
    while (s->at + n < s->end && (isalnum((unsigned char)s->at[n]) || strchr("_.-", s->at[n])))
        n++;
    return n;
}

static bool take_word(struct parser *s, const char *word)
{
    size_t n = peek_word(s);
    if (n != strlen(word) || memcmp(s->at, word, n) != 0)
        return false;
    s->at += n;
    return true;
}

static bool parse_integer(struct parser *s, uint64_t max, uint64_t *out)
{
    size_t n = peek_word(s), i = 0;
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
            return fail(s, "a number in range");
        value = value * base + digit;
    }
    if (!any)
        return fail(s, "a number");
    s->at += n;
    *out = value;
    return true;
}

static bool parse_number(struct parser *s, uint32_t *out)
{
    size_t n = peek_word(s);
    for (size_t i = 0; i < number_word_count; i++) {
        if (take_word(s, number_words[i].word)) {
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
    if (!parse_integer(s, UINT32_MAX, &value))
        return false;
    *out = (uint32_t)value;
    return true;
}

static bool parse_variable(struct parser *s, char prefix, uint8_t *out)
{
    size_t n = peek_word(s);
    if (n < 2 || n > 3 || s->at[0] != prefix || !isdigit((unsigned char)s->at[1]))
        return fail(s, prefix == 'h' ? "a handle variable h0..h15" : "a buffer variable b0..b15");
    unsigned value = (unsigned)(s->at[1] - '0');
    if (n == 3)
        value = isdigit((unsigned char)s->at[2]) ? value * 10 + (unsigned)(s->at[2] - '0') : 99;
    if (value >= PROGRAM_VARIABLES)
        return fail(s, "a variable number from 0 to 15");
    s->at += n;
    *out = (uint8_t)value;
    return true;
}

static bool parse_reference(struct parser *s, const struct reference_word *words, uint8_t kinds,
                            char prefix, struct reference *r, uint64_t *extra)
{
    uint8_t kind = 1;
    while (kind < kinds && !take_word(s, words[kind].word))
        kind++;
    if (kind == kinds) {
        r->kind = 0;
        return parse_variable(s, prefix, &r->variable);
    }
    r->kind = kind;
    const struct reference_word *w = &words[kind];
    if (!w->has_variable && !w->has_extra)
        return true;
    if (!take(s, '('))
        return fail(s, "'('");
    if (w->has_variable && !parse_variable(s, prefix, &r->variable))
        return false;
    if (w->has_variable && w->has_extra && !take(s, ','))
        return fail(s, "','");
    if (w->has_extra && !parse_integer(s, UINT64_MAX, extra))
        return false;
    return take(s, ')') || fail(s, "')'");
}

static bool parse_quoted(struct parser *s, char *out, size_t capacity)
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
                        return fail(s, "two hexadecimal digits");
                    hex[i] = *++s->at;
                }
                c = 0;
                for (int i = 0; i < 2; i++)
                    c = (unsigned char)(c * 16 + (isdigit((unsigned char)hex[i])
                                                      ? hex[i] - '0'
                                                      : tolower((unsigned char)hex[i]) - 'a' + 10));
            }
        }
        if (n + 1 >= capacity)
            return fail(s, "a shorter string");
        out[n++] = (char)c;
    }
    if (s->at == s->end)
        return fail(s, "a closing '\"'");
    s->at++;
    out[n] = '\0';
    return true;
}

static bool parse_text(struct parser *s, enum text_table table, uint8_t *out)
{
    char text[128];
    bool null = take_word(s, "NULL");
    const char *start = s->at;
    if (!null) {
        if (s->at == s->end || *s->at != '"')
            return fail(s, "a string or NULL");
        if (!parse_quoted(s, text, sizeof text))
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
    return fail(s, "one of the texts of program.c for this argument");
}

static bool parse_argument(struct parser *s, struct call *c, const struct parameter *p)
{
    switch (p->kind) {
    case PARAMETER_NUMBER:
        return parse_number(s, &c->number);
    case PARAMETER_SECOND:
        return parse_number(s, &c->second);
    case PARAMETER_HANDLE:
        return parse_reference(s, handle_words, HANDLE_KINDS, 'h', &c->handle, &c->extra);
    case PARAMETER_BUFFER:
        return parse_reference(s, buffer_words, BUFFER_KINDS, 'b', &c->buffer, &c->extra);
    default:
        return parse_text(s, parameter_text_table(p->kind), &c->text);
    }
}

static bool is_out(const struct parameter *p)
{
    return p->kind == PARAMETER_HANDLE_OUT || p->kind == PARAMETER_BUFFER_OUT ||
           p->kind == PARAMETER_POINTER_OUT;
}

static bool parse_null_out(struct parser *s, struct call *c, const struct parameter *p)
{
    for (; p->kind != PARAMETER_END; p++) {
        if (is_out(p) && take_word(s, p->name)) {
            c->flags |= p->null_flag;
            return (take(s, '=') && take_word(s, "NULL")) || fail(s, "'=NULL'");
        }
    }
    return fail(s, "')' or the name of an out parameter");
}

static bool parse_arguments(struct parser *s, struct call *c, const struct parameter *parameters)
{
    if (!take(s, '('))
        return fail(s, "'('");
    bool first = true;
    for (const struct parameter *p = parameters; p->kind != PARAMETER_END; p++) {
        if (is_out(p))
            continue;
        if (!first && !take(s, ','))
            return fail(s, "','");
        first = false;
        skip_space(s);
        if (!parse_argument(s, c, p))
            return false;
    }
    while (!take(s, ')')) {
        if (!take(s, ','))
            return fail(s, "',' or ')'");
        if (!parse_null_out(s, c, parameters))
            return false;
    }
    return true;
}

static bool parse_results(struct parser *s, struct call *c)
{
    do {
        skip_space(s);
        bool buffer = s->at < s->end && *s->at == 'b';
        if (!parse_variable(s, buffer ? 'b' : 'h', buffer ? &c->buffer_out : &c->handle_out))
            return false;
    } while (take(s, ','));
    return take(s, '=') || fail(s, "'='");
}

static bool parse_fault(struct parser *s, struct fault_clause *f)
{
    size_t n = peek_word(s);
    int class = fault_class_find(s->at, n);
    if (class < 0)
        return fail(s, "the name of a fault class");
    s->at += n;
    n = peek_word(s);
    int kind = fault_kind_find((enum fault_class) class, s->at, n);
    if (kind < 0)
        return fail(s, "a way in which this class may break");
    s->at += n;
    *f = (struct fault_clause){(uint8_t)(class + 1), (uint8_t)kind, 1, FAULT_ONE_SHOT};
    if (take_word(s, "at")) {
        uint64_t nth = 0;
        if (!parse_integer(s, UINT8_MAX, &nth))
            return false;
        f->nth = (uint8_t)nth;
    }
    for (int shape = 0; shape < FAULT_SHAPES; shape++)
        if (take_word(s, fault_shape_name((enum fault_shape)shape)))
            f->shape = (uint8_t)shape;
    return true;
}

/* A word after '#' that is a code or a number is what the call must return. */
static void parse_expectation(struct parser *s, struct call *c)
{
    size_t n = peek_word(s);
    uint64_t number;
    if (n == 0)
        return;
    c->expects = code_value(s->at, n, &c->expected);
    if (!c->expects && (isdigit((unsigned char)*s->at)) && parse_integer(s, UINT32_MAX, &number)) {
        c->expects = true;
        c->expected = (int32_t)(uint32_t)number;
    }
    s->expected = NULL;
    s->at = s->end;
}

static bool parse_call(struct parser *s, struct call *c)
{
    memset(c, 0, sizeof *c);
    size_t n = peek_word(s);
    if (n >= 2 && (s->at[0] == 'h' || s->at[0] == 'b') && isdigit((unsigned char)s->at[1])) {
        if (!parse_results(s, c))
            return false;
        n = peek_word(s);
    }
    unsigned f = 0;
    while (f < API_FUNCTIONS &&
           (strlen(api_functions[f].name) != n || memcmp(api_functions[f].name, s->at, n) != 0))
        f++;
    if (f == API_FUNCTIONS)
        return fail(s, "the name of an API function");
    s->at += n;
    c->function = (uint8_t)f;
    if (!parse_arguments(s, c, api_parameters(api_functions[f].shape)))
        return false;
    if (take(s, '!') && !parse_fault(s, &c->fault))
        return false;
    return true;
}

static bool parse_world(struct parser *s, struct program_world *w)
{
    for (;;) {
        uint64_t value;
        if (take_word(s, "restore-mode")) {
            w->restore_mode = true;
        } else if (take_word(s, "tcp")) {
            w->tcp = true;
        } else if (take_word(s, "segment")) {
            if (!parse_integer(s, UINT8_MAX, &value))
                return false;
            w->segment = (uint8_t)value;
        } else if (take_word(s, "store")) {
            if (!parse_integer(s, UINT8_MAX, &value))
                return false;
            w->store = (uint8_t)value;
        } else {
            return true;
        }
    }
}

static bool parse_line(struct parser *s, struct program *p)
{
    skip_space(s);
    if (s->at == s->end || *s->at == '#')
        return true;
    struct call *call = NULL;
    if (take_word(s, "world")) {
        if (p->call_count > 0)
            return fail(s, "'world' before the first call");
        if (!parse_world(s, &p->world))
            return false;
    } else {
        if (p->call_count == PROGRAM_MAX_CALLS)
            return fail(s, "at most 256 calls");
        call = &p->calls[p->call_count];
        if (!parse_call(s, call))
            return false;
        p->call_count++;
    }
    if (take(s, '#')) {
        if (call != NULL)
            parse_expectation(s, call);
        return true;
    }
    return s->at == s->end || fail(s, "the end of the line");
}

bool program_parse(struct program *p, const char *text, size_t length, struct program_error *error)
{
    memset(&p->world, 0, sizeof p->world);
    p->call_count = 0;
    const char *end = text + length;
    unsigned line = 1;
    for (const char *at = text; at < end; line++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (line_end == NULL)
            line_end = end;
        struct parser s = {at, at, line_end, NULL};
        if (!parse_line(&s, p)) {
            error->line = line;
            error->column = (unsigned)(s.at - s.line) + 1;
            snprintf(error->expected, sizeof error->expected, "%s", s.expected);
            return false;
        }
        at = line_end + (line_end < end);
    }
    return true;
}
