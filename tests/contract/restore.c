/* SPDX-License-Identifier: Apache-2.0 */
#include "contract.h"
#include "tests/support/test.h"

/* In restore mode no token can be made by the API: the scene holds one of this server in b15. */
#define OFFLINE  "world restore-mode\n"
#define RESTORE  "h0 = DsRestorePrepareW(\".\", 0, b15)  # S_OK\n"
#define REGISTER "DsRestoreRegisterW(h0, \"store\", 1, 2)  # S_OK\n"
#define R_END    "DsRestoreEnd(h0)  # S_OK\n"

TEST(restore_walkthrough_succeeds_offline)
{
    holds(OFFLINE "DsIsNTDSOnlineW(\".\")  # S_OK\n" RESTORE
                  "b0 = DsRestoreGetDatabaseLocationsW(h0)  # S_OK\n"
                  "b1 = DsRestoreGetDatabaseLocationsA(h0)  # S_OK\n" REGISTER
                  "DsRestoreRegisterComplete(h0, S_OK)  # S_OK\n" R_END);
}

TEST(restore_prepare_with_a_token_while_online_is_an_invalid_operation)
{
    holds("h0 = DsRestorePrepareW(\".\", 0, b15)  # hrInvalidOperation\n"
          "h0 = DsRestorePrepareA(\".\", 0, b15)  # hrInvalidOperation\n");
}

TEST(null_token_gives_a_restricted_handle)
{
    const char *restricted = "h0 = DsRestorePrepareW(\".\", 0, NULL)  # S_OK\n"
                             "b0 = DsRestoreGetDatabaseLocationsW(h0)  # S_OK\n"
                             "DsRestoreRegisterW(h0, \"store\", 1, 2)  # hrMissingExpiryToken\n"
                             "DsRestoreRegisterComplete(h0, S_OK)  # hrMissingExpiryToken\n" R_END;
    holds(restricted);
    char offline[1024];
    snprintf(offline, sizeof offline, OFFLINE "%s", restricted);
    holds(offline);
}

TEST(restore_prepare_refuses_other_flags_and_null_handle_pointer)
{
    holds(OFFLINE "h0 = DsRestorePrepareW(\".\", 1, b15)  # ERROR_INVALID_PARAMETER\n"
                  "h0 = DsRestorePrepareA(\".\", 2, b15)  # ERROR_INVALID_PARAMETER\n"
                  "h0 = DsRestorePrepareA(\".\", 6, b15)  # ERROR_INVALID_PARAMETER\n"
                  "DsRestorePrepareW(\".\", 0, b15, phbc=NULL)  # ERROR_INVALID_PARAMETER\n"
                  "h0 = DsRestorePrepareW(\".\", CATCHUP, b15)  # S_OK\n" R_END);
}

TEST(damaged_token_is_an_unknown_format)
{
    for (unsigned position = 0; position < 72; position++) {
        char text[256];
        snprintf(
            text, sizeof text,
            OFFLINE
            "h0 = DsRestorePrepareW(\".\", 0, damaged(b15, %u))  # hrUnknownExpiryTokenFormat\n",
            position);
        holds(text);
    }
    holds(OFFLINE "h0 = DsRestorePrepareW(\".\", 0, foreign)  # hrUnknownExpiryTokenFormat\n"
                  "h0 = DsRestorePrepareW(\".\", 0, short(b15, 0))  # hrUnknownExpiryTokenFormat\n"
                  "h0 = DsRestorePrepareW(\".\", 0, short(b15, 71))  # hrUnknownExpiryTokenFormat\n"
                  "DsRestoreCheckExpiryToken(short(b15, 71))  # hrUnknownExpiryTokenFormat\n"
                  "DsRestoreCheckExpiryToken(foreign)  # hrUnknownExpiryTokenFormat\n"
                  "DsRestoreCheckExpiryToken(NULL)  # ERROR_INVALID_PARAMETER\n"
                  "DsRestoreCheckExpiryToken(b15)  # S_OK\n");
}

