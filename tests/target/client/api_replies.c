/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API's results for a server's replies, honest or not. Stubs by hand
 * after target/idl/ntdsb.idl.
 */
#include "tests/support/api_server.h"
#include "tests/support/test.h"

#include "target/idl/stubs.h"

#define RESULT_EOF        "26000000"
#define RESULT_DENIED     "05000000"
#define RESULT_BUSY       "f90100c8" /* hrBackupInProgress */
#define LIST(chars, data) chars " 00000200 " chars " " data " "
#define NO_LIST           "00000000 00000000 "
#define OPENED_10         "0a000000 00000000 01000000 " OK

static unsigned char foreign[64];

/* Prepare ----------------------------------------------------------------------------------- */

static void assert_prepare_fails(const char *stub, HRESULT expected)
{
    struct api_server s;
    PVOID token = foreign;
    DWORD bytes = 77;
    HBC hbc = foreign;
    api_start(&s, (const char *const[]){stub, NULL});
    assert_int_equal(DsBackupPrepareA(".", 0, BACKUP_TYPE_FULL, &token, &bytes, &hbc), expected);
    assert_null(token);
    assert_int_equal(bytes, 0);
    assert_null(hbc);
    /* Joins only if the association was closed: then the server runs down what it made. */
    api_join(&s);
    assert_nothing_left();
}

TEST(prepare_that_the_server_refuses_sets_nothing_and_closes)
{
    assert_prepare_fails("00000000 00000000 " NO_CONTEXT RESULT_BUSY, hrBackupInProgress);
    assert_prepare_fails("00000000 00000000 " NO_CONTEXT RESULT_DENIED, ERROR_ACCESS_DENIED);
    /* A failure with outputs is a failure. */
    assert_prepare_fails("04000000 00000200 04000000 61626364 " CONTEXT_1 "01000000", S_FALSE);
}

TEST(prepare_without_handle_or_token_makes_no_sense)
{
    assert_prepare_fails("04000000 00000200 04000000 61626364 " NO_CONTEXT OK, RPC_X_BAD_STUB_DATA);
    assert_prepare_fails("00000000 00000000 " CONTEXT_1 OK, RPC_X_BAD_STUB_DATA);
    assert_prepare_fails("00000000 00000200 00000000 " CONTEXT_1 OK, RPC_X_BAD_STUB_DATA);
}

TEST(prepare_with_a_token_size_that_lies_makes_no_sense)
{
    assert_prepare_fails("04000000 00000000 " CONTEXT_1 OK, RPC_X_BAD_STUB_DATA);
    assert_prepare_fails("05000000 00000200 04000000 61626364 " CONTEXT_1 OK, RPC_X_BAD_STUB_DATA);
    assert_prepare_fails("ffffffff 00000200 ffffffff 61626364 " CONTEXT_1 OK, RPC_X_BAD_STUB_DATA);
    assert_prepare_fails("01100000 00000200 01100000 61626364 " CONTEXT_1 OK, RPC_X_BAD_STUB_DATA);
    assert_prepare_fails("", RPC_X_BAD_STUB_DATA);
    assert_prepare_fails("04000000 00000200 04000000 61626364 " CONTEXT_1, RPC_X_BAD_STUB_DATA);
}

TEST(restore_prepare_without_handle_makes_no_sense)
{
    struct api_server s;
    HBC hbc = foreign;
    api_start(&s, (const char *const[]){NO_CONTEXT OK, NULL});
    assert_int_equal(DsRestorePrepareA(".", 0, NULL, 0, &hbc), RPC_X_BAD_STUB_DATA);
    assert_null(hbc);
    api_join(&s);
    assert_nothing_left();
}

/* Lists ------------------------------------------------------------------------------------- */

#define TWO_NAMES LIST("06000000", "4400 e400 0000 2500 0000 0000") /* "Dä", "%" */
#define DIR_NAMES LIST("07000000", "8200 4100 0000 8300 4200 0000 0000") "0000"

TEST(wide_list_is_what_the_server_said)
{
    struct api_server s;
    LPWSTR list = NULL;
    DWORD bytes = 0;
    static const WCHAR names[] = {'D', 0xe4, 0, '%', 0, 0};
    HBC hbc = api_backup(&s, (const char *const[]){PREPARED, TWO_NAMES OK, ENDED, NULL});
    assert_int_equal(DsBackupGetDatabaseNamesW(hbc, &list, &bytes), S_OK);
    assert_int_equal(bytes, sizeof names);
    assert_memory_equal(list, names, sizeof names);
    assert_int_equal(DsBackupEnd(hbc), S_OK);
    DsBackupFree(list);
    api_join(&s);
    assert_nothing_left();
}

