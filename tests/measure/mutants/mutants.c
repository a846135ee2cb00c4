/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists the mutants of a C file: `mutants FILE.c -- COMPILER-ARGUMENTS...`. Each is one edit, found
 * in clang's syntax tree and cut by the extents of its nodes, so it never breaks a word in two:
 *
 *     OFFSET LENGTH OPERATOR LINE COLUMN FUNCTION ORIGINAL REPLACEMENT
 *
 * one a line, separated by tabs, in the order of the file; offset and length in bytes, texts on one
 * line. What comes out of a macro is left alone.
 */
#include <clang-c/Index.h>

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CHILDREN = 256, TEXT_MAX = 4096 };

static char *source;
static size_t source_bytes;
static CXTranslationUnit unit;

/* Extents ------------------------------------------------------------------------------------- */

struct extent {
    unsigned start, end; /* bytes of the file */
};

/* False: it is of another file, or of a macro. */
static bool place(CXSourceLocation at, unsigned *out)
{
    CXFile spelled, expanded;
    unsigned spelled_at, line, column;
    clang_getSpellingLocation(at, &spelled, NULL, NULL, &spelled_at);
    clang_getExpansionLocation(at, &expanded, &line, &column, out);
    return clang_Location_isFromMainFile(at) && clang_File_isEqual(spelled, expanded) &&
           spelled_at == *out && *out <= source_bytes;
}

static bool extent_of(CXCursor c, struct extent *out)
{
    CXSourceRange range = clang_getCursorExtent(c);
    return place(clang_getRangeStart(range), &out->start) &&
           place(clang_getRangeEnd(range), &out->end) && out->start < out->end;
}

static void put_text(const char *text, size_t n)
{
    bool space = false;
    for (size_t i = 0; i < n; i++) {
        if (isspace((unsigned char)text[i])) {
            space = true;
            continue;
        }
        if (space)
            putchar(' ');
        space = false;
        putchar(text[i]);
    }
}

/* Mutants ------------------------------------------------------------------------------------- */

static const char *function = "-";

static void mutant(const char *name, struct extent e, const char *replacement)
{
    unsigned line, column;
    CXFile file = clang_getFile(unit, clang_getCString(clang_getTranslationUnitSpelling(unit)));
    clang_getExpansionLocation(clang_getLocationForOffset(unit, file, e.start), NULL, &line,
                               &column, NULL);
    printf("%u\t%u\t%s\t%u\t%u\t%s\t", e.start, e.end - e.start, name, line, column, function);
    put_text(source + e.start, e.end - e.start);
    putchar('\t');
    put_text(replacement, strlen(replacement));
    putchar('\n');
}

/* `before`, the text of `part` and `after` in the place of `whole`. */
static void mutant_of_text(const char *name, struct extent whole, struct extent part,
                           const char *before, const char *after)
{
    char text[TEXT_MAX];
    int n = snprintf(text, sizeof text, "%s%.*s%s", before, (int)(part.end - part.start),
                     source + part.start, after);
    if (n > 0 && (size_t)n < sizeof text)
        mutant(name, whole, text);
}

struct children {
    CXCursor list[MOST_CHILDREN];
    unsigned count;
};

static enum CXChildVisitResult collect(CXCursor c, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct children *children = data;
    if (children->count < MOST_CHILDREN)
        children->list[children->count++] = c;
    return CXChildVisit_Continue;
}

static struct children *children_of(CXCursor c)
{
    struct children *children = calloc(1, sizeof *children);
    if (children == NULL)
        abort();
    clang_visitChildren(c, collect, children);
    return children;
}

/* Deleting ------------------------------------------------------------------------------------ */

static bool is_clean_up(const char *name)
{
    static const char *const words[] = {"destroy", "close",  "release", "unload", "free", "leave",
                                        "end",     "remove", "unlock",  "bzero",  "drop", "unlink"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(name, words[i]) != NULL)
            return true;
    return false;
}

static void delete_statement(CXCursor c)
{
    struct extent e;
    enum CXCursorKind kind = clang_getCursorKind(c);
    if (!extent_of(c, &e))
        return;
    if (kind == CXCursor_CallExpr) {
        CXString name = clang_getCursorSpelling(c);
        mutant(is_clean_up(clang_getCString(name)) ? "clean-up-call" : "statement", e, "");
        clang_disposeString(name);
    } else if (clang_isExpression(kind) || kind == CXCursor_BreakStmt ||
               kind == CXCursor_ContinueStmt || kind == CXCursor_GotoStmt) {
        mutant("statement", e, "");
    } else if (kind == CXCursor_IfStmt) {
        struct children *parts = children_of(c);
        if (parts->count == 2)
            mutant("statement", e, ";");
        free(parts);
    }
}