TEST(register_refuses_bad_arguments)
{
    holds(OFFLINE RESTORE
          "DsRestoreRegisterW(h0, \"no-checkpoint\", 1, 2)  # ERROR_INVALID_PARAMETER\n"
          "DsRestoreRegisterA(h0, \"no-log\", 1, 2)  # ERROR_INVALID_PARAMETER\n"
          "DsRestoreRegisterW(h0, \"no-backup-log\", 1, 2)  # ERROR_INVALID_PARAMETER\n"
          "DsRestoreRegisterA(h0, \"null-map\", 1, 2)  # ERROR_INVALID_PARAMETER\n"
          "DsRestoreRegisterW(h0, \"negative-map\", 1, 2)  # ERROR_INVALID_PARAMETER\n"
          "DsRestoreRegisterA(h0, \"huge-map\", 1, 2)  # ERROR_INVALID_PARAMETER\n"
          "DsRestoreRegisterW(h0, \"store\", 3, 2)  # ERROR_INVALID_PARAMETER\n"
          "DsRestoreRegisterA(h0, \"store\", 1, 0x100000)  # ERROR_INVALID_PARAMETER\n"
          "DsRestoreRegisterA(h0, \"store\", 0, 0xfffff)  # S_OK\n"
          "DsRestoreRegisterComplete(h0, S_OK)  # S_OK\n" R_END);
}

TEST(register_twice_is_restore_in_progress)
{
    holds(OFFLINE RESTORE REGISTER
          "DsRestoreRegisterW(h0, \"store\", 1, 2)  # hrRestoreInProgress\n"
          "h1 = DsRestorePrepareW(\".\", 0, b15)  # S_OK\n"
          "DsRestoreRegisterA(h1, \"other\", 1, 2)  # hrRestoreInProgress\n"
          "DsRestoreRegisterComplete(h1, S_OK)  # hrInvalidBackupSequence\n"
          "DsRestoreEnd(h1)  # S_OK\n"
          "DsRestoreRegisterComplete(h0, S_OK)  # S_OK\n" R_END);
}

TEST(complete_without_register_is_out_of_sequence)
{
    holds(OFFLINE RESTORE
          "DsRestoreRegisterComplete(h0, S_OK)  # hrInvalidBackupSequence\n" REGISTER
          "DsRestoreRegisterComplete(h0, S_OK)  # S_OK\n"
          "DsRestoreRegisterComplete(h0, S_OK)  # hrInvalidBackupSequence\n" R_END);
}

TEST(end_between_register_and_complete_keeps_the_interlock)
{
    holds(OFFLINE RESTORE REGISTER R_END);
    assert_true(scene_interlock_is_durable());
    holds(OFFLINE RESTORE REGISTER "DsRestoreRegisterComplete(h0, S_OK)  # S_OK\n" R_END);
    assert_false(scene_interlock_is_durable());
}

TEST(failed_restore_keeps_the_directory_offline)
{
    /* A raw Win32 code is a failure too: only S_OK is success. */
    holds(OFFLINE RESTORE REGISTER "DsRestoreRegisterComplete(h0, 5)  # S_OK\n" R_END);
    assert_true(scene_interlock_is_durable());
    holds(OFFLINE RESTORE REGISTER "DsRestoreRegisterComplete(h0, hrDiskIO)  # S_OK\n" R_END);
    assert_true(scene_interlock_is_durable());
}

TEST(register_that_cannot_be_made_durable_fails_and_leaves_no_interlock)
{
    holds_with_fault(OFFLINE RESTORE
                     "DsRestoreRegisterW(h0, \"store\", 1, 2) !file.sync EIO  # hrDiskIO\n" R_END);
    assert_false(scene_interlock_is_durable());
    holds_with_fault(
        OFFLINE RESTORE
        "DsRestoreRegisterW(h0, \"store\", 1, 2) !file.write ENOSPC  # hrDiskFull\n" REGISTER
        "DsRestoreRegisterComplete(h0, S_OK)  # S_OK\n" R_END);
}

TEST(locations_follow_the_rules_of_lists)
{
    holds(OFFLINE RESTORE
          "DsRestoreGetDatabaseLocationsW(h0, pszDatabaseLocationList=NULL)  # "
          "ERROR_INVALID_PARAMETER\n"
          "b0 = DsRestoreGetDatabaseLocationsA(h0, pcbSize=NULL)  # ERROR_INVALID_PARAMETER\n"
          "b0 = DsRestoreGetDatabaseLocationsA(h0)  # S_OK\n" R_END);
}
