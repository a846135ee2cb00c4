/* SPDX-License-Identifier: Apache-2.0 */
#include "contract.h"
#include "fuzz/scene/store.h"
#include "tests/support/test.h"

TEST(open_takes_names_of_the_list_with_and_without_type)
{
    holds(PREPARE
          "DsBackupOpenFileW(h0, \"D\\\\\\\\DC1\\\\store\\\\ntds.dit\", 24576)  # S_OK\n" READ CLOSE
              OPEN CLOSE LOGS
          "DsBackupOpenFileA(h0, \"!\\\\\\\\DC1\\\\store\\\\edb00002.log\", 24576)  # S_OK\n" CLOSE
          "DsBackupOpenFileA(h0, \"\\\\\\\\DC1\\\\store\\\\edb00001.log\", 24576)  # S_OK\n" CLOSE
              END);
}

TEST(open_of_a_name_that_is_not_listed_is_file_not_found)
{
    holds(PREPARE "DsBackupOpenFileW(h0, \"edb.chk\", 24576)  # hrFileNotFound\n"
                  "DsBackupOpenFileA(h0, \"server.key\", 24576)  # hrFileNotFound\n"
                  "DsBackupOpenFileW(h0, \"../store/ntds.dit\", 24576)  # hrFileNotFound\n"
                  "DsBackupOpenFileA(h0, \"NTDS.DIT\", 24576)  # hrFileNotFound\n"
                  "DsBackupOpenFileW(h0, \"ntds.dit.\", 24576)  # hrFileNotFound\n"
                  "DsBackupOpenFileA(h0, \"ntds.di\", 24576)  # hrFileNotFound\n"
                  "DsBackupOpenFileW(h0, \"edb00001.log\", 24576)  # hrFileNotFound\n"
                  "DsBackupOpenFileW(h0, \"\\xed\\xb0\\x80\", 24576)  # hrFileNotFound\n" OPEN END);
}

TEST(open_of_null_or_empty_name_is_an_invalid_parameter)
{
    holds(PREPARE "DsBackupOpenFileW(h0, NULL, 24576)  # ERROR_INVALID_PARAMETER\n"
                  "DsBackupOpenFileA(h0, NULL, 24576)  # ERROR_INVALID_PARAMETER\n"
                  "DsBackupOpenFileW(h0, \"\", 24576)  # ERROR_INVALID_PARAMETER\n"
                  "DsBackupOpenFileA(h0, \"\", 24576)  # ERROR_INVALID_PARAMETER\n"
                  "DsBackupOpenFileA(h0, \"ntds.dit\", 24576, pliFileSize=NULL)  # "
                  "ERROR_INVALID_PARAMETER\n" OPEN END);
}

TEST(open_while_open_is_already_open_and_the_open_file_is_unharmed)
{
    holds(PREPARE OPEN READ
          "DsBackupOpenFileW(h0, \"temp.pat\", 24576)  # hrAlreadyOpen\n"
          "DsBackupOpenFileW(h0, \"ntds.dit\", 24576)  # hrAlreadyOpen\n"
          "DsBackupOpenFileW(h0, \"edb.chk\", 24576)  # hrAlreadyOpen\n" READ CLOSE END);
}

TEST(hint_not_a_multiple_of_8192_or_below_24576_is_refused)
{
    holds(PREPARE "DsBackupOpenFileW(h0, \"ntds.dit\", 0)  # ERROR_INVALID_PARAMETER\n"
                  "DsBackupOpenFileA(h0, \"ntds.dit\", 16384)  # ERROR_INVALID_PARAMETER\n"
                  "DsBackupOpenFileW(h0, \"ntds.dit\", 24575)  # ERROR_INVALID_PARAMETER\n"
                  "DsBackupOpenFileA(h0, \"ntds.dit\", 24577)  # ERROR_INVALID_PARAMETER\n"
                  "DsBackupOpenFileW(h0, \"ntds.dit\", 28672)  # ERROR_INVALID_PARAMETER\n"
                  "DsBackupOpenFileW(h0, \"ntds.dit\", 0xffffe000)  # S_OK\n" END);
}

