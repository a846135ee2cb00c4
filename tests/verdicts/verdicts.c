/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each verdict catches the target that is wrong in just that way, and leaves the right one alone.
 */
#include "tests/support/test.h"

#include "stub.h"

#include "fuzz/program/program_text.h"
#include "fuzz/run/run.h"
#include "fuzz/scene/state_files.h"

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
    enum verdict verdict;
    const char *program;
} rows[] = {
    {BUG_WRONG_CODE, VERDICT_CODE, PREPARE "DsBackupOpenFileA(h, \"edb.chk\", 24576)\n" END},
    /* contract: failure.reported */
    {BUG_SWALLOWS, VERDICT_SWALLOWED,
     "h, t = DsBackupPrepareW(\".\", 0, FULL) !mem.alloc ENOMEM at 3\n"},
    {BUG_CLOSES_THE_OPEN_FILE, VERDICT_STATE, PREPARE OPEN OPEN END},
    {BUG_FLIPS_A_BIT, VERDICT_DATA, PREPARE OPEN READ END},
    {BUG_WRONG_SIZE, VERDICT_DATA, PREPARE OPEN END},
    {BUG_WRONG_ANSWER, VERDICT_DATA, "DsIsNTDSOnlineW(\".\")\n"},
    {BUG_STALE_HANDLE, VERDICT_INVALID_HANDLE_ACCEPTED, PREPARE END END},
    {BUG_TOUCHES_OUTPUT, VERDICT_OUTPUT_TOUCHED, PREPARE END READ},
    {BUG_ASKS_ABOUT_ANY_HANDLE, VERDICT_SIDE_EFFECT, PREPARE END END},
    {BUG_LEAVES_OUTPUT, VERDICT_OUTPUT_NOT_CLEARED,
     "h, t = DsBackupPrepareW(\".\", 0, FULL) !net.connect ECONNREFUSED\n"},
    {BUG_COUNT_TOO_LARGE, VERDICT_READ_COUNT, PREPARE OPEN READ END},
    {BUG_END_NEEDS_THE_SERVER, VERDICT_END_KEPT_HANDLE,
     PREPARE "DsBackupEnd(h) !rpc.reply reset\n"},
    {BUG_TWO_HANDLES, VERDICT_HANDLE_TABLE, PREPARE END},
    {BUG_CLIENT_LEAKS, VERDICT_LEFT_ON_CLIENT, PREPARE END},
    {BUG_SERVER_LEAKS, VERDICT_LEFT_ON_SERVER, PREPARE END},
    {BUG_KEEPS_SESSION, VERDICT_STATE, PREPARE "DsBackupEnd(h) !rpc.request reset\n"},
    {BUG_FREES_TWICE, VERDICT_DOUBLE_RELEASE, PREPARE END},
    {BUG_FREES_WHAT_IS_NOT_ITS_OWN, VERDICT_NEVER_ACQUIRED, PREPARE END},
    {BUG_USES_A_CLOSED_SOCKET, VERDICT_USE_AFTER_RELEASE, PREPARE END},
    {BUG_WAITS_FOR_EVER, VERDICT_WAIT_WITHOUT_END, PREPARE "DsBackupEnd(h) !rpc.reply lost\n"},
    {BUG_KEEPS_THE_PASSWORD, VERDICT_SECRET_RELEASED, "DsSetAuthIdentityA(\"operator\")\n"},
    {BUG_COPIES_THE_PASSWORD, VERDICT_SECRET_LEFT, "DsSetAuthIdentityA(\"operator\")\n"},
    {BUG_TELLS_THE_PASSWORD, VERDICT_SECRET_SENT,
     "DsSetAuthIdentityA(\"operator\")\nDsIsNTDSOnlineW(\".\")\n"},
    {BUG_LOOPS, VERDICT_TIME, PREPARE END},
    {BUG_DIFFERS, VERDICT_NOT_THE_SAME, PREPARE OPEN READ END},
    {BUG_KEEPS_A_LOCK, VERDICT_LOCK_KEPT, PREPARE}, /* in the clean-up */
    {BUG_LOCK_SPANS_CALLS, VERDICT_LOCK_KEPT, PREPARE END},
    {BUG_ODD_ANSWER, VERDICT_WRONG_OUTPUT, "DsIsNTDSOnlineW(\".\")\n"},
    {BUG_FREES_NOTHING, VERDICT_BUFFER_TABLE, PREPARE END "DsBackupFree(t)\n"},
    {BUG_KEEPS_CONNECTION, VERDICT_LEFT_ON_SERVER, PREPARE END},
    {BUG_LOCKS_TWICE, VERDICT_LOCKED_TWICE, PREPARE END},
    {BUG_UNLOCKS_TWICE, VERDICT_UNLOCKED_FREE, PREPARE END},
    {BUG_DESTROYS_A_HELD_LOCK, VERDICT_DESTROYED_LOCKED, PREPARE END},
    {BUG_LOCK_IS_NOT_DURABLE, VERDICT_STATE, REGISTER "PowerFail()\nServerStart(NORMAL)\n"},
    {BUG_SAME_HANDLE_AGAIN, VERDICT_HANDLE_ISSUED_TWICE, PREPARE END PREPARE END},
    {BUG_SLOW, VERDICT_TIME, PREPARE "DsBackupEnd(h) !rpc.reply lost\n"},
    {BUG_SHOWS_MEMORY, VERDICT_NOT_THE_SAME, PREPARE OPEN READ END},
    {BUG_CANNOT_START_TWICE, VERDICT_NO_RESTART, REGISTER "PowerFail()\n"},
    /* The programs' own assertions have a verdict as well: no bug is needed for a wrong one. */
    {STUB_RIGHT, VERDICT_ASSERTED_CODE, PREPARE "DsBackupEnd(h) # ERROR_ACCESS_DENIED\n"},
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
    run_program_twice(&program, NULL, &report);
    stub_bug = STUB_RIGHT;
}

static void wrong_target_is_caught(const void *row)
{
    const struct row *r = row;
    run(r, r->bug);
    if (!report.finding)
        fail_msg("not caught:\n%s", r->program);
    if (report.verdict != r->verdict) {
        run_print(&program, &report, stdout);
        fail_msg("caught by \"%s\" instead of \"%s\"", verdict_name(report.verdict),
                 verdict_name(r->verdict));
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
        fail_msg("a finding for a target that is right: %s", verdict_name(report.verdict));
    }
    assert_int_equal(report.call_count, program.call_count);
}

/* The stub's server takes any token for its own, and makes no key that the scene could sign with.
 */
static uint32_t make_token(int64_t made, void *out)
{
    memcpy(out, &made, sizeof made);
    return sizeof made;
}

/* Two tests a row, named after the bug's verdict. */
__attribute__((constructor)) static void register_rows(void)
{
    static struct test tests[ROWS][2];
    static char names[ROWS][2][64];
    scene_set_token_maker(make_token);
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t right = 0; right < 2; right++) {
            snprintf(names[i][right], sizeof names[i][right], "%02zu_%s_%s", i,
                     right ? "right" : "wrong", verdict_name(rows[i].verdict));
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
