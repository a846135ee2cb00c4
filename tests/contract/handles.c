/* SPDX-License-Identifier: Apache-2.0 */
#include "contract.h"
#include "tests/support/test.h"

static const char *const on_handle[] = {
    "b1 = DsBackupGetDatabaseNamesA(%s)",
    "b1 = DsBackupGetDatabaseNamesW(%s)",
    "DsBackupOpenFileA(%s, \"ntds.dit\", 24576)",
    "DsBackupOpenFileW(%s, \"ntds.dit\", 24576)",
    "DsBackupRead(%s, 24576)",
    "DsBackupClose(%s)",
    "b1 = DsBackupGetBackupLogsA(%s)",
    "b1 = DsBackupGetBackupLogsW(%s)",
    "DsBackupTruncateLogs(%s)",
    "DsBackupEnd(%s)",
    "b1 = DsRestoreGetDatabaseLocationsA(%s)",
    "b1 = DsRestoreGetDatabaseLocationsW(%s)",
    "DsRestoreRegisterA(%s, \"store\", 1, 2)",
    "DsRestoreRegisterW(%s, \"store\", 1, 2)",
    "DsRestoreRegisterComplete(%s, 0)",
    "DsRestoreEnd(%s)",
};
enum { FUNCTIONS = sizeof on_handle / sizeof *on_handle };

/* Every function refuses `handle`, after `before`; the live handles beside it are unharmed. */
static void every_function_refuses(const char *handle, const char *before, const char *after)
{
    static char text[16384];
    size_t n = (size_t)snprintf(text, sizeof text, "%s", before);
    for (size_t i = 0; i < FUNCTIONS; i++) {
        char call[128];
        snprintf(call, sizeof call, on_handle[i], handle);
        n += (size_t)snprintf(text + n, sizeof text - n, "%s  # ERROR_INVALID_PARAMETER\n", call);
    }
    n += (size_t)snprintf(text + n, sizeof text - n, "%s", after);
    assert_true(n < sizeof text);
    holds(text);
}

/* contract: handle.no-side-effect */
TEST(null_handle_is_refused_by_every_function)
{
    every_function_refuses("NULL", PREPARE OPEN, READ END);
}

TEST(never_issued_handle_is_refused_by_every_function)
{
    every_function_refuses("never(0x1234)", PREPARE OPEN, READ END);
    every_function_refuses("-1", PREPARE OPEN, READ END);
    every_function_refuses("pointer(h0)", PREPARE OPEN, READ END);
    every_function_refuses("raw(0x7f0012345678)", PREPARE OPEN, READ END);
}

TEST(ended_handle_is_refused_by_every_function)
{
    every_function_refuses("h0", PREPARE END PREPARE_OTHER, "DsBackupEnd(h1)  # S_OK\n");
}

TEST(forged_handle_is_refused_by_every_function)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        char handle[64];
        snprintf(handle, sizeof handle, "forged(h0, 0x%llx)", 1ull << bit);
        every_function_refuses(handle, PREPARE OPEN, READ END);
    }
}

TEST(handle_of_a_reused_slot_is_refused_by_every_function)
{
    every_function_refuses("stale(h0)", PREPARE END PREPARE OPEN, READ END);
}

TEST(restore_handle_is_refused_by_backup_functions)
{
    char text[2048];
    size_t n =
        (size_t)snprintf(text, sizeof text, "h0 = DsRestorePrepareW(\".\", 0, NULL)  # S_OK\n");
    for (size_t i = 0; i < FUNCTIONS; i++)
        if (strstr(on_handle[i], "DsBackup") != NULL) {
            n += (size_t)snprintf(text + n, sizeof text - n, on_handle[i], "h0");
            n += (size_t)snprintf(text + n, sizeof text - n, "  # ERROR_INVALID_PARAMETER\n");
        }
    snprintf(text + n, sizeof text - n, "DsRestoreEnd(h0)  # S_OK\n");
    holds(text);
}

TEST(backup_handle_is_refused_by_restore_functions)
{
    char text[2048];
    size_t n = (size_t)snprintf(text, sizeof text, PREPARE);
    for (size_t i = 0; i < FUNCTIONS; i++)
        if (strstr(on_handle[i], "DsRestore") != NULL) {
            n += (size_t)snprintf(text + n, sizeof text - n, on_handle[i], "h0");
            n += (size_t)snprintf(text + n, sizeof text - n, "  # ERROR_INVALID_PARAMETER\n");
        }
    snprintf(text + n, sizeof text - n, END);
    holds(text);
}

TEST(second_end_is_refused)
{
    holds(PREPARE END "DsBackupEnd(h0)  # ERROR_INVALID_PARAMETER\n");
    holds("h0 = DsRestorePrepareW(\".\", 0, NULL)  # S_OK\nDsRestoreEnd(h0)  # S_OK\n"
          "DsRestoreEnd(h0)  # ERROR_INVALID_PARAMETER\n");
}

/* run.h judges that the handle is dead and that nothing is left; the code says that it
   was not told. */
TEST(end_with_lost_connection_consumes_the_handle)
{
    holds_with_fault(PREPARE "DsBackupEnd(h0) !net.send EPIPE  # RPC_S_CALL_FAILED_DNE\n"
                             "DsBackupEnd(h0)  # ERROR_INVALID_PARAMETER\n");
    holds_with_fault(PREPARE OPEN "DsBackupEnd(h0) !net.recv ECONNRESET  # RPC_S_CALL_FAILED\n"
                                  "DsBackupEnd(h0)  # ERROR_INVALID_PARAMETER\n");
}

TEST(end_with_no_answer_consumes_the_handle_at_the_deadline)
{
    /* In segments the client finds the socket not ready, and waits. */
    holds_with_fault("world segment 64\n" PREPARE "DsBackupEnd(h0) !net.poll timeout persistent\n"
                     "DsBackupEnd(h0)  # ERROR_INVALID_PARAMETER\n");
}

TEST(lost_association_fails_later_calls_without_reconnecting)
{
    holds_with_fault(PREPARE OPEN
                     "DsBackupRead(h0, 24576) !net.recv ECONNRESET  # RPC_S_CALL_FAILED\n"
                     "DsBackupRead(h0, 24576)  # RPC_S_CALL_FAILED_DNE\n"
                     "b1 = DsBackupGetDatabaseNamesW(h0)  # RPC_S_CALL_FAILED_DNE\n"
                     "DsBackupEnd(h0)  # RPC_S_CALL_FAILED_DNE\n"
                     "DsBackupEnd(h0)  # ERROR_INVALID_PARAMETER\n");
}