TEST(read_size_not_a_multiple_of_8192_or_below_24576_is_refused)
{
    holds(PREPARE OPEN
          "DsBackupRead(h0, 0)  # ERROR_INVALID_PARAMETER\n"
          "DsBackupRead(h0, 8192)  # ERROR_INVALID_PARAMETER\n"
          "DsBackupRead(h0, 24575)  # ERROR_INVALID_PARAMETER\n"
          "DsBackupRead(h0, 28672)  # ERROR_INVALID_PARAMETER\n"
          "DsBackupRead(h0, 24576, pvBuffer=NULL)  # ERROR_INVALID_PARAMETER\n"
          "DsBackupRead(h0, 24576, pcbRead=NULL)  # ERROR_INVALID_PARAMETER\n" READ END);
}

TEST(read_brings_all_bytes_with_s_ok_then_eof_with_none)
{
    /* ntds.dit of store 0 has 40960 bytes; run.h judges the bytes and, on EOF, that the
       count is 0. */
    holds(PREPARE OPEN READ READ "DsBackupRead(h0, 24576)  # ERROR_HANDLE_EOF\n"
                                 "DsBackupRead(h0, 24576)  # ERROR_HANDLE_EOF\n" CLOSE END);
    holds("world store 1\n" PREPARE "DsBackupOpenFileW(h0, \"temp.pat\", 24576)  # S_OK\n"
          "DsBackupRead(h0, 24576)  # ERROR_HANDLE_EOF\n" CLOSE END);
}

TEST(read_and_close_with_no_open_file_are_invalid_handle)
{
    holds(PREPARE
          "DsBackupRead(h0, 24576)  # hrInvalidHandle\nDsBackupClose(h0)  # hrInvalidHandle\n" OPEN
              CLOSE
          "DsBackupRead(h0, 24576)  # hrInvalidHandle\nDsBackupClose(h0)  # hrInvalidHandle\n" END);
}

TEST(failed_read_leaves_the_position)
{
    holds_with_fault(PREPARE OPEN READ "DsBackupRead(h0, 24576) !file.read EIO  # hrDiskIO\n" READ
                                       "DsBackupRead(h0, 24576)  # ERROR_HANDLE_EOF\n" CLOSE END);
    holds_with_fault(PREPARE OPEN READ
                     "DsBackupRead(h0, 24576) !mem.alloc ENOMEM\n" READ CLOSE END);
}

TEST(list_pointer_that_is_not_null_on_entry_is_refused)
{
    static struct program p;
    static struct run_report report;
    struct program_error error;
    const char *text = PREPARE "b1 = DsBackupGetDatabaseNamesW(h0)  # ERROR_INVALID_PARAMETER\n"
                               "b1 = DsBackupGetDatabaseNamesA(h0)  # ERROR_INVALID_PARAMETER\n"
                               "b1 = DsBackupGetBackupLogsW(h0)  # ERROR_INVALID_PARAMETER\n"
                               "b1 = DsBackupGetBackupLogsA(h0)  # ERROR_INVALID_PARAMETER\n" END;
    assert_true(program_parse(&p, text, strlen(text), &error));
    for (size_t i = 1; i <= 4; i++)
        p.calls[i].flags |= CALL_LIST_NOT_NULL;
    bool clean = run_program(&p, NULL, &report);
    if (!clean)
        run_print(&p, &report, stderr);
    assert_true(clean);
}

TEST(list_functions_refuse_null_pointers)
{
    holds(PREPARE
          "DsBackupGetDatabaseNamesW(h0, pszAttachmentInfo=NULL)  # ERROR_INVALID_PARAMETER\n"
          "b1 = DsBackupGetDatabaseNamesA(h0, pcbSize=NULL)  # ERROR_INVALID_PARAMETER\n"
          "DsBackupGetBackupLogsA(h0, pszBackupLogFiles=NULL)  # ERROR_INVALID_PARAMETER\n"
          "b1 = DsBackupGetBackupLogsW(h0, pcbSize=NULL)  # ERROR_INVALID_PARAMETER\n" END);
}

