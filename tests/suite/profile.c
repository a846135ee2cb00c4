/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a profile changes in the judgement of a program, shown on the reference, which has none of
 * these differences. Lines add up, so each test has rows and functions of its own.
 */
#include "tests/support/test.h"

#include "fuzz/model/profile.h"
#include "fuzz/program/program_text.h"
#include "fuzz/run/run.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct run_report report;

static bool is_clean(const char *text)
{
    static struct program program;
    struct program_error error;
    assert_true(program_parse(&program, text, strlen(text), &error));
    return run_program(&program, NULL, &report);
}

static void read_lines(const char *text)
{
    char why[160] = "";
    if (!profile_read(text, why, sizeof why))
        fail_msg("%s", why);
}

static void assert_printed(const char *line)
{
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    profile_print(out);
    fclose(out);
    if (strstr(text, line) == NULL)
        fail_msg("'%s' is not in:\n%s", line, text);
    free(text);
}

TEST(nothing_differs_at_first)
{
    assert_true(profile_is_empty());
    assert_true(is_clean("h = DsBackupPrepareW(\".\", 0, FULL)\nDsBackupEnd(h)\n"));
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    profile_print(out);
    fclose(out);
    assert_int_equal(n, 0);
    free(text);
}

TEST(wrong_lines_are_refused)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        {"open-file.twice", "line 1: it must be"},
        {"\n# a remark\nopen-file.twice is off\n", "line 3: it must be"},
        {"open-file.thrice off", "line 1: there is no row"},
        {"DsBackupRead -> hrDiskIO", "line 1: there is no row"},
        {"open-file.twice -> hrNothing", "line 1: there is no code"},
        {"open-file.twice -> S_OK", "line 1: a row that is answered with success"},
        {"open-file.twice off off", "line 1: it must be"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char why[160];
        assert_false(profile_read(rows[i].text, why, sizeof why));
        if (strncmp(why, rows[i].why, strlen(rows[i].why)) != 0)
            fail_msg("%s: %s", rows[i].text, why);
    }
}

TEST(another_code_is_expected)
{
    static const char closes[] = "h = DsBackupPrepareW(\".\", 0, FULL)\nDsBackupClose(h)\n";
    assert_true(is_clean(closes));
    read_lines("close.no-file -> hrDiskIO # as it says\n");
    assert_false(is_clean(closes));
    assert_int_equal(report.verdict, VERDICT_CODE);
    assert_int_equal(report.expected, hrDiskIO);
    assert_int_equal(report.got, hrInvalidHandle);
    assert_printed("  close.no-file -> hrDiskIO\n");
}

TEST(a_row_that_is_off_makes_the_model_blind)
{
    static const char opens[] = "h = DsBackupPrepareW(\".\", 0, FULL)\n"
                                "DsBackupRead(h, 24576)\n"
                                "DsBackupOpenFileW(h, \"ntds.dit\", 24576)\n"
                                "DsBackupRead(h, 24576)\n";
    read_lines("read.no-file -> hrDiskIO\n");
    assert_false(is_clean(opens));
    read_lines("read.no-file off\n");
    assert_true(is_clean(opens));
    assert_int_equal(report.call_count, 4);
    assert_printed("  read.no-file off; in 1 runs the model went blind there\n");
}

TEST(a_program_ends_before_a_handle_that_it_may_not_pass)
{
    read_lines("handle.other-kind off\n");
    assert_true(
        is_clean("h = DsBackupPrepareW(\".\", 0, FULL)\nDsRestoreEnd(h)\nDsBackupEnd(h)\n"));
    assert_int_equal(report.call_count, 1);
    assert_printed("  handle.other-kind off; 1 runs ended before such a call\n");
    assert_true(is_clean("h = DsBackupPrepareW(\".\", 0, FULL)\nDsBackupEnd(h)\n"));
    assert_int_equal(report.call_count, 2);
}

TEST(a_function_is_called_in_its_other_form)
{
    static const char asks[] = "DsIsNTDSOnlineW(\".\")\n";
    read_lines("DsIsNTDSOnlineW off\n");
    assert_true(is_clean(asks));
    assert_int_equal(report.call_count, 1);
    read_lines("DsIsNTDSOnlineA off\n");
    assert_true(is_clean(asks));
    assert_int_equal(report.call_count, 0);
    assert_printed("  no DsIsNTDSOnlineW: 1 runs left out\n");
}

TEST(what_cannot_be_seen_is_said)
{
    profile_goes_without(PROFILE_TCP);
    assert_true(is_clean("world tcp\nh = DsBackupPrepareW(\".\", 0, FULL)\n"));
    assert_int_equal(report.call_count, 0);
    assert_printed("  it has no TCP port\n  1 runs over TCP left out\n");
}
