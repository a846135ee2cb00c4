/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What there is a bounded number of is not used up by what fails, nor by what was ended: more calls
 * than there are handles, in one process, and then one more that works.
 */
#include "contract.h"
#include "tests/support/test.h"

#include "fuzz/scene/service.h"

#include <windows.h>

#include <ntdsbcli.h>

enum { HANDLES = 4096, TIMES = HANDLES + 1 };

/* Both kinds of session work, and all can be ended. */
static void works(void *context)
{
    const WCHAR here[] = {'.', 0};
    HBC hbc = NULL;
    PVOID token = NULL;
    DWORD bytes = 0;
    const char *after = context;
    HRESULT result = DsBackupPrepareW(here, 0, BACKUP_TYPE_FULL, &token, &bytes, &hbc);
    if (result != S_OK)
        fail_msg("after %d times '%s': 0x%08x", TIMES, after, (unsigned)result);
    assert_int_equal(DsBackupEnd(hbc), S_OK);
    DsBackupFree(token);
}

static void endures(const char *text)
{
    static struct program program;
    struct program_error error;
    if (!program_parse(&program, text, strlen(text), &error))
        fail_msg("'%s': column %u: expected %s", text, error.column, error.expected);
    run_repeatedly(&program, TIMES, works, (void *)(uintptr_t)text);
}

/* contract: handle.limit */
TEST(sessions_that_cannot_be_prepared_use_up_nothing)
{
    static const char *const faults[] = {
        "net.socket EMFILE",    "net.event ENFILE",  "net.connect ECONNREFUSED",
        "net.send EPIPE",       "rpc.bind lost",     "rpc.bind_ack nak-local-limit-exceeded",
        "rpc.bind_ack version", "rpc.request reset", "rpc.reply fault-access-denied",
        "rpc.reply stub-short", "rpc.reply lost",
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        char text[128];
        snprintf(text, sizeof text, "h0, b0 = DsBackupPrepareW(\".\", 0, FULL) !%s", faults[i]);
        endures(text);
        snprintf(text, sizeof text, "h0 = DsRestorePrepareW(\".\", 0, NULL) !%s", faults[i]);
        endures(text);
    }
    endures("h0, b0 = DsBackupPrepareA(\"nowhere\", 0, FULL)");
    endures("h0, b0 = DsBackupPrepareW(\"dc2.example.test\", 0, FULL)");
}

TEST(sessions_without_memory_use_up_nothing)
{
    enum { ALLOCATIONS = 12 };
    for (int n = 1; n <= ALLOCATIONS; n++) {
        char text[128];
        snprintf(text, sizeof text,
                 "h0, b0 = DsBackupPrepareW(\".\", 0, FULL) !mem.alloc ENOMEM at %d", n);
        endures(text);
    }
}

TEST(sessions_that_have_ended_use_up_nothing)
{
    endures("h0, b0 = DsBackupPrepareW(\".\", 0, FULL)\n"
            "DsBackupEnd(h0)");
    endures("h0, b0 = DsBackupPrepareW(\".\", 0, FULL)\n"
            "DsBackupEnd(h0) !rpc.reply lost");
    endures("h0 = DsRestorePrepareW(\".\", 0, NULL)\n"
            "DsRestoreEnd(h0) !rpc.request lost");
}
