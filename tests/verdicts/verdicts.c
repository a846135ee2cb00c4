/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each verdict catches the target that is wrong in just that way, and leaves the right one alone.
 */
#include "tests/support/test.h"

#include "stub.h"

#include "fuzz/program/program_text.h"
#include "fuzz/run/run.h"

#include <string.h>

#define PREPARE "h, t = DsBackupPrepareW(\".\", 0, FULL)\n"
#define OPEN    "DsBackupOpenFileA(h, \"temp.pat\", 24576)\n"
#define READ    "DsBackupRead(h, 24576)\n"
#define END     "DsBackupEnd(h)\n"
#define REGISTER                                                                                   \
    "world restore-mode\n"                                                                         \
    "r = DsRestorePrepareW(\".\", 0, b15)\nDsRestoreRegisterW(r, \"store\", 1, 2)\n"

static const struct row {
    enum stub_bug bug;
    const char *verdict;
    const char *program;
} rows[] = {
    {BUG_WRONG_CODE, "code", PREPARE "DsBackupOpenFileA(h, \"edb.chk\", 24576)\n" END},
    /* contract: failure.reported */
    {BUG_SWALLOWS, "swallowed", "h, t = DsBackupPrepareW(\".\", 0, FULL) !mem.alloc ENOMEM at 3\n"},
    {BUG_CLOSES_THE_OPEN_FILE, "state", PREPARE OPEN OPEN END},
    {BUG_FLIPS_A_BIT, "data", PREPARE OPEN READ END},
    {BUG_WRONG_SIZE, "data", PREPARE OPEN END},
    {BUG_WRONG_ANSWER, "data", "DsIsNTDSOnlineW(\".\")\n"},
    {BUG_STALE_HANDLE, "invalid handle accepted", PREPARE END END},
    {BUG_TOUCHES_OUTPUT, "output touched", PREPARE END READ},
    {BUG_ASKS_ABOUT_ANY_HANDLE, "side effect of an invalid handle", PREPARE END END},
    {BUG_LEAVES_OUTPUT, "output not cleared",
     "h, t = DsBackupPrepareW(\".\", 0, FULL) !net.connect ECONNREFUSED\n"},
    {BUG_COUNT_TOO_LARGE, "read count", PREPARE OPEN READ END},
    {BUG_END_NEEDS_THE_SERVER, "End did not consume the handle",
     PREPARE "DsBackupEnd(h) !rpc.reply reset\n"},
    {BUG_TWO_HANDLES, "handle table", PREPARE END},
    {BUG_CLIENT_LEAKS, "left behind on the client", PREPARE END},
    {BUG_SERVER_LEAKS, "left behind on the server", PREPARE END},
    {BUG_KEEPS_SESSION, "state", PREPARE "DsBackupEnd(h) !rpc.request reset\n"},
    {BUG_FREES_TWICE, "double release", PREPARE END},
    {BUG_FREES_WHAT_IS_NOT_ITS_OWN, "release of what was never acquired", PREPARE END},
    {BUG_USES_A_CLOSED_SOCKET, "use after release", PREPARE END},
    {BUG_WAITS_FOR_EVER, "wait without end", PREPARE "DsBackupEnd(h) !rpc.reply lost\n"},
    {BUG_KEEPS_THE_PASSWORD, "secret in released memory", "DsSetAuthIdentityA(\"operator\")\n"},
    {BUG_LOOPS, "time", PREPARE END},
    {BUG_DIFFERS, "not the same again", PREPARE OPEN READ END},
    {BUG_KEEPS_A_LOCK, "lock kept", PREPARE}, /* in the clean-up */
    {BUG_LOCK_SPANS_CALLS, "lock kept", PREPARE END},
    {BUG_ODD_ANSWER, "wrong output", "DsIsNTDSOnlineW(\".\")\n"},
    {BUG_FREES_NOTHING, "buffer table", PREPARE END "DsBackupFree(t)\n"},
    {BUG_KEEPS_CONNECTION, "left behind on the server", PREPARE END},
    {BUG_LOCKS_TWICE, "locked twice", PREPARE END},
    {BUG_UNLOCKS_TWICE, "unlocked without a lock", PREPARE END},
    {BUG_DESTROYS_A_HELD_LOCK, "destroyed while locked", PREPARE END},
    {BUG_LOCK_IS_NOT_DURABLE, "state", REGISTER "PowerFail()\nServerStart(NORMAL)\n"},
    {BUG_SAME_HANDLE_AGAIN, "handle issued twice", PREPARE END PREPARE END},
    {BUG_SLOW, "time", PREPARE "DsBackupEnd(h) !rpc.reply lost\n"},
    {BUG_SHOWS_MEMORY, "not the same again", PREPARE OPEN READ END},
    {BUG_CANNOT_START_TWICE, "the service does not start again", REGISTER "PowerFail()\n"},
    /* The programs' own assertions are a verdict, too: no bug is needed for a wrong one. */
    {STUB_RIGHT, "asserted code", PREPARE "DsBackupEnd(h) # ERROR_ACCESS_DENIED\n"},
};
enum { ROWS = sizeof rows / sizeof *rows };

static struct program program;
static struct run_report report;

static void run(const struct row *r, enum stub_bug bug)
{
    struct program_error error;
    if (!program_parse(&program, r->program, strlen(r->program), &error))
        fail_msg("%u:%u: expected %s in\n%s", error.line, error.column, error.expected, r->program);
    stub_bug = bug;
    run_program_twice(&program, &report);
    stub_bug = STUB_RIGHT;
}

static void wrong_target_is_caught(const void *row)
{
    const struct row *r = row;
    run(r, r->bug);
    if (!report.finding)
        fail_msg("not caught:\n%s", r->program);
    if (strcmp(report.verdict, r->verdict) != 0) {
        run_print(&program, &report, stdout);
        fail_msg("caught by \"%s\" instead of \"%s\"", report.verdict, r->verdict);
    }
}

static void right_target_is_left_alone(const void *row)
{
    const struct row *r = row;
    if (r->bug == STUB_RIGHT)
        return;
    run(r, STUB_RIGHT);
    if (report.finding) {
        run_print(&program, &report, stdout);
        fail_msg("a finding for a target that is right: %s", report.verdict);
    }
    assert_int_equal(report.call_count, program.call_count);
}

/* Two tests a row, named after the bug's verdict. */
__attribute__((constructor)) static void register_rows(void)
{
    static struct test tests[ROWS][2];
    static char names[ROWS][2][64];
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t right = 0; right < 2; right++) {
            snprintf(names[i][right], sizeof names[i][right], "%02zu_%s_%s", i,
                     right ? "right" : "wrong", rows[i].verdict);
            tests[i][right] = (struct test){
                .name = names[i][right],
                .run_row = right ? right_target_is_left_alone : wrong_target_is_caught,
                .row = &rows[i],
            };
            test_register(&tests[i][right]);
        }
    }
}

TEST(every_bug_of_the_stub_has_a_row)
{
    for (int bug = STUB_RIGHT + 1; bug < STUB_BUGS; bug++) {
        unsigned n = 0;
        for (size_t i = 0; i < ROWS; i++)
            n += rows[i].bug == (enum stub_bug)bug;
        assert_int_equal(n, 1);
    }
}