TEST(database_file_opened_after_the_log_list_is_out_of_sequence)
{
    holds(PREPARE LOGS
          "DsBackupOpenFileW(h0, \"ntds.dit\", 24576)  # hrInvalidBackupSequence\n"
          "b1 = DsBackupGetDatabaseNamesW(h0)  # hrInvalidBackupSequence\n" WHOLE_FILE("edb.log")
              END);
}

TEST(list_or_truncate_with_a_file_open_is_out_of_sequence)
{
    holds(PREPARE OPEN "b1 = DsBackupGetDatabaseNamesW(h0)  # hrInvalidBackupSequence\n"
                       "b1 = DsBackupGetBackupLogsA(h0)  # hrInvalidBackupSequence\n"
                       "DsBackupTruncateLogs(h0)  # hrInvalidBackupSequence\n" READ END);
}

TEST(truncate_before_everything_was_read_deletes_nothing)
{
    const char *early =
        PREPARE WHOLE_FILE("ntds.dit") WHOLE_FILE("temp.pat") LOGS WHOLE_FILE("edb00001.log")
            WHOLE_FILE("edb00002.log") "DsBackupTruncateLogs(h0)  # hrInvalidBackupSequence\n"
                                       /* Opened and closed unread does not count, and neither does
                                          half of a file. */
                                       "DsBackupOpenFileW(h0, \"edb.log\", 24576)  # S_OK\n" CLOSE
                                       "DsBackupTruncateLogs(h0)  # hrInvalidBackupSequence\n" END
                                           /* All logs are still there for another session. */
                                           PREPARE LOGS WHOLE_FILE("edb00001.log")
                                               WHOLE_FILE("edb00002.log") WHOLE_FILE("edb.log") END;
    holds(early);
}

TEST(truncate_after_everything_was_read_deletes_the_listed_logs)
{
    holds(PREPARE READ_EVERYTHING
          "DsBackupTruncateLogs(h0)  # S_OK\n"
          "DsBackupTruncateLogs(h0)  # hrInvalidBackupSequence\n"
          "DsBackupOpenFileW(h0, \"edb.log\", 24576)  # hrInvalidBackupSequence\n" END PREPARE LOGS
          "DsBackupOpenFileW(h0, \"edb00001.log\", 24576)  # hrFileNotFound\n"
          "DsBackupOpenFileW(h0, \"edb00002.log\", 24576)  # hrFileNotFound\n" WHOLE_FILE("edb.log")
              END);
}

TEST(truncate_that_fails_can_be_tried_again)
{
    holds_with_fault(PREPARE READ_EVERYTHING
                     "DsBackupTruncateLogs(h0) !file.unlink EIO  # hrDiskIO\n"
                     "DsBackupTruncateLogs(h0)  # S_OK\n" END);
}

/* contract: session.failed-call */
TEST(log_list_that_the_server_cannot_send_leaves_the_session_as_it_was)
{
    unsigned refused = 0;
    for (unsigned nth = 1; nth < 100; nth++) {
        char text[512];
        snprintf(text, sizeof text,
                 PREPARE "b2 = DsBackupGetBackupLogsW(h0) !mem.alloc ENOMEM at %u\n"
                         "DsBackupOpenFileW(h0, \"ntds.dit\", 24576)\n" END,
                 nth);
        struct run_report *r = holds(text);
        if (r->faults_fired == 0)
            break;
        if (r->results[1] == 1130) {
            assert_int_equal(r->results[2], 0);
            refused++;
        }
    }
    assert_true(refused > 1);
}

TEST(transfer_in_the_smallest_pieces_changes_nothing)
{
    holds("world segment 1\n" PREPARE WHOLE_FILE("temp.pat") END);
    holds("world tcp segment 3\n" PREPARE OPEN READ READ CLOSE LOGS END);
}

TEST(sizes_beyond_4_gib_are_whole)
{
    /* run.h compares the size that DsBackupOpenFile gives with the store's. */
    holds("world store 2\n" PREPARE "DsBackupOpenFileW(h0, \"ntds.dit\", 1048576)  # S_OK\n"
          "DsBackupRead(h0, 1048576)  # S_OK\nDsBackupRead(h0, 1048576)  # S_OK\n" END);
    bool exists;
    assert_true(scene_file_size("ntds.dit", &exists) > UINT32_MAX);
}