TEST(narrow_list_is_utf8_with_one_byte_marks)
{
    struct api_server s;
    LPSTR list = NULL, directories = NULL;
    DWORD bytes = 0;
    static const char names[] = "D\xc3\xa4\0%\0", marks[] = "\x82"
                                                            "A\0\x83"
                                                            "B\0";
    HBC hbc =
        api_restore(&s, (const char *const[]){R_PREPARED, TWO_NAMES OK, DIR_NAMES OK, ENDED, NULL});
    assert_int_equal(DsRestoreGetDatabaseLocationsA(hbc, &list, &bytes), S_OK);
    assert_int_equal(bytes, sizeof names);
    assert_memory_equal(list, names, sizeof names);
    assert_int_equal(DsRestoreGetDatabaseLocationsA(hbc, &directories, &bytes), S_OK);
    assert_int_equal(bytes, sizeof marks);
    assert_memory_equal(directories, marks, sizeof marks);
    assert_int_equal(DsRestoreEnd(hbc), S_OK);
    DsBackupFree(list);
    DsBackupFree(directories);
    api_join(&s);
    assert_nothing_left();
}

TEST(list_that_is_no_multi_string_makes_no_sense)
{
    static const struct {
        const char *stub;
        HRESULT expected;
    } rows[] = {
        {NO_LIST OK, RPC_X_BAD_STUB_DATA},
        {LIST("00000000", "") OK, RPC_X_BAD_STUB_DATA},
        {LIST("01000000", "0000") "0000" OK, RPC_X_BAD_STUB_DATA},
        {LIST("02000000", "4400 0000") OK, RPC_X_BAD_STUB_DATA},
        {LIST("03000000", "4400 4500 4600") "0000" OK, RPC_X_BAD_STUB_DATA},
        {LIST("04000000", "4400 0000 4500 0000") OK, RPC_X_BAD_STUB_DATA},
        {LIST("06000000", "4400 0000 0000 4500 0000 0000") OK, RPC_X_BAD_STUB_DATA},
        {LIST("ffffffff", "4400 0000 0000 4500 0000 0000") OK, RPC_X_BAD_STUB_DATA},
        {"", RPC_X_BAD_STUB_DATA},
        {NO_LIST RESULT_DENIED, ERROR_ACCESS_DENIED},
        {LIST("02000000", "0000 0000") RESULT_DENIED, ERROR_ACCESS_DENIED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct api_server s;
        LPSTR narrow = NULL;
        LPWSTR wide = NULL;
        DWORD bytes = 77;
        HBC hbc = api_backup(
            &s, (const char *const[]){PREPARED, rows[i].stub, rows[i].stub, ENDED, NULL});
        assert_int_equal(DsBackupGetDatabaseNamesA(hbc, &narrow, &bytes), rows[i].expected);
        assert_int_equal(bytes, 0);
        bytes = 77;
        assert_int_equal(DsBackupGetBackupLogsW(hbc, &wide, &bytes), rows[i].expected);
        assert_int_equal(bytes, 0);
        assert_null(narrow);
        assert_null(wide);
        assert_int_equal(DsBackupEnd(hbc), S_OK);
        api_join(&s);
        assert_nothing_left();
    }
}

TEST(empty_list_is_two_nuls)
{
    struct api_server s;
    LPSTR narrow = NULL;
    DWORD bytes = 0;
    HBC hbc = api_backup(
        &s, (const char *const[]){PREPARED, LIST("02000000", "0000 0000") OK, ENDED, NULL});
    assert_int_equal(DsBackupGetBackupLogsA(hbc, &narrow, &bytes), S_OK);
    assert_int_equal(bytes, 2);
    assert_memory_equal(narrow, "\0", 2);
    DsBackupFree(narrow);
    assert_int_equal(DsBackupEnd(hbc), S_OK);
    api_join(&s);
}

/* Files ------------------------------------------------------------------------------------- */

TEST(open_file_reply_that_cannot_be_true_makes_no_sense)
{
    struct api_server s;
    LARGE_INTEGER size = {.QuadPart = 77};
    HBC hbc = api_backup(&s, (const char *const[]){PREPARED, "00000000 00000080 01000000 " OK,
                                                   "0a000000 00000000 00000000 " OK, OPENED_10 "00",
                                                   "ffffffff ffffff7f 01000000 " OK,
                                                   "0a000000 00000000 01000000 " RESULT_DENIED,
                                                   ENDED, NULL});
    /* Negative; a file without a name; a byte too many. */
    for (int i = 0; i < 3; i++) {
        size.QuadPart = 77;
        assert_int_equal(DsBackupOpenFileA(hbc, "x", 24576, &size), RPC_X_BAD_STUB_DATA);
        assert_int_equal(size.QuadPart, 0);
    }
    assert_int_equal(DsBackupOpenFileA(hbc, "x", 24576, &size), S_OK);
    assert_true(size.QuadPart == INT64_MAX);
    assert_int_equal(DsBackupOpenFileA(hbc, "x", 24576, &size), ERROR_ACCESS_DENIED);
    assert_int_equal(size.QuadPart, 0);
    assert_int_equal(DsBackupEnd(hbc), S_OK);
    api_join(&s);
}

/* [out] of Read: read, then the conformant varying array of size 24576 (0x6000) */
#define DATA_3  "00600000 00000000 03000000 78797a00 "
#define DATA_0  "00600000 00000000 00000000 "
#define DATA_11 "00600000 00000000 0b000000 6161616161616161616161 00 "

TEST(reads_go_on_where_the_last_one_ended_and_eof_brings_nothing)
{
    struct api_server s;
    static unsigned char data[24576];
    DWORD count = 77;
    LARGE_INTEGER size;
    HBC hbc = api_backup(&s, (const char *const[]){PREPARED, OPENED_10, DATA_3 OK,
                                                   DATA_0 RESULT_EOF, OK, ENDED, NULL});
    assert_int_equal(DsBackupOpenFileA(hbc, "x", 24576, &size), S_OK);
    assert_int_equal(size.QuadPart, 10);
    assert_int_equal(DsBackupRead(hbc, data, sizeof data, &count), S_OK);
    assert_int_equal(count, 3);
    assert_memory_equal(data, "xyz", 4);
    assert_int_equal(DsBackupRead(hbc, data, sizeof data, &count), ERROR_HANDLE_EOF);
    assert_int_equal(count, 0);
    /* The request of that read: 24 bytes of header, 28 of session, 4 to be aligned, the offset. */
    static const unsigned char offset[] = {3, 0, 0, 0, 0, 0, 0, 0};
    assert_memory_equal(s.canned.pdu + 24 + 32, offset, sizeof offset);
    /* Close says how much came. */
    assert_int_equal(DsBackupClose(hbc), S_OK);
    assert_memory_equal(s.canned.pdu + 24 + 32, offset, sizeof offset);
    assert_int_equal(DsBackupEnd(hbc), S_OK);
    api_join(&s);
}

TEST(file_that_is_opened_after_another_is_read_from_its_start)
{
    struct api_server s;
    static unsigned char data[24576];
    DWORD count;
    LARGE_INTEGER size;
    HBC hbc = api_backup(&s, (const char *const[]){PREPARED, OPENED_10, DATA_3 OK, OK, OPENED_10,
                                                   DATA_3 OK, ENDED, NULL});
    for (int i = 0; i < 2; i++) {
        static const unsigned char offset[8] = {0};
        assert_int_equal(DsBackupOpenFileA(hbc, "x", 24576, &size), S_OK);
        assert_int_equal(DsBackupRead(hbc, data, sizeof data, &count), S_OK);
        assert_memory_equal(s.canned.pdu + 24 + 32, offset, sizeof offset);
        if (i == 0)
            assert_int_equal(DsBackupClose(hbc), S_OK);
    }
    assert_int_equal(DsBackupEnd(hbc), S_OK);
    api_join(&s);
}

TEST(read_that_cannot_be_true_makes_no_sense_and_leaves_the_position)
{
    static const char *const lies[] = {
        DATA_0 OK,                                 /* a success without bytes */
        DATA_11 OK,                                /* more than the file has */
        "00600000 00000000 01600000 " OK,          /* more than was asked for */
        "00800000 00000000 03000000 78797a00 " OK, /* another array than that asked for */
        "00600000 01000000 03000000 78797a00 " OK, /* an offset */
        "00600000 00000000 03000000 78797a00 ",    /* no result */
        "",
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        struct api_server s;
        static unsigned char data[24576];
        DWORD count = 77;
        LARGE_INTEGER size;
        HBC hbc = api_backup(
            &s, (const char *const[]){PREPARED, OPENED_10, lies[i], DATA_3 OK, ENDED, NULL});
        data[0] = 1;
        assert_int_equal(DsBackupOpenFileA(hbc, "x", 24576, &size), S_OK);
        assert_int_equal(DsBackupRead(hbc, data, sizeof data, &count), RPC_X_BAD_STUB_DATA);
        assert_int_equal(count, 0);
        assert_int_equal(data[0], 1);
        assert_int_equal(DsBackupRead(hbc, data, sizeof data, &count), S_OK);
        static const unsigned char offset[8] = {0};
        assert_memory_equal(s.canned.pdu + 24 + 32, offset, sizeof offset);
        assert_int_equal(DsBackupEnd(hbc), S_OK);
        api_join(&s);
    }
}

TEST(read_asks_for_one_mebibyte_at_most)
{
    struct api_server s;
    unsigned char *data = malloc(1 << 22);
    DWORD count;
    LARGE_INTEGER size;
    HBC hbc = api_backup(&s, (const char *const[]){PREPARED, OPENED_10,
                                                   "00001000 00000000 01000000 78000000 " OK, ENDED,
                                                   NULL});
    assert_int_equal(DsBackupOpenFileA(hbc, "x", 24576, &size), S_OK);
    assert_int_equal(DsBackupRead(hbc, data, 1 << 22, &count), S_OK);
    assert_int_equal(count, 1);
    static const unsigned char asked[] = {0, 0, 0x10, 0};
    assert_memory_equal(s.canned.pdu + 24 + 40, asked, sizeof asked);
    assert_int_equal(DsBackupEnd(hbc), S_OK);
    api_join(&s);
    free(data);
}

/* Others ------------------------------------------------------------------------------------ */

TEST(online_is_true_or_false_whatever_the_number)
{
    static const struct {
        const char *stub;
        BOOL expected;
    } rows[] = {{"00000000 " OK, FALSE},
                {"01000000 " OK, TRUE},
                {"ffffffff " OK, TRUE},
                {"00000080 " OK, TRUE}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct api_server s;
        BOOL online = 77;
        api_start(&s, (const char *const[]){rows[i].stub, NULL});
        assert_int_equal(DsIsNTDSOnlineA(".", &online), S_OK);
        assert_int_equal(online, rows[i].expected);
        api_join(&s);
    }
    struct api_server s;
    BOOL online = 77;
    api_start(&s, (const char *const[]){"01000000 " RESULT_DENIED, NULL});
    assert_int_equal(DsIsNTDSOnlineA(".", &online), ERROR_ACCESS_DENIED);
    assert_int_equal(online, 77);
    api_join(&s);
}

TEST(every_result_of_the_server_is_passed_on)
{
    struct api_server s;
    HBC hbc = api_backup(&s, (const char *const[]){PREPARED, "090200c8", "01000000", "00000080",
                                                   "ffffffff", ENDED, NULL});
    assert_int_equal(DsBackupTruncateLogs(hbc), hrInvalidBackupSequence);
    assert_int_equal(DsBackupTruncateLogs(hbc), 1);
    assert_int_equal(DsBackupClose(hbc), INT32_MIN);
    assert_int_equal(DsBackupClose(hbc), -1);
    assert_int_equal(DsBackupEnd(hbc), S_OK);
    api_join(&s);
}

TEST(end_consumes_the_handle_whatever_the_server_says)
{
    static const struct {
        const char *stub;
        HRESULT expected;
    } rows[] = {{ENDED, S_OK},
                {CONTEXT_1 OK, RPC_X_BAD_STUB_DATA},
                {NO_CONTEXT RESULT_DENIED, ERROR_ACCESS_DENIED},
                {CONTEXT_1 RESULT_DENIED, ERROR_ACCESS_DENIED},
                {"", RPC_X_BAD_STUB_DATA}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct api_server s;
        HBC hbc = api_backup(&s, (const char *const[]){PREPARED, rows[i].stub, NULL});
        assert_int_equal(DsBackupEnd(hbc), rows[i].expected);
        assert_int_equal(DsBackupEnd(hbc), ERROR_INVALID_PARAMETER);
        api_join(&s);
        assert_nothing_left();
    }
}
