/* SPDX-License-Identifier: Apache-2.0 */
#include "contract.h"
#include "tests/support/test.h"

#include "fuzz/scene/service.h"

TEST(prepare_refuses_a_null_server_or_handle_pointer)
{
    holds("h0, b0 = DsBackupPrepareW(NULL, 0, FULL)  # ERROR_INVALID_PARAMETER\n"
          "h0, b0 = DsBackupPrepareA(NULL, 0, FULL)  # ERROR_INVALID_PARAMETER\n"
          "b0 = DsBackupPrepareW(\".\", 0, FULL, phbc=NULL)  # ERROR_INVALID_PARAMETER\n"
          "b0 = DsBackupPrepareA(\".\", 0, FULL, phbc=NULL)  # ERROR_INVALID_PARAMETER\n");
}

TEST(prepare_refuses_types_other_than_full)
{
    holds("h0, b0 = DsBackupPrepareW(\".\", 0, 0)  # ERROR_INVALID_PARAMETER\n"
          "h0, b0 = DsBackupPrepareW(\".\", 0, LOGS_ONLY)  # ERROR_INVALID_PARAMETER\n"
          "h0, b0 = DsBackupPrepareA(\".\", 0, INCREMENTAL)  # ERROR_INVALID_PARAMETER\n"
          "h0, b0 = DsBackupPrepareA(\".\", 0, 5)  # ERROR_INVALID_PARAMETER\n"
          "h0, b0 = DsBackupPrepareW(\".\", 0, 0x80000001)  # ERROR_INVALID_PARAMETER\n");
}

TEST(prepare_refuses_a_grbit_other_than_zero)
{
    holds("h0, b0 = DsBackupPrepareW(\".\", 1, FULL)  # ERROR_INVALID_PARAMETER\n"
          "h0, b0 = DsBackupPrepareA(\".\", 0x80000000, FULL)  # ERROR_INVALID_PARAMETER\n");
}

TEST(prepare_without_token_pointers_is_hr_invalid_param)
{
    holds("h0 = DsBackupPrepareW(\".\", 0, FULL, ppvExpiryToken=NULL)  # hrInvalidParam\n"
          "h0, b0 = DsBackupPrepareW(\".\", 0, FULL, pcbExpiryTokenSize=NULL)  # hrInvalidParam\n"
          "h0 = DsBackupPrepareA(\".\", 0, FULL, ppvExpiryToken=NULL, pcbExpiryTokenSize=NULL)  # "
          "hrInvalidParam\n");
}

/* contract: prepare.fails-clean */
TEST(prepare_out_of_memory_gives_no_handle_and_leaves_nothing)
{
    /* Every allocation of the call in turn, until it succeeds: run.h judges that all outputs are
       cleared and that neither side holds anything. */
    unsigned fired = 0;
    for (unsigned nth = 1; nth < 200; nth++) {
        char text[160];
        snprintf(text, sizeof text,
                 "h0, b0 = DsBackupPrepareW(\".\", 0, FULL) !mem.alloc ENOMEM at %u\n", nth);
        struct run_report *r = holds(text);
        if (r->faults_fired == 0) {
            assert_int_equal(r->results[0], 0);
            assert_true(fired > 3);
            return;
        }
        assert_int_not_equal(r->results[0], 0);
        fired++;
    }
    fail_msg("the fault never stopped firing");
}

TEST(prepare_whose_reply_is_lost_is_run_down)
{
    /* The second recv brings the reply to Prepare; the first is the bind_ack. */
    holds_with_fault("h0, b0 = DsBackupPrepareW(\".\", 0, FULL) !net.recv ECONNRESET at 2  # "
                     "RPC_S_CALL_FAILED\n" PREPARE END);
}

TEST(malformed_or_unknown_server_names_cannot_connect)
{
    holds("h0, b0 = DsBackupPrepareW(\"\", 0, FULL)  # hrCouldNotConnect\n"
          "h0, b0 = DsBackupPrepareA(\"a_b\", 0, FULL)  # hrCouldNotConnect\n"
          "h0, b0 = DsBackupPrepareW(\"\\\\\", 0, FULL)  # hrCouldNotConnect\n"
          "h0, b0 = DsBackupPrepareW(\"\\\\\\\\\", 0, FULL)  # hrCouldNotConnect\n"
          "h0, b0 = DsBackupPrepareW(\"\\\\\\\\\\\\.\", 0, FULL)  # hrCouldNotConnect\n"
          "h0, b0 = DsBackupPrepareA(\"dc1\\\\share\", 0, FULL)  # hrCouldNotConnect\n"
          "h0, b0 = DsBackupPrepareW(\"\\xed\\xa0\\x80\", 0, FULL)  # hrCouldNotConnect\n"
          "h0, b0 = DsBackupPrepareW(\"nowhere\", 0, FULL)  # hrCouldNotConnect\n"
          "h0 = DsRestorePrepareA(\"a_b\", 0, NULL)  # hrCouldNotConnect\n"
          "DsSetCurrentBackupLogW(\"nowhere\", 1)  # hrCouldNotConnect\n");
}

