/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mutants FILE.c -- COMPILE-ARGS...
 *
 * Prints every mutant of a C file, that is: every small mistake that its author could have made,
 * one a line, ordered by place, separated by tabs:
 *
 *     OFFSET LENGTH OPERATOR LINE COLUMN FUNCTION REPLACEMENT
 *
 * The LENGTH bytes at OFFSET are to be replaced (newline, tab and backslash of the replacement are
 * written \n, \t and \\). Each edit follows the syntax tree of libclang, so it is a change of the
 * program, never of a comment, a string or of what a macro of another file expands to. That a
 * mutant compiles is likely, not certain. mutate.sh makes use of the list.
 *
 * Operators: statement, clean-up-call, negate-condition, boundary, logical, arithmetic, constant,
 * return-value, arguments; each is explained at the function that makes its mutants.
 *
 * Exit code 0: printed. 1: FILE cannot be read or has errors. 2: wrong usage.
 */
#include "source.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where in the tree we are: what a mutant must know that its own node does not tell. */
struct place {
    struct source *source;
    struct mutants *found;
    const char *function;
    CXType result;       /* of the function */
    unsigned clean_up;   /* offset of its label for clean-up; UINT_MAX if it has none */
    bool constants_only; /* a table or an enumeration, not a function */
};

static void add(const struct place *p, struct span at, const char *operator, char * replacement)
{
    mutants_add(p->found, at, operator, p->function, replacement);
}

/* Whether a name has one of the words of ending something: object_free, DsBackupEnd, but not send.
 */
static bool names_clean_up(const char *name)
{
    static const char *const words[] = {"destroy", "close", "release", "unload",
                                        "leave",   "end",   "free",    "freeaddrinfo"};
    while (*name != '\0') {
        size_t length = 1;
        while (islower((unsigned char)name[length]))
            length++;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            bool same_rest = strncmp(name + 1, words[i] + 1, length - 1) == 0;
            if (length == strlen(words[i]) && same_rest && tolower(*name) == *words[i])
                return true;
        }
        name += length;
        name += strspn(name, "_");
    }
    return false;
}

/* A call is one of clean-up by its own name, by that of its function, or after the label for it. */
static bool is_clean_up(const struct place *p, CXCursor statement)
{
    struct span s = span_of(p->source, statement);
    if (clang_getCursorKind(statement) == CXCursor_CStyleCastExpr) { /* (void)close(fd) */
        struct nodes inner = children_of(statement);
        if (inner.count > 0)
            statement = inner.at[inner.count - 1];
        nodes_free(&inner);
    }
    if (clang_getCursorKind(statement) != CXCursor_CallExpr)
        return false;
    CXString callee = clang_getCursorSpelling(statement);
    bool by_name = names_clean_up(clang_getCString(callee));
    clang_disposeString(callee);
    return by_name || names_clean_up(p->function) || s.start > p->clean_up;
}

/*
 * statement, clean-up-call: what stands as a statement is left out: a call, an assignment, a jump,
 * an if with all it governs. Not a return with a value: what the caller would get is not defined.
 */
static void delete_statement(const struct place *p, CXCursor statement)
{
    enum CXCursorKind kind = clang_getCursorKind(statement);
    struct nodes inner = children_of(statement);
    bool deletable = clang_isExpression(kind) || kind == CXCursor_BreakStmt ||
                     kind == CXCursor_ContinueStmt || kind == CXCursor_GotoStmt ||
                     (kind == CXCursor_ReturnStmt && inner.count == 0) ||
                     (kind == CXCursor_IfStmt && inner.count == 2);
    nodes_free(&inner);
    struct span s = with_semicolon(p->source, span_of(p->source, statement));
    if (deletable && s.start < s.end)
        add(p, s, is_clean_up(p, statement) ? "clean-up-call" : "statement", text("%s", ";"));
}

