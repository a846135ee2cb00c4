/* SPDX-License-Identifier: Apache-2.0 */
#include "program_text.h"

#include <stdlib.h>
#include <string.h>

enum { WIDEST = 72 }; /* longer calls do not move the column of results */

struct line {
    const char *start;
    size_t length; /* without the space at both ends */
};

static struct line next_line(const char **at, const char *end)
{
    struct line l = {*at, 0};
    const char *stop = memchr(*at, '\n', (size_t)(end - *at));
    if (stop == NULL)
        stop = end;
    *at = stop + (stop < end);
    while (l.start < stop && strchr(" \t\r", *l.start) != NULL)
        l.start++;
    while (stop > l.start && strchr(" \t\r", stop[-1]) != NULL)
        stop--;
    l.length = (size_t)(stop - l.start);
    return l;
}

static bool begins(struct line l, const char *word)
{
    size_t n = strlen(word);
    return l.length >= n && memcmp(l.start, word, n) == 0 &&
           (l.length == n || l.start[n] == ' ' || l.start[n] == '\t');
}

static bool is_call(struct line l)
{
    return l.length > 0 && *l.start != '#' && !begins(l, "world") && !begins(l, "rundown");
}

/* The comment after a call: from the first # outside of a string. */
static struct line comment_of(struct line l)
{
    bool quoted = false;
    for (size_t i = 0; i < l.length; i++) {
        char c = l.start[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        /* The # of a fault point's number stands in a word. */
        else if (c == '#' && !quoted &&
                 (i == 0 || l.start[i - 1] == ' ' || l.start[i - 1] == '\t' ||
                  l.start[i - 1] == ')'))
            return (struct line){l.start + i, l.length - i};
    }
    return (struct line){l.start + l.length, 0};
}

static char *print_call(const struct program *p, size_t index)
{
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    if (out == NULL)
        abort();
    program_print_call(p, index, out);
    fclose(out);
    return text;
}

static int widest_call(const struct program *p)
{
    size_t widest = 0;
    for (size_t i = 0; i < p->call_count; i++) {
        char *text = print_call(p, i);
        size_t n = strlen(text);
        if (n > widest && n <= WIDEST)
            widest = n;
        free(text);
    }
    return (int)widest;
}

bool program_format(const char *text, size_t length, FILE *out, struct program_error *error)
{
    static struct program program;
    if (!program_parse(&program, text, length, error))
        return false;
    int column = widest_call(&program);
    size_t index = 0;
    for (const char *at = text, *end = text + length; at < end;) {
        struct line l = next_line(&at, end);
        if (begins(l, "world")) {
            program_print_world(&program, out);
        } else if (!is_call(l)) {
            fprintf(out, "%.*s\n", (int)l.length, l.start);
        } else {
            struct line comment = comment_of(l);
            char *call = print_call(&program, index++);
            if (comment.length > 0)
                fprintf(out, "%-*s  %.*s\n", column, call, (int)comment.length, comment.start);
            else
                fprintf(out, "%s\n", call);
            free(call);
        }
    }
    return true;
}