TEST(another_machine_is_an_invalid_binding)
{
    holds("h0, b0 = DsBackupPrepareW(\"dc2.example.test\", 0, FULL)  # RPC_S_INVALID_BINDING\n"
          "h0 = DsRestorePrepareA(\"dc2.example.test\", 0, NULL)  # RPC_S_INVALID_BINDING\n"
          "DsIsNTDSOnlineW(\"dc2.example.test\")  # RPC_S_INVALID_BINDING\n");
}

TEST(leading_backslashes_are_optional)
{
    holds("DsIsNTDSOnlineA(\"\\\\\\\\DC1\")  # S_OK\nDsIsNTDSOnlineW(\"dc1\")  # S_OK\n"
          "DsIsNTDSOnlineA(\"localhost\")  # S_OK\nDsIsNTDSOnlineW(\"\\\\\\\\.\")  # S_OK\n");
}

TEST(nothing_listening_cannot_connect)
{
    holds_with_fault(
        "h0, b0 = DsBackupPrepareW(\".\", 0, FULL) !net.connect ECONNREFUSED  # hrCouldNotConnect\n"
        "DsIsNTDSOnlineW(\".\") !net.connect ENOENT  # hrCouldNotConnect\n");
}

TEST(prepare_while_the_directory_is_offline_cannot_connect)
{
    holds("world restore-mode\nh0, b0 = DsBackupPrepareW(\".\", 0, FULL)  # hrCouldNotConnect\n");
}

TEST(online_answers_in_both_modes_and_refuses_null)
{
    holds("DsIsNTDSOnlineW(\".\")  # S_OK\nDsIsNTDSOnlineA(\".\", pfNTDSOnline=NULL)  # "
          "ERROR_INVALID_PARAMETER\n"
          "DsIsNTDSOnlineA(NULL)  # ERROR_INVALID_PARAMETER\n");
    holds("world restore-mode\nDsIsNTDSOnlineW(\".\")  # S_OK\n");
}

TEST(too_many_sessions_is_backup_in_progress)
{
    char text[4096];
    size_t n = 0;
    for (unsigned i = 0; i < SERVICE_SESSIONS; i++)
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "h%u, b0 = DsBackupPrepareW(\".\", 0, FULL)  # S_OK\n", i % 16);
    snprintf(text + n, sizeof text - n,
             "h15, b0 = DsBackupPrepareW(\".\", 0, FULL)  # hrBackupInProgress\n"
             "DsBackupEnd(h0)  # S_OK\nh0, b0 = DsBackupPrepareW(\".\", 0, FULL)  # S_OK\n");
    holds(text);
}

TEST(caller_without_the_right_is_denied_everywhere)
{
    holds("DsSetAuthIdentityW(\"wrong-password\")  # S_OK\n"
          "DsIsNTDSOnlineW(\".\")  # ERROR_ACCESS_DENIED\n"
          "h0, b0 = DsBackupPrepareW(\".\", 0, FULL)  # ERROR_ACCESS_DENIED\n"
          "h0 = DsRestorePrepareW(\".\", 0, NULL)  # ERROR_ACCESS_DENIED\n"
          "DsSetCurrentBackupLogA(\".\", 1)  # ERROR_ACCESS_DENIED\n"
          "DsSetAuthIdentityA(\"operator\")  # S_OK\n" PREPARE END);
}

TEST(server_out_of_memory_is_said)
{
    unsigned seen = 0;
    for (unsigned nth = 1; nth < 200; nth++) {
        char text[160];
        snprintf(text, sizeof text,
                 "h0, b0 = DsBackupPrepareW(\".\", 0, FULL) !mem.alloc ENOMEM at %u\n", nth);
        struct run_report *r = holds(text);
        seen += r->results[0] == 1130;
        if (r->faults_fired == 0)
            break;
    }
    assert_true(seen > 0);
}

TEST(current_backup_log_is_kept_and_bounded)
{
    holds("DsSetCurrentBackupLogW(\".\", 7)  # S_OK\n"
          "DsSetCurrentBackupLogA(\".\", DISABLE_INCREMENTAL)  # S_OK\n"
          "DsSetCurrentBackupLogA(\".\", 0x100000)  # ERROR_INVALID_PARAMETER\n"
          "DsSetCurrentBackupLogW(NULL, 7)  # ERROR_INVALID_PARAMETER\n");
}

TEST(free_ignores_null_foreign_and_freed_pointers)
{
    holds(PREPARE END
          "DsBackupFree(b0)\nDsBackupFree(b0)\nDsBackupFree(NULL)\nDsBackupFree(foreign)\n");
    holds(PREPARE END "DsBackupFree(inside(b0))\nDsRestoreCheckExpiryToken(b0)  # S_OK\n");
}