/* The condition of a for stands between its first two semicolons; -1 if it has none. */
static int for_condition(const struct place *p, CXCursor loop, const struct nodes *parts)
{
    struct span between = between_semicolons(p->source, span_of(p->source, loop));
    for (size_t i = 0; i < parts->count; i++) {
        struct span s = span_of(p->source, parts->at[i]);
        if (s.start < s.end && s.start >= between.start && s.end <= between.end)
            return (int)i;
    }
    return -1;
}

/* Which of the parts of a statement or of ?: is its condition; -1 if none. */
static int condition_of(const struct place *p, CXCursor node, const struct nodes *parts)
{
    switch ((int)clang_getCursorKind(node)) {
    case CXCursor_IfStmt:
    case CXCursor_WhileStmt:
    case CXCursor_ConditionalOperator:
        return parts->count > 0 ? 0 : -1;
    case CXCursor_DoStmt:
        return (int)parts->count - 1;
    case CXCursor_ForStmt:
        return for_condition(p, node, parts);
    default:
        return -1;
    }
}

/* negate-condition: C becomes !(C). For true and false the operator constant does the same. */
static void negate(const struct place *p, CXCursor condition)
{
    struct span s = span_of(p->source, condition);
    if (s.start < s.end && !is_word(p->source, s, "true") && !is_word(p->source, s, "false"))
        add(p, s, "negate-condition", text("!(%.*s)", SPAN_ARGS(p->source, s)));
}

static const struct swap {
    const char *from, *to, *operator;
} swaps[] = {
    {"<", "<=", "boundary"},    {"<=", "<", "boundary"},    {">", ">=", "boundary"},
    {">=", ">", "boundary"},    {"==", "!=", "boundary"},   {"!=", "==", "boundary"},
    {"&&", "||", "logical"},    {"||", "&&", "logical"},    {"+", "-", "arithmetic"},
    {"-", "+", "arithmetic"},   {"*", "+", "arithmetic"},   {"<<", ">>", "arithmetic"},
    {">>", "<<", "arithmetic"}, {"&", "|", "arithmetic"},   {"|", "&", "arithmetic"},
    {"+=", "-=", "arithmetic"}, {"-=", "+=", "arithmetic"},
};

static bool is_pointer(CXCursor expression)
{
    enum CXTypeKind kind = clang_getCanonicalType(clang_getCursorType(expression)).kind;
    return kind == CXType_Pointer;
}

/*
 * boundary, logical, arithmetic: another operator between the same operands; for && and || also one
 * of the operands alone. An == that is all of a condition is left to negate-condition, which says
 * the same, and the sum of two pointers is none.
 */
static void swap_operator(const struct place *p, const struct nodes *operands, bool is_condition)
{
    if (operands->count != 2)
        return;
    struct span left = span_of(p->source, operands->at[0]);
    struct span right = span_of(p->source, operands->at[1]);
    struct span sign = token_between(p->source, left, right);
    bool pointers = is_pointer(operands->at[0]) && is_pointer(operands->at[1]);
    for (size_t i = 0; i < sizeof swaps / sizeof *swaps; i++) {
        const struct swap *s = &swaps[i];
        bool equality = s->from[1] == '=' && (s->from[0] == '=' || s->from[0] == '!');
        if (!is_word(p->source, sign, s->from) || (is_condition && equality) ||
            (pointers && s->from[0] == '-'))
            continue;
        add(p, sign, s->operator, text("%s", s->to));
        if (strcmp(s->operator, "logical") != 0)
            continue;
        struct span whole = {left.start, right.end};
        add(p, whole, s->operator, text("%.*s", SPAN_ARGS(p->source, left)));
        add(p, whole, s->operator, text("%.*s", SPAN_ARGS(p->source, right)));
    }
}

/*
 * constant: a number or a constant of an enumeration, by its name too if that is a macro, becomes
 * one more and one less; true and false become each other. NULL is no number.
 */
