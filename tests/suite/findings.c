/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings of a search: printed once, saved as a program that shows them again, the first one the
 * last if that is wanted.
 */
#include "tests/support/test.h"

#include "fuzz/program/program_text.h"
#include "fuzz/run/run.h"
#include "fuzz/search/findings.h"
#include "fuzz/search/saved.h"
#include "tests/support/child.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char parent[64], directory[80];
static struct program program;
static struct run_report report;
static struct child child;

static void make_directory(void)
{
    strcpy(parent, "/tmp/rundown-findings.XXXXXX");
    assert_non_null(mkdtemp(parent));
    snprintf(directory, sizeof directory, "%s/new", parent);
}

static void keep_path(const char *folder, void *context)
{
    snprintf(context, 400, "%s", folder);
}

/* How many findings were saved; *path: the folder of one of them. */
static unsigned saved(char path[400])
{
    int n = saved_for_each(directory, keep_path, path);
    return n > 0 ? (unsigned)n : 0;
}

static void remove_finding(const char *folder)
{
    static const char *const files[] = {"program.txt", "input.bin", "report.txt", "report.json"};
    char path[500];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(folder), 0);
}

static void remove_directory(void)
{
    char path[400];
    while (saved(path) > 0)
        remove_finding(path);
    rmdir(directory);
    assert_int_equal(rmdir(parent), 0);
}

AROUND_EACH_TEST(make_directory, remove_directory);

/* Runs a program that asserts what is not so. */
static void find(const char *text)
{
    struct program_error error;
    if (!program_parse(&program, text, strlen(text), &error))
        fail_msg("%u:%u: expected %s in\n%s", error.line, error.column, error.expected, text);
    assert_false(run_program(&program, NULL, &report));
}

#define WRONG_END   "DsBackupEnd(NULL)  # S_OK\n"
#define WRONG_CLOSE "DsBackupClose(NULL)  # S_OK\n"

struct addition {
    const char *origin;
    const struct fault *in_clean_up;
};

static void add(void *context)
{
    const struct addition *a = context;
    findings_add(&program, &report, a->origin, a->in_clean_up);
}

static void add_in_child(const char *origin, const struct fault *in_clean_up)
{
    child_run(&child, add, &(struct addition){origin, in_clean_up});
}

TEST(finding_is_printed_and_saved_as_a_program_that_shows_it)
{
    char path[400], again[500];
    static char text[4096];
    struct program_error error;
    assert_true(findings_open(directory, "test", false));
    find("DsIsNTDSOnlineW(\".\")\n" WRONG_END);
    add_in_child("here.txt", NULL);
    assert_child_ended(&child, 0);
    assert_memory_equal(child.output, "here.txt:\n", 10);
    assert_child_said(&child, "FINDING asserted code");
    assert_child_said(&child, report.detail);
    assert_int_equal(saved(path), 1);
    snprintf(again, sizeof again, " run %s/program.txt\n", path);
    assert_child_said(&child, "\n  again: ");
    assert_child_said(&child, again);
    snprintf(again, sizeof again, "%s/program.txt", path);
    FILE *in = fopen(again, "r");
    assert_non_null(in);
    size_t n = fread(text, 1, sizeof text, in);
    fclose(in);
    assert_memory_equal(text, "# asserted code: ", 17);
    assert_true(program_parse(&program, text, n, &error));
    /* The smallest one. */
    assert_int_equal(program.call_count, 1);
    assert_false(run_program(&program, NULL, &report));
    assert_int_equal(report.verdict, VERDICT_ASSERTED_CODE);
    assert_int_equal(report.call, 0);
}

TEST(finding_is_told_once_by_whatever_process_has_it)
{
    char path[400];
    assert_true(findings_open(directory, "test", false));
    find(WRONG_END);
    add_in_child(NULL, NULL);
    assert_child_said(&child, "FINDING asserted code");
    add_in_child("elsewhere.txt", NULL);
    assert_string_equal(child.output, "");
    /* Another program that shows the same. */
    find("DsIsNTDSOnlineW(\".\")\n" WRONG_END);
    add_in_child(NULL, NULL);
    assert_string_equal(child.output, "");
    assert_int_equal(saved(path), 1);
}

/* Another function, another code. Not another fault, if what comes of it is the same. */
TEST(findings_with_different_causes_are_told_each)
{
    static const struct {
        const char *text;
        bool news;
    } rows[] = {
        {WRONG_END, true},
        {WRONG_CLOSE, true},
        {"DsIsNTDSOnlineW(\".\")  # ERROR_ACCESS_DENIED\n", true},
        {"DsIsNTDSOnlineA(\".\")  # ERROR_ACCESS_DENIED\n", false},
        {"DsIsNTDSOnlineW(\".\") !mem.alloc ENOMEM  # ERROR_ACCESS_DENIED\n", true},
        {"DsIsNTDSOnlineW(\".\") !mem.alloc ENOMEM at 2  # ERROR_ACCESS_DENIED\n", true},
        {"DsIsNTDSOnlineW(\".\") !rpc.reply reset  # ERROR_ACCESS_DENIED\n", true},
        {"DsIsNTDSOnlineW(\".\") !net.recv ECONNRESET  # ERROR_ACCESS_DENIED\n", false},
        {"DsIsNTDSOnlineW(\".\") !mem.alloc ENOMEM  # ERROR_INVALID_PARAMETER\n", true},
    };
    char path[400];
    unsigned told = 0;
    assert_true(findings_open(directory, "test", false));
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        find(rows[i].text);
        add_in_child(NULL, NULL);
        told += rows[i].news;
        assert_int_equal(strstr(child.output, "FINDING asserted code") != NULL, rows[i].news);
        assert_int_equal(saved(path), told);
    }
    /* What a program asserts is what the model says, written down. */
    report.verdict = VERDICT_CODE;
    add_in_child(NULL, NULL);
    assert_string_equal(child.output, "");
}

