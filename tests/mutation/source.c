/* SPDX-License-Identifier: Apache-2.0 */
#include "source.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Without memory there is no list, and a list that lacks something would be wrong. */
static void *checked(void *memory)
{
    if (memory == NULL) {
        fputs("mutants: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

/* Room for one more in an array that doubles. */
static void *grown(void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return array;
    *room = *room == 0 ? 16 : *room * 2;
    return checked(realloc(array, *room * size));
}

static bool read_file(struct source *s, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return false;
    size_t room = 0;
    int c;
    while ((c = getc(f)) != EOF) {
        s->bytes = grown(s->bytes, s->length, &room, 1);
        s->bytes[s->length++] = (char)c;
    }
    bool good = !ferror(f) && s->length > 0;
    (void)fclose(f);
    return good;
}

static bool complain(CXTranslationUnit unit)
{
    bool errors = false;
    for (unsigned i = 0; i < clang_getNumDiagnostics(unit); i++) {
        CXDiagnostic d = clang_getDiagnostic(unit, i);
        if (clang_getDiagnosticSeverity(d) >= CXDiagnostic_Error) {
            CXString message = clang_formatDiagnostic(d, clang_defaultDiagnosticDisplayOptions());
            fprintf(stderr, "%s\n", clang_getCString(message));
            clang_disposeString(message);
            errors = true;
        }
        clang_disposeDiagnostic(d);
    }
    return errors;
}

static unsigned offset_of(CXSourceLocation location, CXFile *file)
{
    unsigned offset;
    clang_getFileLocation(location, file, NULL, NULL, &offset);
    return offset;
}

static void read_tokens(struct source *s)
{
    CXToken *tokens;
    unsigned count;
    CXSourceRange all =
        clang_getRange(clang_getLocationForOffset(s->unit, s->file, 0),
                       clang_getLocationForOffset(s->unit, s->file, (unsigned)s->length));
    clang_tokenize(s->unit, all, &tokens, &count);
    s->tokens = checked(calloc(count + 1U, sizeof *s->tokens));
    for (unsigned i = 0; i < count; i++) {
        CXSourceRange range = clang_getTokenExtent(s->unit, tokens[i]);
        CXFile file;
        if (clang_getTokenKind(tokens[i]) != CXToken_Comment)
            s->tokens[s->token_count++] =
                (struct span){offset_of(clang_getRangeStart(range), &file),
                              offset_of(clang_getRangeEnd(range), &file)};
    }
    clang_disposeTokens(s->unit, tokens, count);
}

bool source_open(struct source *s, const char *path, const char *const *args, int arg_count)
{
    *s = (struct source){.index = clang_createIndex(0, 0)};
    if (!read_file(s, path)) {
        fprintf(stderr, "mutants: %s cannot be read\n", path);
        return false;
    }
    s->unit = clang_parseTranslationUnit(s->index, path, args, arg_count, NULL, 0,
                                         CXTranslationUnit_None);
    if (s->unit == NULL || complain(s->unit)) {
        fprintf(stderr, "mutants: %s cannot be parsed\n", path);
        return false;
    }
    s->file = clang_getFile(s->unit, path);
    read_tokens(s);
    return true;
}

void source_close(struct source *s)
{
    free(s->tokens);
    free(s->bytes);
    if (s->unit != NULL)
        clang_disposeTranslationUnit(s->unit);
    clang_disposeIndex(s->index);
}

/* The first token that begins at offset or after it; token_count if there is none. */
static size_t token_at(const struct source *s, unsigned offset)
{
    size_t low = 0, high = s->token_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->tokens[middle].start < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct span span_of(const struct source *s, CXCursor node)
{
    CXSourceRange range = clang_getCursorExtent(node);
    CXFile first, last;
    struct span at = {offset_of(clang_getRangeStart(range), &first),
                      offset_of(clang_getRangeEnd(range), &last)};
    if (first == NULL || last == NULL || !clang_File_isEqual(first, s->file) ||
        !clang_File_isEqual(last, s->file) || at.start >= at.end || at.end > s->length)
        return (struct span){0};
    size_t begin = token_at(s, at.start), after = token_at(s, at.end);
    bool whole =
        begin < after && s->tokens[begin].start == at.start && s->tokens[after - 1].end == at.end;
    return whole ? at : (struct span){0};
}

bool is_word(const struct source *s, struct span at, const char *word)
{
    size_t length = strlen(word);
    return at.end - at.start == length && memcmp(s->bytes + at.start, word, length) == 0;
}

bool is_one_token(const struct source *s, struct span at)
{
    size_t i = token_at(s, at.start);
    return at.start < at.end && i < s->token_count && s->tokens[i].start == at.start &&
           s->tokens[i].end == at.end;
}

bool same(const struct source *s, struct span a, struct span b)
{
    size_t length = a.end - a.start;
    return b.end - b.start == length && memcmp(s->bytes + a.start, s->bytes + b.start, length) == 0;
}

struct span token_between(const struct source *s, struct span a, struct span b)
{
    size_t i = token_at(s, a.end);
    bool one = a.start < a.end && b.start < b.end && i + 1 < s->token_count &&
               s->tokens[i].end <= b.start && s->tokens[i + 1].start == b.start;
    return one ? s->tokens[i] : (struct span){0};
}

struct span with_semicolon(const struct source *s, struct span statement)
{
    char last = statement.start < statement.end ? s->bytes[statement.end - 1] : '\0';
    size_t next = token_at(s, statement.end);
    if (last == ';' || last == '}')
        return statement;
    if (last == '\0' || next == s->token_count || !is_word(s, s->tokens[next], ";"))
        return (struct span){0};
    return (struct span){statement.start, s->tokens[next].end};
}

struct span between_semicolons(const struct source *s, struct span loop)
{
    struct span between = {0};
    for (size_t i = token_at(s, loop.start); i < s->token_count; i++) {
        if (s->tokens[i].start >= loop.end || !is_word(s, s->tokens[i], ";"))
            continue;
        if (between.start != 0) {
            between.end = s->tokens[i].start;
            break;
        }
        between.start = s->tokens[i].end;
    }
    return between;
}

static enum CXChildVisitResult collect(CXCursor node, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct nodes *n = data;
    n->at = grown(n->at, n->count, &n->room, sizeof *n->at);
    n->at[n->count++] = node;
    return CXChildVisit_Continue;
}

struct nodes children_of(CXCursor node)
{
    struct nodes n = {0};
    clang_visitChildren(node, collect, &n);
    return n;
}

void nodes_free(struct nodes *n)
{
    free(n->at);
}

void mutants_add(struct mutants *m, struct span at, const char *operator, const char * function,
                 char *replacement)
{
    m->at = grown(m->at, m->count, &m->room, sizeof *m->at);
    m->at[m->count++] = (struct mutant){at, operator, text("%s", function), replacement};
}

static int by_place(const void *left, const void *right)
{
    const struct mutant *a = left, *b = right;
    if (a->at.start != b->at.start)
        return a->at.start < b->at.start ? -1 : 1;
    if (a->at.end != b->at.end)
        return a->at.end < b->at.end ? -1 : 1;
    int order = strcmp(a->operator, b->operator);
    return order != 0 ? order : strcmp(a->replacement, b->replacement);
}

static void print_escaped(const char *t)
{
    for (; *t != '\0'; t++) {
        if (*t == '\n')
            fputs("\\n", stdout);
        else if (*t == '\t')
            fputs("\\t", stdout);
        else if (*t == '\\')
            fputs("\\\\", stdout);
        else
            putchar(*t);
    }
}

bool mutants_print(struct mutants *m, const struct source *s)
{
    if (m->count > 0)
        qsort(m->at, m->count, sizeof *m->at, by_place);
    unsigned line = 1, line_start = 0, offset = 0;
    for (size_t i = 0; i < m->count; i++) {
        const struct mutant *x = &m->at[i];
        for (; offset < x->at.start; offset++) {
            if (s->bytes[offset] == '\n') {
                line++;
                line_start = offset + 1;
            }
        }
        /* The tree shows some nodes twice: an initialiser as written and as understood. */
        if (i > 0 && by_place(x - 1, x) == 0)
            continue;
        printf("%u\t%u\t%s\t%u\t%u\t%s\t", x->at.start, x->at.end - x->at.start, x->operator, line,
               x->at.start - line_start + 1, x->function);
        print_escaped(x->replacement);
        putchar('\n');
    }
    return fflush(stdout) == 0 && !ferror(stdout);
}

void mutants_free(struct mutants *m)
{
    for (size_t i = 0; i < m->count; i++) {
        free(m->at[i].function);
        free(m->at[i].replacement);
    }
    free(m->at);
}

char *text(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *t = NULL;
    if (vasprintf(&t, format, args) < 0)
        t = NULL;
    va_end(args);
    return checked(t);
}
