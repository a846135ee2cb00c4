/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worst case of the minimiser: a program of as many calls as there can be, of which none can
 * be left out. Trials are what it takes time for, so they are counted.
 */
#include "tests/support/test.h"

#include "fuzz/program/program_text.h"
#include "fuzz/search/minimise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct program program;
static struct run_report report;

/* A token that expires by the last step of the clock. */
static void make_steps(void)
{
    enum { STEPS = PROGRAM_MAX_CALLS - 2, LIFETIME = 60 * 24 * 3600 };
    char *text;
    size_t size;
    struct program_error error;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    fputs("h, t = DsBackupPrepareW(\".\", 0, FULL)\n", out);
    for (int i = 0; i < STEPS; i++)
        fprintf(out, "ClockForward(%d)\n", LIFETIME / STEPS + 1);
    fputs("DsRestoreCheckExpiryToken(t)  # S_OK\n", out);
    fclose(out);
    assert_true(program_parse(&program, text, size, &error));
    free(text);
}

TEST(calls_of_which_none_can_go_take_a_few_trials_each)
{
    make_steps();
    assert_int_equal(program.call_count, PROGRAM_MAX_CALLS);
    assert_true(minimise(&program, &report));
    assert_int_equal(report.verdict, VERDICT_ASSERTED_CODE);
    assert_int_equal(program.call_count, PROGRAM_MAX_CALLS);
    assert_false(minimise_was_late());
    assert_in_range(minimise_trials(), PROGRAM_MAX_CALLS, 4 * PROGRAM_MAX_CALLS);
}
