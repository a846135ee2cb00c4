/* SPDX-License-Identifier: Apache-2.0 */
#include "program_names.h"
#include "program_text.h"

#include "codes.h"
#include "faults/fault.h"
#include "faults/site.h"
#include "text_cursor.h"

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

/* A family of variables: the handles, or the buffers. */
struct variables {
    char prefix;
    char (*names)[PROGRAM_NAME_BYTES];
    const char *expected;
};

static struct variables handles_of(struct program *p)
{
    return (struct variables){'h', p->handle_names,
                              "a handle: h0..h15 or a name that was assigned"};
}

static struct variables buffers_of(struct program *p)
{
    return (struct variables){'b', p->buffer_names,
                              "a buffer: b0..b15 or a name that was assigned"};
}

/* h7 and the like; -1: it is none. */
static int numbered_variable(const struct variables *v, const char *word, size_t n)
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
static int named_variable(const struct variables *v, const char *word, size_t n, bool assigned)
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

static bool parse_variable(struct cursor *s, struct variables v, bool assigned, uint8_t *out)
{
    size_t n = cursor_peek_word(s);
    int variable = numbered_variable(&v, s->at, n);
    if (variable < 0) {
        variable = named_variable(&v, s->at, n, assigned);
    } else {
        /* So that no name is given to a variable that goes by its number. */
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
                            struct variables variables, struct reference *r, uint64_t *extra)
{
    uint8_t kind = 1;
    while (kind < kinds && !cursor_take_word(s, words[kind].word))
        kind++;
    if (kind == kinds) {
        r->kind = 0;
        return parse_variable(s, variables, false, &r->variable);
    }
    r->kind = kind;
    const struct reference_word *w = &words[kind];
    if (!w->has_variable && !w->has_extra)
        return true;
    if (!cursor_take(s, '('))
        return cursor_fail(s, "'('");
    if (w->has_variable && !parse_variable(s, variables, false, &r->variable))
        return false;
    if (w->has_variable && w->has_extra && !cursor_take(s, ','))
        return cursor_fail(s, "','");
    if (w->has_extra && !cursor_integer(s, UINT64_MAX, extra))
        return false;
    return cursor_take(s, ')') || cursor_fail(s, "')'");
}

static bool parse_text(struct cursor *s, enum text_table table, uint8_t *out)
{
    char text[128];
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
    return cursor_fail(s, "one of the texts of program.c for this argument");
}

static bool parse_argument(struct cursor *s, struct program *program, struct call *c,
                           const struct parameter *p)
{
    switch (p->kind) {
    case PARAMETER_NUMBER:
        return parse_number(s, &c->number);
    case PARAMETER_SECOND:
        return parse_number(s, &c->second);
    case PARAMETER_HANDLE:
        return parse_reference(s, handle_words, HANDLE_KINDS, handles_of(program), &c->handle,
                               &c->extra);
    case PARAMETER_BUFFER:
        return parse_reference(s, buffer_words, BUFFER_KINDS, buffers_of(program), &c->buffer,
                               &c->extra);
    default:
        return parse_text(s, parameter_text_table(p->kind), &c->text);
    }
}

static bool is_out(const struct parameter *p)
{
    return p->kind == PARAMETER_HANDLE_OUT || p->kind == PARAMETER_BUFFER_OUT ||
           p->kind == PARAMETER_POINTER_OUT;
}

/* phbc=NULL and the like, if that is next: they stand where they please. */
static bool take_null_out(struct cursor *s, struct call *c, const struct parameter *p)
{
    const char *before = s->at;
    for (; p->kind != PARAMETER_END; p++) {
        if (!is_out(p) || !cursor_take_word(s, p->name))
            continue;
        if (cursor_take(s, '=') && cursor_take_word(s, "NULL")) {
            c->flags |= p->null_flag;
            return true;
        }
        s->at = before;
    }
    return false;
}

static bool parse_arguments(struct cursor *s, struct program *program, struct call *c,
                            const struct parameter *parameters)
{
    if (!cursor_take(s, '('))
        return cursor_fail(s, "'('");
    const char *separator = "";
    for (const struct parameter *p = parameters;;) {
        while (p->kind != PARAMETER_END && is_out(p))
            p++;
        if (p->kind == PARAMETER_END && cursor_take(s, ')'))
            return true;
        if (*separator != '\0' && !cursor_take(s, *separator))
            return cursor_fail(s, p->kind == PARAMETER_END ? "',' or ')'" : "','");
        separator = ",";
        cursor_skip_space(s);
        if (take_null_out(s, c, parameters))
            continue;
        if (p->kind == PARAMETER_END)
            return cursor_fail(s, "')' or the name of an out parameter");
        if (!parse_argument(s, program, c, p++))
            return false;
    }
}

/* What is assigned stands before the function is known: the handle first, then the buffer. */
static bool parse_results(struct cursor *s, struct program *program, struct call *c,
                          const struct parameter *parameters)
{
    bool handle = false, buffer = false, any = false;
    for (const struct parameter *p = parameters; p->kind != PARAMETER_END; p++) {
        handle |= p->kind == PARAMETER_HANDLE_OUT;
        buffer |= p->kind == PARAMETER_BUFFER_OUT;
    }
    do {
        cursor_skip_space(s);
        bool starts_b = s->at < s->end && *s->at == 'b';
        size_t n = cursor_peek_word(s);
        struct variables v = buffers_of(program);
        /* b0 alone is a buffer, whatever could stand there. */
        bool is_buffer =
            buffer && (!handle || any || (starts_b && numbered_variable(&v, s->at, n) >= 0));
        if (!is_buffer && (!handle || any))
            return cursor_fail(s, "no result: the function has none");
        if (!parse_variable(s, is_buffer ? v : handles_of(program), true,
                            is_buffer ? &c->buffer_out : &c->handle_out))
            return false;
        any = true;
    } while (cursor_take(s, ','));
    return cursor_take(s, '=') || cursor_fail(s, "'='");
}

/* The name of a class, or of a site of it: CLASS@FUNCTION#N. */
static bool parse_place(struct cursor *s, struct fault_clause *f)
{
    size_t n = cursor_peek_word(s);
    int class = fault_class_find(s->at, n);
    if (class < 0)
        return cursor_fail(s, "the name of a fault class");
    *f = (struct fault_clause){.class_plus_one = (uint8_t)(class + 1), .nth = 1};
    if (s->at + n < s->end && s->at[n] == '@') {
        while (s->at + n < s->end && !isspace((unsigned char)s->at[n]))
            n++;
        int site = site_find(s->at, n);
        if (site < 0)
            return cursor_fail(s, "the name of a site (see: rundown sites)");
        f->site = site_hash((unsigned)site);
    }
    s->at += n;
    return true;
}

static bool parse_fault(struct cursor *s, struct fault_clause *f)
{
    if (!parse_place(s, f))
        return false;
    enum fault_class class = (enum fault_class)(f->class_plus_one - 1);
    size_t n = cursor_peek_word(s);
    int kind = fault_kind_find(class, s->at, n);
    if (kind < 0)
        return cursor_fail(s, "a way in which this class may break (see: rundown faults)");
    s->at += n;
    f->kind = (uint8_t)kind;
    if (cursor_take_word(s, "at")) {
        uint64_t nth = 0;
        if (!cursor_integer(s, UINT16_MAX, &nth))
            return false;
        f->nth = (uint16_t)nth;
    }
    for (int shape = 0; shape < FAULT_SHAPES; shape++)
        if (cursor_take_word(s, fault_shape_name((enum fault_shape)shape)))
            f->shape = (uint8_t)shape;
    return true;
}

static bool parse_faults(struct cursor *s, struct call *c)
{
    for (size_t i = 0; cursor_take(s, '!'); i++) {
        if (i == PROGRAM_CALL_FAULTS)
            return cursor_fail(s, "at most two faults");
        if (!parse_fault(s, &c->faults[i]))
            return false;
    }
    return true;
}

/* A word after '#' that is a code or a number is what the call must return. */
static void parse_expectation(struct cursor *s, struct call *c)
{
    size_t n = cursor_peek_word(s);
    uint64_t number;
    if (n == 0)
        return;
    c->expects = code_value(s->at, n, &c->expected);
    if (!c->expects && (isdigit((unsigned char)*s->at)) && cursor_integer(s, UINT32_MAX, &number)) {
        c->expects = true;
        c->expected = (int32_t)(uint32_t)number;
    }
    s->expected = NULL;
    s->at = s->end;
}

/* The function that the line calls, so that what stands before it can be understood. */
static const struct api_function *find_function(struct cursor s)
{
    const char *equals = memchr(s.at, '=', (size_t)(s.end - s.at));
    const char *open = memchr(s.at, '(', (size_t)(s.end - s.at));
    if (equals != NULL && (open == NULL || equals < open))
        s.at = equals + 1;
    size_t n = cursor_peek_word(&s);
    for (unsigned f = 0; f < PROGRAM_FUNCTIONS; f++)
        if (strlen(api_functions[f].name) == n && memcmp(api_functions[f].name, s.at, n) == 0)
            return &api_functions[f];
    return NULL;
}

static bool parse_call(struct cursor *s, struct program *program, struct call *c)
{
    memset(c, 0, sizeof *c);
    const struct api_function *f = find_function(*s);
    if (f == NULL) {
        const char *equals = memchr(s->at, '=', (size_t)(s->end - s->at));
        const char *open = memchr(s->at, '(', (size_t)(s->end - s->at));
        if (equals != NULL && (open == NULL || equals < open))
            s->at = equals + 1;
        cursor_skip_space(s);
        return cursor_fail(s, "the name of an API function or an event");
    }
    c->function = (uint8_t)(f - api_functions);
    size_t n = cursor_peek_word(s);
    if (strlen(f->name) != n || memcmp(s->at, f->name, n) != 0) {
        if (!parse_results(s, program, c, api_parameters(f->shape)))
            return false;
        n = cursor_peek_word(s);
    }
    s->at += n;
    return parse_arguments(s, program, c, api_parameters(f->shape)) && parse_faults(s, c);
}

static bool parse_world(struct cursor *s, struct program *p)
{
    struct program_world *w = &p->world;
    for (;;) {
        uint64_t value;
        if (cursor_take_word(s, "restore-mode")) {
            w->restore_mode = true;
        } else if (cursor_take_word(s, "tcp")) {
            w->tcp = true;
        } else if (cursor_take_word(s, "segment")) {
            if (!cursor_integer(s, UINT8_MAX, &value))
                return false;
            w->segment = (uint8_t)value;
        } else if (cursor_take_word(s, "store")) {
            if (!cursor_integer(s, UINT8_MAX, &value))
                return false;
            w->store = (uint8_t)value;
        } else if (cursor_take_word(s, "sweep")) {
            p->sweep_pairs = cursor_take_word(s, "pairs");
            if (!p->sweep_pairs)
                return cursor_fail(s, "'pairs'");
        } else {
            return true;
        }
    }
}

/* `rundown 2`: the version of the language, before anything else. */
static bool parse_version(struct cursor *s)
{
    uint64_t version = 0;
    if (!cursor_integer(s, UINT32_MAX, &version))
        return false;
    if (version == PROGRAM_VERSION)
        return true;
    return cursor_fail(s, "version 2, the one that this rundown reads");
}

static bool parse_line(struct cursor *s, struct program *p)
{
    cursor_skip_space(s);
    if (s->at == s->end || *s->at == '#')
        return true;
    struct call *call = NULL;
    if (cursor_take_word(s, "rundown")) {
        if (p->call_count > 0)
            return cursor_fail(s, "'rundown' before the first call");
        if (!parse_version(s))
            return false;
    } else if (cursor_take_word(s, "world")) {
        if (p->call_count > 0)
            return cursor_fail(s, "'world' before the first call");
        if (!parse_world(s, p))
            return false;
    } else {
        if (p->call_count == PROGRAM_MAX_CALLS)
            return cursor_fail(s, "at most 256 calls");
        call = &p->calls[p->call_count];
        if (!parse_call(s, p, call))
            return false;
        p->call_count++;
    }
    if (cursor_take(s, '#')) {
        if (call != NULL)
            parse_expectation(s, call);
        return true;
    }
    return s->at == s->end || cursor_fail(s, "the end of the line");
}

bool program_parse(struct program *p, const char *text, size_t length, struct program_error *error)
{
    program_decode(p, NULL, 0);
    const char *end = text + length;
    unsigned line = 1;
    for (const char *at = text; at < end; line++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (line_end == NULL)
            line_end = end;
        struct cursor s = {at, at, line_end, NULL};
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