static void change_constant(const struct place *p, CXCursor node)
{
    struct span s = span_of(p->source, node);
    if (!is_one_token(p->source, s) || is_word(p->source, s, "NULL"))
        return;
    if (is_word(p->source, s, "true") || is_word(p->source, s, "false")) {
        add(p, s, "constant", text("%s", is_word(p->source, s, "true") ? "false" : "true"));
        return;
    }
    add(p, s, "constant", text("(%.*s + 1)", SPAN_ARGS(p->source, s)));
    add(p, s, "constant", text("(%.*s - 1)", SPAN_ARGS(p->source, s)));
}

/* return-value: 0, NULL or the opposite is returned. What does so already is left alone. */
static void change_return(const struct place *p, CXCursor node, const struct nodes *value)
{
    if (value->count != 1)
        return;
    struct span e = span_of(p->source, value->at[0]);
    struct span s = with_semicolon(p->source, span_of(p->source, node));
    enum CXTypeKind kind = clang_getCanonicalType(p->result).kind;
    if (e.start == e.end || s.start == s.end || is_word(p->source, e, "0") ||
        is_word(p->source, e, "NULL") || is_word(p->source, e, "true") ||
        is_word(p->source, e, "false"))
        return;
    if (kind == CXType_Bool)
        add(p, s, "return-value", text("return !(%.*s);", SPAN_ARGS(p->source, e)));
    else if (kind == CXType_Pointer)
        add(p, s, "return-value", text("%s", "return NULL;"));
    else if (kind == CXType_Enum || (kind > CXType_Bool && kind <= CXType_Int128))
        add(p, s, "return-value", text("%s", "return 0;"));
}

/* arguments: two neighbours of the same type change places. */
static void swap_arguments(const struct place *p, CXCursor call)
{
    int count = clang_Cursor_getNumArguments(call);
    for (int i = 0; i + 1 < count; i++) {
        CXCursor first = clang_Cursor_getArgument(call, (unsigned)i);
        CXCursor second = clang_Cursor_getArgument(call, (unsigned)i + 1);
        struct span a = span_of(p->source, first), b = span_of(p->source, second);
        if (!clang_equalTypes(clang_getCanonicalType(clang_getCursorType(first)),
                              clang_getCanonicalType(clang_getCursorType(second))) ||
            !is_word(p->source, token_between(p->source, a, b), ",") || same(p->source, a, b))
            continue;
        struct span whole = {a.start, b.end}, gap = {a.end, b.start};
        add(p, whole, "arguments",
            text("%.*s%.*s%.*s", SPAN_ARGS(p->source, b), SPAN_ARGS(p->source, gap),
                 SPAN_ARGS(p->source, a)));
    }
}

/* Whether the child of that number is a statement, not a part of an expression or a condition. */
static bool is_statement(CXCursor parent, size_t number, size_t count, int condition)
{
    switch ((int)clang_getCursorKind(parent)) {
    case CXCursor_CompoundStmt:
    case CXCursor_LabelStmt:
    case CXCursor_DefaultStmt:
        return true;
    case CXCursor_IfStmt:
    case CXCursor_DoStmt:
        return (int)number != condition;
    case CXCursor_WhileStmt:
    case CXCursor_ForStmt:
    case CXCursor_CaseStmt:
    case CXCursor_SwitchStmt:
        return number + 1 == count;
    default:
        return false;
    }
}

static bool is_constant(CXCursor node)
{
    enum CXCursorKind kind = clang_getCursorKind(node);
    return kind == CXCursor_IntegerLiteral ||
           (kind == CXCursor_DeclRefExpr &&
            clang_getCursorKind(clang_getCursorReferenced(node)) == CXCursor_EnumConstantDecl);
}

/* A macro for a whole list in braces: each number in it seems to be all of it. */
static bool hides_list(const struct place *p, CXCursor list, CXCursor element)
{
    struct span whole = span_of(p->source, list), part = span_of(p->source, element);
    return clang_getCursorKind(list) == CXCursor_InitListExpr && whole.start == part.start &&
           whole.end == part.end;
}