static void print_table(void *context)
{
    (void)context;
    findings_end(stdout);
}

/* A member of the object "found" of the only finding. */
static void assert_found(const char *key, const char *value)
{
    char path[400];
    const char *why;
    assert_int_equal(saved(path), 1);
    json_t *json = saved_read(path, &why);
    assert_non_null(json);
    json_t *found = json_object_get(json, "found");
    char *text = json_dumps(json_object_get(found, key), JSON_ENCODE_ANY);
    assert_non_null(text);
    assert_string_equal(text, value);
    free(text);
    json_decref(json);
}

TEST(finding_of_an_earlier_search_is_known_and_counted_on)
{
    for (int search = 0; search < 2; search++) {
        assert_true(findings_open(directory, "test", false));
        find(WRONG_END);
        add_in_child("here.txt", NULL);
        assert_int_equal(strstr(child.output, "known since 2") != NULL, search == 1);
        assert_child_said(&child, "again: ");
        add_in_child("there.txt", NULL);
        add_in_child("there.txt", NULL);
        child_run(&child, print_table, NULL);
        assert_child_said(&child, "seen 3 times, e.g. by here.txt\n");
        assert_found("seen", search == 0 ? "3" : "6");
        assert_found("by", "\"test\"");
        assert_found("origin", "\"here.txt\"");
    }
}

/* Its program is another one then: the saved one has become right. */
TEST(saved_finding_that_no_longer_shows_is_replaced)
{
    char path[400], file[500];
    assert_true(findings_open(directory, "test", false));
    find(WRONG_END);
    add_in_child("here.txt", NULL);
    assert_int_equal(saved(path), 1);
    snprintf(file, sizeof file, "%s/program.txt", path);
    FILE *f = fopen(file, "w");
    assert_non_null(f);
    fputs("DsBackupEnd(NULL)\n", f);
    assert_int_equal(fclose(f), 0);
    assert_true(findings_open(directory, "test", false));
    add_in_child("there.txt", NULL);
    assert_child_did_not_say(&child, "known since");
    assert_found("origin", "\"there.txt\"");
    assert_found("seen", "2");
}

TEST(table_says_how_often_each_was_seen_and_by_which_program)
{
    assert_true(findings_open(directory, "test", false));
    find(WRONG_END);
    add_in_child("first.txt", NULL);
    add_in_child("second.txt", NULL);
    find(WRONG_CLOSE);
    add_in_child(NULL, NULL);
    child_run(&child, print_table, NULL);
    assert_child_said(
        &child, "findings:\n"
                "  code:DsBackupEnd:expected S_OK, got ERROR_INVALID_PARAMETER: seen 2 times, "
                "e.g. by first.txt\n"
                "  code:DsBackupClose:expected S_OK, got ERROR_INVALID_PARAMETER: seen 1 time\n");
}

/* No program can say it, as there is nothing to clean up; until one says it without. */
TEST(finding_of_a_fault_in_the_clean_up_is_saved_as_soon_as_a_program_shows_it)
{
    static const struct fault fault = {.class = FAULT_MEM_ALLOC, .nth = 1};
    char path[400];
    assert_true(findings_open(directory, "test", false));
    find(WRONG_END);
    add_in_child("here.txt", &fault);
    assert_child_said(&child, "here.txt:\nwith a fault while its handles were ended:\n");
    assert_child_did_not_say(&child, "again:");
    assert_int_equal(saved(path), 0);
    add_in_child("there.txt", NULL);
    assert_child_said(&child, "again:");
    assert_int_equal(saved(path), 1);
}

TEST(first_finding_ends_its_process_if_that_is_wanted)
{
    char path[400], run[64];
    assert_true(findings_open(directory, "test", true));
    find(WRONG_END);
    snprintf(run, sizeof run, "The first finding, in run %lu\n",
             (unsigned long)run_current()->count);
    add_in_child(NULL, NULL);
    assert_child_ended(&child, EXIT_FAILURE);
    assert_child_said(&child, run);
    assert_int_equal(saved(path), 1);
    /* In the others it is no news. */
    add_in_child(NULL, NULL);
    assert_child_ended(&child, 0);
}

static void open_there(void *context)
{
    if (findings_open(context, "test", false))
        puts("opened");
}

TEST(folder_that_cannot_be_is_refused_before_the_search)
{
    char file[100], below[128];
    snprintf(file, sizeof file, "%s/file", parent);
    snprintf(below, sizeof below, "%s/folder", directory);
    fclose(fopen(file, "w"));
    child_run(&child, open_there, below);
    assert_child_said(&child, "cannot be saved in");
    assert_child_said(&child, "No such file or directory");
    assert_child_did_not_say(&child, "opened");
    child_run(&child, open_there, file);
    assert_child_said(&child, "Not a directory");
    assert_child_did_not_say(&child, "opened");
    child_run(&child, open_there, directory);
    assert_string_equal(child.output, "opened\n");
    assert_int_equal(unlink(file), 0);
}

TEST(finding_that_cannot_be_saved_is_printed_all_the_same)
{
    assert_true(findings_open(directory, "test", false));
    fclose(fopen(directory, "w")); /* meanwhile */
    find(WRONG_END);
    add_in_child(NULL, NULL);
    assert_child_ended(&child, 0);
    assert_child_said(&child, "FINDING asserted code");
    assert_child_said(&child, "cannot be saved: ");
    assert_child_did_not_say(&child, "again:");
    assert_int_equal(unlink(directory), 0);
}
