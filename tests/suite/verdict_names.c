/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdicts: each has a name of its own, which finds it again, and a meaning; a number without a
 * name ends the process.
 */
#include "tests/support/test.h"

#include "faults/world/ledger.h"
#include "faults/world/world.h"
#include "fuzz/run/judge.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

TEST(every_name_finds_its_verdict)
{
    enum verdict found;
    for (unsigned v = 0; v < VERDICTS; v++) {
        const char *name = verdict_name((enum verdict)v);
        assert_true(strlen(name) > 0 && strlen(name) < 48);
        assert_true(verdict_find(name, &found));
        assert_int_equal(found, v);
        /* FINDING NAME: DETAIL */
        assert_null(strchr(name, ':'));
        assert_in_range(strlen(verdict_meaning((enum verdict)v)), 10, 76);
    }
}

TEST(an_unknown_name_finds_nothing)
{
    enum verdict found;
    assert_false(verdict_find("cod", &found));
    assert_false(verdict_find("code ", &found));
    assert_false(verdict_find("", &found));
}

TEST(a_number_without_a_name_ends_the_process)
{
    for (int i = 0; i < 2; i++) {
        int status;
        pid_t pid = fork();
        if (pid == 0) {
            signal(SIGABRT, SIG_DFL);
            close(STDERR_FILENO);
            verdict_name(i == 0 ? VERDICTS : (enum verdict) - 1);
            _exit(0);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
    }
}

/* The ledger knows nothing of verdicts, so both have a table of these names. */
TEST(a_violation_of_the_ledger_is_the_verdict_of_its_name)
{
    for (int v = 0; v < LEDGER_VIOLATIONS; v++) {
        world_reset();
        ledger_violate((enum ledger_violation)v, LEDGER_MEMORY, 1);
        assert_int_equal(ledger_summary().violations, 1);
        assert_string_equal(verdict_name(judge_violation(0)), ledger_violation_name(0));
    }
    world_reset();
}
