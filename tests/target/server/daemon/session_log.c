/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the daemon's log says of each call: failures of the server are errors, refusals and sessions
 * are told at the usual level, all else is for debugging.
 *
 * contract: daemon.log
 */
#include "tests/support/standard_error.h"
#include "tests/support/test.h"

#include <windows.h>

#include "target/server/daemon/log.h"
#include "target/server/daemon/session_log.h"

#include <ntdsbmsg.h>

#include <string.h>

static struct peer_table nobody;
static struct session_log session_log = {.peers = &nobody};

struct ended {
    const char *operation;
    uint32_t fault;
    int32_t result;
    enum log_level level;
    const char *text; /* NULL: nothing is said */
};

static void end(const void *what)
{
    const struct ended *e = what;
    struct ntdsb_server_observer o = session_log_observer(&session_log);
    log_start(e->level);
    o.called(e->operation, e->fault, e->result, o.context);
}

static void expect(struct ended e)
{
    const char *said = standard_error_of(end, &e);
    if (e.text == NULL)
        assert_string_equal(said, "");
    else if (strstr(said, e.text) == NULL)
        fail_msg("'%s' is not in: %s", e.text, said);
}

TEST(failure_of_the_server_is_an_error_whichever_call_meets_it)
{
    static const int32_t codes[] = {ERROR_NOT_ENOUGH_SERVER_MEMORY,
                                    hrDiskIO,
                                    hrDiskFull,
                                    hrOutOfFileHandles,
                                    hrFileAccessDenied,
                                    hrLogFileCorrupt,
                                    hrMissingLogFile,
                                    hrReadVerifyFailure};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        expect((struct ended){"Read", 0, codes[i], LOG_LEVEL_ERROR, "nobody: Read failed: "});
        expect((struct ended){"Prepare", 0, codes[i], LOG_LEVEL_ERROR, "nobody: Prepare failed: "});
    }
}

TEST(refusal_is_told_where_it_matters_to_an_operator)
{
    expect((struct ended){"Prepare", 0, hrBackupInProgress, LOG_LEVEL_INFO, "Prepare refused: "});
    expect((struct ended){"Prepare", 0, hrBackupInProgress, LOG_LEVEL_ERROR, NULL});
    expect((struct ended){"Read", 0, ERROR_ACCESS_DENIED, LOG_LEVEL_INFO, "Read refused: "});
    expect((struct ended){"Read", 0, hrInvalidHandle, LOG_LEVEL_INFO, NULL});
    expect((struct ended){"Read", 0, hrInvalidHandle, LOG_LEVEL_DEBUG, "Read: "});
}

TEST(sessions_are_told_when_they_begin_and_end)
{
    static const char *const operations[] = {"Prepare",
                                             "TruncateLogs",
                                             "End",
                                             "RestorePrepare",
                                             "RestoreRegister",
                                             "RestoreEnd",
                                             "RestoreSetCurrentLogNumber"};
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        expect((struct ended){operations[i], 0, S_OK, LOG_LEVEL_INFO, "nobody: "});
        expect((struct ended){operations[i], 0, S_OK, LOG_LEVEL_ERROR, NULL});
    }
    expect((struct ended){"Read", 0, S_OK, LOG_LEVEL_INFO, NULL});
    expect((struct ended){"Read", 0, S_OK, LOG_LEVEL_DEBUG, "Read: done"});
    expect((struct ended){"Read", 0x1c01000b, S_OK, LOG_LEVEL_INFO, NULL});
    expect((struct ended){"Read", 0x1c01000b, S_OK, LOG_LEVEL_DEBUG, "Read: fault 0x1C01000B"});
}

static uint32_t judged;

static void refuse(const void *user)
{
    struct ntdsb_server_observer o = session_log_observer(&session_log);
    o.refused("EXAMPLE", user, judged, o.context);
}

TEST(peer_who_is_refused_is_named_on_one_line)
{
    log_start(LOG_LEVEL_INFO);
    judged = ERROR_ACCESS_DENIED;
    assert_non_null(strstr(standard_error_of(refuse, "eve\nroot"),
                           "or a wrong password ('EXAMPLE\\eve\\x0aroot')\n"));
    log_start(LOG_LEVEL_ERROR);
    assert_string_equal(standard_error_of(refuse, "eve"), "");
    judged = ERROR_NOT_ENOUGH_SERVER_MEMORY;
    assert_non_null(
        strstr(standard_error_of(refuse, "eve"), "refused: out of memory for judging the account"));
}
