/* SPDX-License-Identifier: Apache-2.0 */
#include "arguments.h"
#include "program_text.h"

#include "codes.h"
#include "cursor.h"
#include "faults/fault/fault.h"
#include "faults/fault/site.h"

#include <ctype.h>
#include <string.h>

static bool is_out(const struct parameter *p)
{
    return p->kind == PARAMETER_HANDLE_OUT || p->kind == PARAMETER_BUFFER_OUT ||
           p->kind == PARAMETER_POINTER_OUT;
}

/* phbc=NULL and the like, if that is next: they may stand anywhere. */
static bool take_null_out(struct cursor *s, struct call *c, const struct parameter *p)
{
    const char *before = s->at;
    for (; p->kind != PARAMETER_END; p++) {
        if (!is_out(p) || !cursor_take_word(s, p->name))
            continue;
        bool equals = cursor_take(s, '=');
        if (equals && cursor_take_word(s, "NULL")) {
            c->flags |= p->null_flag;
            return true;
        }
        if (equals && p->kind == PARAMETER_BUFFER_OUT && cursor_take_word(s, "SET")) {
            c->flags |= CALL_LIST_NOT_NULL;
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

/* Assigned variables are read before the function is known: the handle first, then the buffer. */
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
        struct argument_variables v = argument_buffers(program);
        /* b0 alone is always a buffer. */
        bool is_buffer =
            buffer && (!handle || any || (starts_b && argument_numbered(&v, s->at, n) >= 0));
        if (!is_buffer && (!handle || any))
            return cursor_fail(s, "no result: the function has none");
        if (!argument_parse(s, is_buffer ? v : argument_handles(program), true,
                            is_buffer ? &c->buffer_out : &c->handle_out))
            return false;
        any = true;
    } while (cursor_take(s, ','));
    return cursor_take(s, '=') || cursor_fail(s, "'='");
}

static bool leaves_out_unknown;

void program_leave_out_unknown_points(void)
{
    leaves_out_unknown = true;
}

/* The name of a class, or of a fault point of it: CLASS@FUNCTION#N. */
static bool parse_place(struct cursor *s, struct fault_clause *f, bool *unknown)
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
        *unknown = site < 0;
        if (site < 0 && !leaves_out_unknown)
            return cursor_fail(s, "the name of a fault point (see: rundown sites)");
        if (site >= 0)
            f->site = site_hash((unsigned)site);
    }
    s->at += n;
    return true;
}

static bool parse_fault(struct cursor *s, struct fault_clause *f)
{
    bool unknown = false;
    if (!parse_place(s, f, &unknown))
        return false;
    enum fault_class class = (enum fault_class)(f->class_plus_one - 1);
    size_t n = cursor_peek_word(s);
    int kind = fault_kind_find(class, s->at, n);
    if (kind < 0)
        return cursor_fail(s, "a kind of this class (see: rundown faults)");
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
    if (unknown)
        *f = (struct fault_clause){.class_plus_one = FAULT_CLAUSE_NONE};
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

bool program_parse_plan(const char *text, size_t length, struct fault_clause *out, size_t most,
                        size_t *out_count, struct program_error *error)
{
    const char *end = text + length;
    *out_count = 0;
    *error = (struct program_error){.line = 1};
    for (; text < end; error->line++) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        struct cursor s = {text, text, stop != NULL ? stop : end, NULL};
        if (!cursor_is_text(&s))
            ; /* noted in s.expected */
        else if (cursor_take(&s, '!') && *out_count == most)
            cursor_fail(&s, "the end: the plan is full");
        else if (s.at != text && s.at[-1] == '!' && parse_fault(&s, &out[*out_count]))
            ++*out_count;
        cursor_skip_space(&s);
        if (s.expected == NULL && s.at < s.end && *s.at != '#')
            cursor_fail(&s, "!CLASS KIND, or a comment");
        if (s.expected != NULL) {
            error->column = (unsigned)(s.at - s.line) + 1;
            snprintf(error->expected, sizeof error->expected, "%s", s.expected);
            return false;
        }
        text = stop != NULL ? stop + 1 : end;
    }
    return true;
}

/* A word after '#' that is a code or a number is the result that the call must return. */
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

/* Finds the function that the line calls, which is needed to read the text before it. */
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
    return cursor_fail(s, "version 2, which this rundown reads");
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
        if (!cursor_is_text(&s) || !parse_line(&s, p)) {
            error->line = line;
            error->column = (unsigned)(s.at - s.line) + 1;
            snprintf(error->expected, sizeof error->expected, "%s", s.expected);
            return false;
        }
        at = line_end + (line_end < end);
    }
    return true;
}