/* Which of the children are statements: those of a block, and bodies without one. */
static void delete_statements(CXCursor c, const struct children *parts)
{
    enum CXCursorKind kind = clang_getCursorKind(c);
    unsigned first = parts->count;
    if (kind == CXCursor_CompoundStmt)
        first = 0;
    else if (kind == CXCursor_IfStmt)
        first = 1;
    else if (kind == CXCursor_WhileStmt || kind == CXCursor_ForStmt || kind == CXCursor_CaseStmt)
        first = parts->count - 1;
    for (unsigned i = first; i < parts->count; i++)
        delete_statement(parts->list[i]);
}

/* Expressions --------------------------------------------------------------------------------- */

static void negate(CXCursor condition)
{
    struct extent e;
    if (extent_of(condition, &e))
        mutant_of_text("negate-condition", e, e, "!(", ")");
}

static const struct {
    const char *from, *name, *to;
} operators[] = {
    {"<", "boundary", "<="},    {"<=", "boundary", "<"},    {">", "boundary", ">="},
    {">=", "boundary", ">"},    {"==", "equality", "!="},   {"!=", "equality", "=="},
    {"&&", "logical", "||"},    {"||", "logical", "&&"},    {"+", "arithmetic", "-"},
    {"-", "arithmetic", "+"},   {"*", "arithmetic", "+"},   {"/", "arithmetic", "*"},
    {"%", "arithmetic", "/"},   {"<<", "arithmetic", ">>"}, {">>", "arithmetic", "<<"},
    {"&", "arithmetic", "|"},   {"|", "arithmetic", "&"},   {"^", "arithmetic", "|"},
    {"+=", "arithmetic", "-="}, {"-=", "arithmetic", "+="}, {"|=", "arithmetic", "&="},
    {"&=", "arithmetic", "|="}, {"*=", "arithmetic", "+="},
};

/* The operator stands alone between its operands. */
static void mutate_operator(const struct children *parts)
{
    struct extent left, right, middle;
    if (parts->count != 2 || !extent_of(parts->list[0], &left) ||
        !extent_of(parts->list[1], &right) || left.end >= right.start)
        return;
    middle = (struct extent){left.end, right.start};
    while (middle.start < middle.end && isspace((unsigned char)source[middle.start]))
        middle.start++;
    while (middle.end > middle.start && isspace((unsigned char)source[middle.end - 1]))
        middle.end--;
    size_t n = middle.end - middle.start;
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (strlen(operators[i].from) != n ||
            memcmp(operators[i].from, source + middle.start, n) != 0)
            continue;
        mutant(operators[i].name, middle, operators[i].to);
        if (strcmp(operators[i].name, "logical") == 0) {
            struct extent whole = {left.start, right.end};
            mutant_of_text("operand", whole, left, "", "");
            mutant_of_text("operand", whole, right, "", "");
        }
    }
}

static void mutate_not(CXCursor c, const struct children *parts)
{
    struct extent whole, part;
    if (extent_of(c, &whole) && extent_of(parts->list[0], &part) && source[whole.start] == '!')
        mutant_of_text("negate-condition", whole, part, "(", ")");
}

static void mutate_constant(CXCursor c)
{
    struct extent e;
    if (!extent_of(c, &e))
        return;
    mutant_of_text("constant", e, e, "(", " + 1)");
    if (clang_getCursorKind(c) == CXCursor_IntegerLiteral)
        mutant_of_text("constant", e, e, "(", " - 1)");
}

/* Whether two arguments are equal does not depend on their order, nor does their product. */
static bool is_symmetric(CXCursor call)
{
    CXString name = clang_getCursorSpelling(call);
    bool symmetric = strstr(clang_getCString(name), "cmp") != NULL ||
                     strstr(clang_getCString(name), "equal") != NULL ||
                     strcmp(clang_getCString(name), "calloc") == 0;
    clang_disposeString(name);
    return symmetric;
}

static void mutate_arguments(CXCursor call)
{
    int n = is_symmetric(call) ? 0 : clang_Cursor_getNumArguments(call);
    for (int i = 0; i + 1 < n; i++) {
        CXCursor a = clang_Cursor_getArgument(call, (unsigned)i);
        CXCursor b = clang_Cursor_getArgument(call, (unsigned)i + 1);
        struct extent first, second;
        if (!clang_equalTypes(clang_getCanonicalType(clang_getCursorType(a)),
                              clang_getCanonicalType(clang_getCursorType(b))) ||
            !extent_of(a, &first) || !extent_of(b, &second))
            continue;
        char text[TEXT_MAX];
        int length =
            snprintf(text, sizeof text, "%.*s, %.*s", (int)(second.end - second.start),
                     source + second.start, (int)(first.end - first.start), source + first.start);
        if (length > 0 && (size_t)length < sizeof text)
            mutant("arguments", (struct extent){first.start, second.end}, text);
    }
}

