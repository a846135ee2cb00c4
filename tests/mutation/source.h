/* SPDX-License-Identifier: Apache-2.0 */
/* A C file as its bytes, its tokens and its syntax tree, and a list of edits of it. See mutants.c.
 */
#ifndef MUTATION_SOURCE_H
#define MUTATION_SOURCE_H

#include <clang-c/Index.h>
#include <stdbool.h>
#include <stddef.h>

/* Bytes of the file, from start up to but not end. Empty: not a part of the file that can be
 * edited. */
struct span {
    unsigned start, end;
};

struct source {
    CXIndex index;
    CXTranslationUnit unit;
    CXFile file;
    char *bytes;
    size_t length;
    struct span *tokens; /* in order, without comments */
    size_t token_count;
};

/* Complains on stderr and returns false if the file cannot be read or parsed. Close it in any case.
 */
bool source_open(struct source *s, const char *path, const char *const *args, int arg_count);
void source_close(struct source *s);

/*
 * What a node covers. Empty unless it begins and ends with tokens of the file: where a macro brings
 * only one end of it, there is nothing to edit.
 */
struct span span_of(const struct source *s, CXCursor node);

/* For printf's %.*s */
#define SPAN_ARGS(s, span) (int)((span).end - (span).start), (s)->bytes + (span).start

bool is_word(const struct source *s, struct span at, const char *word);
bool is_one_token(const struct source *s, struct span at);
bool same(const struct source *s, struct span a, struct span b);

/* The one token between two spans; empty if there are several, or none. */
struct span token_between(const struct source *s, struct span a, struct span b);

/* A statement with the semicolon that ends it, which the tree leaves out; empty if there is none.
 */
struct span with_semicolon(const struct source *s, struct span statement);

/* What stands between the first two semicolons of a for (…;…;…). */
struct span between_semicolons(const struct source *s, struct span loop);

struct nodes {
    CXCursor *at;
    size_t count, room;
};

struct nodes children_of(CXCursor node);
void nodes_free(struct nodes *n);

struct mutant {
    struct span at;
    const char *operator;
    char *function, *replacement;
};

struct mutants {
    struct mutant *at;
    size_t count, room;
};

/* Takes ownership of the replacement. */
void mutants_add(struct mutants *m, struct span at, const char *operator, const char * function,
                 char *replacement);
/* In order of place, each once. False if it cannot be written. */
bool mutants_print(struct mutants *m, const struct source *s);
void mutants_free(struct mutants *m);

/* As printf, into memory that the caller frees. */
__attribute__((format(printf, 1, 2))) char *text(const char *format, ...);

#endif