/* All mutants of a node and of what it contains. */
static void mutate(const struct place *p, CXCursor node, bool is_condition)
{
    enum CXCursorKind kind = clang_getCursorKind(node);
    struct nodes parts = children_of(node);
    int condition = condition_of(p, node, &parts);
    if (is_constant(node))
        change_constant(p, node);
    if (!p->constants_only) {
        if (condition >= 0)
            negate(p, parts.at[condition]);
        if (kind == CXCursor_BinaryOperator || kind == CXCursor_CompoundAssignOperator)
            swap_operator(p, &parts, is_condition);
        if (kind == CXCursor_ReturnStmt)
            change_return(p, node, &parts);
        if (kind == CXCursor_CallExpr)
            swap_arguments(p, node);
    }
    for (size_t i = 0; i < parts.count; i++) {
        if (hides_list(p, node, parts.at[i]))
            continue;
        if (kind == CXCursor_CaseStmt && i == 0)
            continue; /* a label with another value is a duplicate, or a case that never comes */
        if (!p->constants_only && is_statement(node, i, parts.count, condition))
            delete_statement(p, parts.at[i]);
        mutate(p, parts.at[i], (int)i == condition);
    }
    nodes_free(&parts);
}

/* The first label of a function that is named for clean-up. */
static enum CXChildVisitResult find_label(CXCursor node, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct place *p = data;
    if (clang_getCursorKind(node) != CXCursor_LabelStmt)
        return CXChildVisit_Recurse;
    CXString name = clang_getCursorSpelling(node);
    if (strncmp(clang_getCString(name), "cleanup", 7) == 0 ||
        strncmp(clang_getCString(name), "clean_up", 8) == 0)
        p->clean_up = span_of(p->source, node).start;
    clang_disposeString(name);
    return p->clean_up == UINT_MAX ? CXChildVisit_Recurse : CXChildVisit_Break;
}

/* Functions, and the constants of tables and enumerations, of the file itself. */
static enum CXChildVisitResult visit_declaration(CXCursor node, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct place p = *(const struct place *)data;
    enum CXCursorKind kind = clang_getCursorKind(node);
    if (!clang_Location_isFromMainFile(clang_getCursorLocation(node)))
        return CXChildVisit_Continue;
    if (kind == CXCursor_EnumDecl)
        return CXChildVisit_Recurse; /* to its constants, each a declaration */
    CXString name = clang_getCursorSpelling(node);
    p.function = clang_getCString(name);
    p.constants_only = kind == CXCursor_VarDecl || kind == CXCursor_EnumConstantDecl;
    if (kind == CXCursor_FunctionDecl && clang_isCursorDefinition(node)) {
        p.result = clang_getCursorResultType(node);
        clang_visitChildren(node, find_label, &p);
        struct nodes parts = children_of(node);
        mutate(&p, parts.at[parts.count - 1], false); /* the body comes after the parameters */
        nodes_free(&parts);
    } else if (p.constants_only) {
        mutate(&p, node, false);
    }
    clang_disposeString(name);
    return CXChildVisit_Continue;
}

int main(int argc, char **argv)
{
    if (argc < 3 || strcmp(argv[2], "--") != 0) {
        fputs("mutants FILE.c -- COMPILE-ARGS...\n", stderr);
        return 2;
    }
    struct source source;
    struct mutants found = {0};
    bool good = source_open(&source, argv[1], (const char *const *)argv + 3, argc - 3);
    if (good) {
        struct place file = {.source = &source, .found = &found, .clean_up = UINT_MAX};
        clang_visitChildren(clang_getTranslationUnitCursor(source.unit), visit_declaration, &file);
        good = mutants_print(&found, &source);
    }
    mutants_free(&found);
    source_close(&source);
    return good ? 0 : 1;
}