static void mutate_return(const struct children *parts)
{
    struct extent e;
    if (parts->count != 1 || !extent_of(parts->list[0], &e))
        return;
    enum CXTypeKind kind = clang_getCanonicalType(clang_getCursorType(parts->list[0])).kind;
    bool is_zero = e.end - e.start == 1 && source[e.start] == '0';
    if (kind == CXType_Pointer)
        mutant("return-value", e, "0");
    else if (kind == CXType_Bool)
        mutant_of_text("return-value", e, e, "!(", ")");
    else if (kind != CXType_Record && is_zero)
        mutant("return-value", e, "1");
    else if (kind != CXType_Record)
        mutant("return-value", e, "0");
}

/* The walk ------------------------------------------------------------------------------------ */

static bool names_enumerator(CXCursor c)
{
    return clang_getCursorKind(clang_getCursorReferenced(c)) == CXCursor_EnumConstantDecl;
}

static void mutate(CXCursor c, const struct children *parts)
{
    switch ((int)clang_getCursorKind(c)) {
    case CXCursor_IfStmt:
    case CXCursor_WhileStmt:
    case CXCursor_ConditionalOperator:
        negate(parts->list[0]);
        break;
    case CXCursor_DoStmt:
        negate(parts->list[parts->count - 1]);
        break;
    case CXCursor_BinaryOperator:
    case CXCursor_CompoundAssignOperator:
        mutate_operator(parts);
        break;
    case CXCursor_UnaryOperator:
        mutate_not(c, parts);
        break;
    case CXCursor_IntegerLiteral:
        mutate_constant(c);
        break;
    case CXCursor_DeclRefExpr:
        if (names_enumerator(c))
            mutate_constant(c);
        break;
    case CXCursor_CallExpr:
        mutate_arguments(c);
        break;
    case CXCursor_ReturnStmt:
        mutate_return(parts);
        break;
    default:
        break;
    }
}

static void visit(CXCursor c, bool is_label)
{
    enum CXCursorKind kind = clang_getCursorKind(c);
    if (is_label || kind == CXCursor_StaticAssert)
        return;
    struct children *parts = children_of(c);
    CXString name = clang_getCursorSpelling(c);
    if (kind == CXCursor_FunctionDecl)
        function = clang_getCString(name);
    if (parts->count > 0)
        delete_statements(c, parts);
    if (parts->count > 0 || !clang_isDeclaration(kind))
        mutate(c, parts);
    /* A label of a switch must stay a constant of its own. */
    for (unsigned i = 0; i < parts->count; i++)
        visit(parts->list[i], kind == CXCursor_CaseStmt && i == 0);
    if (kind == CXCursor_FunctionDecl)
        function = "-";
    clang_disposeString(name);
    free(parts);
}

static enum CXChildVisitResult visit_top(CXCursor c, CXCursor parent, CXClientData data)
{
    (void)parent, (void)data;
    if (clang_Location_isFromMainFile(clang_getCursorLocation(c)))
        visit(c, false);
    return CXChildVisit_Continue;
}

/* true and false are macros of C11: their tokens are what can be seen of them. */
static void mutate_truth(CXCursor file)
{
    CXToken *tokens;
    unsigned n;
    clang_tokenize(unit, clang_getCursorExtent(file), &tokens, &n);
    for (unsigned i = 0; i < n; i++) {
        CXString text = clang_getTokenSpelling(unit, tokens[i]);
        bool is_true = strcmp(clang_getCString(text), "true") == 0;
        bool is_false = strcmp(clang_getCString(text), "false") == 0;
        unsigned start;
        clang_getExpansionLocation(clang_getTokenLocation(unit, tokens[i]), NULL, NULL, NULL,
                                   &start);
        if (clang_getTokenKind(tokens[i]) == CXToken_Identifier && (is_true || is_false))
            mutant("constant", (struct extent){start, start + (is_true ? 4 : 5)},
                   is_true ? "false" : "true");
        clang_disposeString(text);
    }
    clang_disposeTokens(unit, tokens, n);
}

static bool read_source(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0)
        return false;
    long n = ftell(f);
    rewind(f);
    source = n >= 0 ? malloc((size_t)n + 1) : NULL;
    source_bytes = source != NULL ? fread(source, 1, (size_t)n, f) : 0;
    fclose(f);
    return source != NULL && source_bytes == (size_t)n;
}

int main(int count, char **arguments)
{
    if (count < 3 || strcmp(arguments[2], "--") != 0) {
        fputs("usage: mutants FILE.c -- COMPILER-ARGUMENTS...\n", stderr);
        return 2;
    }
    CXIndex index = clang_createIndex(0, 1);
    if (!read_source(arguments[1]) ||
        clang_parseTranslationUnit2(index, arguments[1], (const char *const *)arguments + 3,
                                    count - 3, NULL, 0, CXTranslationUnit_None,
                                    &unit) != CXError_Success) {
        fprintf(stderr, "mutants: %s cannot be read\n", arguments[1]);
        return EXIT_FAILURE;
    }
    CXCursor file = clang_getTranslationUnitCursor(unit);
    clang_visitChildren(file, visit_top, NULL);
    mutate_truth(file);
    return ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
