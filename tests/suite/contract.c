/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docs/contract.md is the table that the suite applies: its rows are those of the model's
 * contract.def, and each of them decides a call of the corpus or is named by a test.
 *
 * A test, or a program whose story is more than a code, names a row in a comment: "contract:" and
 * the names, a comma between them.
 *
 * Not checked: that a test that names a row would fail if the rule were broken. Planted bugs show
 * that of many.
 */
#include "tests/support/test.h"

#include "fuzz/model/allowed.h"
#include "fuzz/model/contract.h"
#include "fuzz/program/program_text.h"
#include "fuzz/run/run.h"

#include <ctype.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRAM_BYTES = 1 << 16, NAME_BYTES = 64 };

/* By rule: the program or the test that stands for it, "" for none. */
static char evidence[CONTRACT_RULES][256];

static enum contract_rule rule_of(const char *name)
{
    for (unsigned i = CONTRACT_NONE + 1; i < CONTRACT_RULES; i++)
        if (strcmp(contract_rule_name((enum contract_rule)i), name) == 0)
            return (enum contract_rule)i;
    return CONTRACT_NONE;
}

static bool is_name_character(char c)
{
    return islower((unsigned char)c) || isdigit((unsigned char)c) || c == '-' || c == '.';
}

/* The name at *at, behind which *at is then. */
static void take_name(const char **at, char out[NAME_BYTES])
{
    size_t n = 0;
    while (is_name_character(**at) && n < NAME_BYTES - 1)
        out[n++] = *(*at)++;
    while (n > 0 && out[n - 1] == '.') /* the end of a sentence */
        n--;
    out[n] = '\0';
}

/* The page ------------------------------------------------------------------------------------- */

TEST(page_and_table_have_the_same_rows)
{
    char line[4096], name[NAME_BYTES];
    bool seen[CONTRACT_RULES] = {false};
    FILE *page = fopen(SOURCE "/docs/contract.md", "r");
    assert_non_null(page);
    while (fgets(line, sizeof line, page) != NULL) {
        const char *at = line + strlen("| `");
        if (strncmp(line, "| `", strlen("| `")) != 0)
            continue;
        take_name(&at, name);
        if (strchr(name, '.') == NULL)
            continue;
        enum contract_rule rule = rule_of(name);
        if (rule == CONTRACT_NONE)
            fail_msg("%s of docs/contract.md is not in contract.def", name);
        if (seen[rule])
            fail_msg("%s is twice in docs/contract.md", name);
        seen[rule] = true;
    }
    fclose(page);
    for (unsigned i = CONTRACT_NONE + 1; i < CONTRACT_RULES; i++)
        if (!seen[i])
            fail_msg("%s of contract.def is not in docs/contract.md",
                     contract_rule_name((enum contract_rule)i));
}

/* Evidence ------------------------------------------------------------------------------------- */

static void note(enum contract_rule rule, const char *where)
{
    if (rule != CONTRACT_NONE && evidence[rule][0] == '\0')
        snprintf(evidence[rule], sizeof evidence[rule], "%s", where);
}

/* Rows that comments name. Tests of references name wrong ones on purpose. */
static void note_comments(void)
{
    static const char mark[] = "contract: ";
    char line[4096], name[NAME_BYTES];
    FILE *found = popen("cd '" SOURCE "' && grep -rIE --exclude-dir=repository "
                        "'contract: [a-z-]+\\.[a-z]' corpus tests",
                        "r");
    assert_non_null(found);
    while (fgets(line, sizeof line, found) != NULL) {
        const char *at = strstr(line, mark);
        char *colon = strchr(line, ':');
        assert_non_null(at);
        assert_non_null(colon);
        *colon = '\0';
        at += strlen(mark);
        do {
            at += strspn(at, ", ");
            take_name(&at, name);
            if (rule_of(name) == CONTRACT_NONE)
                fail_msg("%s: \"%s%s\" is no row of docs/contract.md", line, mark, name);
            note(rule_of(name), line);
        } while (*at == ',');
    }
    assert_int_equal(pclose(found), 0);
}

static void run_file(const char *path)
{
    static struct program p;
    static struct run_report r;
    static char text[PROGRAM_BYTES];
    struct program_error error;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t n = fread(text, 1, sizeof text, file);
    fclose(file);
    assert_true(n > 0 && n < sizeof text);
    if (!program_parse(&p, text, n, &error))
        fail_msg("%s: line %u: expected %s", path, error.line, error.expected);
    if (!run_program(&p, NULL, &r))
        fail_msg("%s: %s: %s", path, verdict_name(r.verdict), r.detail);
    for (size_t i = 0; i < r.call_count; i++) {
        note(r.rulings[i].rule, path + strlen(SOURCE "/"));
        note(r.rulings[i].failure, path + strlen(SOURCE "/"));
    }
}

static void run_folder(const char *pattern)
{
    glob_t files;
    assert_int_equal(glob(pattern, 0, NULL, &files), 0);
    assert_true(files.gl_pathc > 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        run_file(files.gl_pathv[i]);
    globfree(&files);
}

/* What no call's code shows is shown by a test, which says so. */
TEST(every_row_decides_a_call_of_the_corpus_or_is_named_by_a_test)
{
    unsigned bare = 0;
    memset(evidence, 0, sizeof evidence);
    run_folder(SOURCE "/corpus/session/*.txt");
    run_folder(SOURCE "/corpus/regressions/*.txt");
    note_comments();
    for (unsigned i = CONTRACT_NONE + 1; i < CONTRACT_RULES; i++) {
        printf("%-32s %s\n", contract_rule_name((enum contract_rule)i),
               evidence[i][0] != '\0' ? evidence[i] : "NOTHING SHOWS IT");
        bare += evidence[i][0] == '\0';
    }
    assert_int_equal(bare, 0);
}

/* Use ------------------------------------------------------------------------------------------ */

TEST(every_row_of_the_table_of_faults_applies_a_rule)
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    allowed_print(out);
    fclose(out);
    assert_non_null(strstr(text, "| `failure.no-reply` |"));
    assert_null(strstr(text, "| `` |"));
    free(text);
}

static void assert_printed(const char *source, const char *expected)
{
    static struct program p;
    static struct run_report r;
    struct program_error error;
    char *text = NULL;
    size_t n;
    assert_true(program_parse(&p, source, strlen(source), &error));
    assert_false(run_program(&p, NULL, &r));
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    run_print(&p, &r, out);
    fclose(out);
    if (strstr(text, expected) == NULL)
        fail_msg("\"%s\" is not in:\n%s", expected, text);
    free(text);
}

TEST(finding_about_a_code_names_the_rule)
{
    assert_printed("DsBackupEnd(NULL) # S_OK\n", "\n  rule: handle.invalid (docs/contract.md): ");
    assert_printed("h, token = DsBackupPrepareW(\".\", 0, FULL)\n"
                   "DsBackupClose(h) !rpc.reply lost # S_OK\n",
                   "\n  rule for the fault: failure.no-reply (docs/contract.md): ");
}
