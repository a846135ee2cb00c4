/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arguments that every function refuses by itself. Where no handle is needed no server is there: an
 * answer other than hrCouldNotConnect shows that the arguments were judged first.
 */
#include "tests/support/api_server.h"
#include "tests/support/test.h"

static const WCHAR here[] = {'.', 0}, name_w[] = {'n', 't', 'd', 's', '.', 'd', 'i', 't', 0};
static unsigned char foreign[64];

static void no_server(void)
{
    assert_int_equal(setenv("NTDSBCLI_ENDPOINT", "ncalrpc:[/nonexistent/socket]", 1), 0);
}

AROUND_EACH_TEST(no_server, NULL);

/* Without a handle -------------------------------------------------------------------------- */

/* contract: online.untouched */
TEST(is_online_refuses_null_and_leaves_the_output_alone)
{
    BOOL online = 77;
    assert_int_equal(DsIsNTDSOnlineA(NULL, &online), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsIsNTDSOnlineW(NULL, &online), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsIsNTDSOnlineA(".", NULL), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsIsNTDSOnlineW(here, NULL), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsIsNTDSOnlineA(".", &online), hrCouldNotConnect);
    assert_int_equal(DsIsNTDSOnlineW(here, &online), hrCouldNotConnect);
    assert_int_equal(DsIsNTDSOnlineA("a_b", &online), hrCouldNotConnect);
    assert_int_equal(online, 77);
}

struct prepare_row {
    bool server;
    ULONG grbit, type;
    bool token, bytes, hbc;
    HRESULT expected;
};

TEST(backup_prepare_refuses_bad_arguments_and_clears_its_outputs)
{
    static const struct prepare_row rows[] = {
        {false, 0, BACKUP_TYPE_FULL, true, true, true, ERROR_INVALID_PARAMETER},
        {true, 0, BACKUP_TYPE_FULL, true, true, false, ERROR_INVALID_PARAMETER},
        {true, 1, BACKUP_TYPE_FULL, true, true, true, ERROR_INVALID_PARAMETER},
        {true, 0x80000000, BACKUP_TYPE_FULL, true, true, true, ERROR_INVALID_PARAMETER},
        {true, 0, 0, true, true, true, ERROR_INVALID_PARAMETER},
        {true, 0, BACKUP_TYPE_LOGS_ONLY, true, true, true, ERROR_INVALID_PARAMETER},
        {true, 0, BACKUP_TYPE_INCREMENTAL, true, true, true, ERROR_INVALID_PARAMETER},
        {true, 0, BACKUP_TYPE_FULL | BACKUP_TYPE_LOGS_ONLY, true, true, true,
         ERROR_INVALID_PARAMETER},
        {true, 0, 0xffffffff, true, true, true, ERROR_INVALID_PARAMETER},
        {true, 0, BACKUP_TYPE_FULL, false, true, true, hrInvalidParam},
        {true, 0, BACKUP_TYPE_FULL, true, false, true, hrInvalidParam},
        {true, 0, BACKUP_TYPE_FULL, false, false, true, hrInvalidParam},
        {true, 0, BACKUP_TYPE_FULL, true, true, true, hrCouldNotConnect},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct prepare_row *r = &rows[i];
        for (int wide = 0; wide < 2; wide++) {
            PVOID token = foreign;
            DWORD bytes = 77;
            HBC hbc = foreign;
            PVOID *token_out = r->token ? &token : NULL;
            DWORD *bytes_out = r->bytes ? &bytes : NULL;
            HBC *hbc_out = r->hbc ? &hbc : NULL;
            HRESULT result = wide ? DsBackupPrepareW(r->server ? here : NULL, r->grbit, r->type,
                                                     token_out, bytes_out, hbc_out)
                                  : DsBackupPrepareA(r->server ? "." : NULL, r->grbit, r->type,
                                                     token_out, bytes_out, hbc_out);
            if (result != r->expected)
                fail_msg("row %zu: %#x", i, (unsigned)result);
            assert_ptr_equal(token, r->token ? NULL : foreign);
            assert_int_equal(bytes, r->bytes ? 0 : 77);
            assert_ptr_equal(hbc, r->hbc ? NULL : foreign);
        }
    }
}

/* contract: restore-prepare.null-token-size, restore-prepare.fails-clean */
TEST(restore_prepare_refuses_bad_arguments_and_clears_its_output)
{
    static const struct {
        bool server;
        ULONG flags;
        PVOID token;
        DWORD bytes;
        bool hbc;
        HRESULT expected;
    } rows[] = {
        {false, 0, NULL, 0, true, ERROR_INVALID_PARAMETER},
        {true, 0, NULL, 0, false, ERROR_INVALID_PARAMETER},
        {true, RESTORE_TYPE_AUTHORATATIVE, NULL, 0, true, ERROR_INVALID_PARAMETER},
        {true, RESTORE_TYPE_ONLINE, NULL, 0, true, ERROR_INVALID_PARAMETER},
        {true, RESTORE_TYPE_CATCHUP | 1, NULL, 0, true, ERROR_INVALID_PARAMETER},
        {true, 0x80000000, NULL, 0, true, ERROR_INVALID_PARAMETER},
        {true, 0, NULL, 1, true, ERROR_INVALID_PARAMETER},
        {true, 0, NULL, 0xffffffff, true, ERROR_INVALID_PARAMETER},
        {true, 0, foreign, 4097, true, hrUnknownExpiryTokenFormat},
        {true, 0, foreign, 0xffffffff, true, hrUnknownExpiryTokenFormat},
        {true, 0, foreign, 0, true, hrCouldNotConnect},
        {true, RESTORE_TYPE_CATCHUP, NULL, 0, true, hrCouldNotConnect},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int wide = 0; wide < 2; wide++) {
            HBC hbc = foreign, *out = rows[i].hbc ? &hbc : NULL;
            HRESULT result = wide ? DsRestorePrepareW(rows[i].server ? here : NULL, rows[i].flags,
                                                      rows[i].token, rows[i].bytes, out)
                                  : DsRestorePrepareA(rows[i].server ? "." : NULL, rows[i].flags,
                                                      rows[i].token, rows[i].bytes, out);
            if (result != rows[i].expected)
                fail_msg("row %zu: %#x", i, (unsigned)result);
            assert_ptr_equal(hbc, rows[i].hbc ? NULL : foreign);
        }
}

TEST(set_current_backup_log_refuses_null_and_numbers_out_of_range)
{
    assert_int_equal(DsSetCurrentBackupLogA(NULL, 1), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsSetCurrentBackupLogW(NULL, 1), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsSetCurrentBackupLogA(".", 0x100000), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsSetCurrentBackupLogW(here, 0xfffffffe), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsSetCurrentBackupLogA(".", 0xfffff), hrCouldNotConnect);
    assert_int_equal(DsSetCurrentBackupLogW(here, BACKUP_DISABLE_INCREMENTAL), hrCouldNotConnect);
}

TEST(set_auth_identity_judges_its_arguments_alike_in_both_forms)
{
    assert_int_equal(DsSetAuthIdentityA(NULL, "d", NULL), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsSetAuthIdentityW(NULL, NULL, here), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsSetAuthIdentityA("\xff", NULL, NULL), ERROR_NO_UNICODE_TRANSLATION);
    assert_int_equal(DsSetAuthIdentityW(here, here, here), S_OK);
    assert_int_equal(DsSetAuthIdentityA(NULL, NULL, NULL), S_OK);
}

/* 72 bytes by hand, after the table in target/idl/token.h; the authenticity is not judged. */
TEST(check_expiry_token_judges_layout_and_age)
{
    unsigned char token[73] = "NTDSBTK1\1\0\0\0\2\0\0\0"; /* version 1, 2 days, made in 1970 */
    assert_int_equal(DsRestoreCheckExpiryToken(NULL, 0), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsRestoreCheckExpiryToken(NULL, 72), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsRestoreCheckExpiryToken(token, 72), hrContentsExpired);
    memset(token + 16, 0x7f, 8); /* made in a far future: no time has passed */
    assert_int_equal(DsRestoreCheckExpiryToken(token, 72), S_OK);
    assert_int_equal(DsRestoreCheckExpiryToken(token, 0), hrUnknownExpiryTokenFormat);
    assert_int_equal(DsRestoreCheckExpiryToken(token, 71), hrUnknownExpiryTokenFormat);
    assert_int_equal(DsRestoreCheckExpiryToken(token, 73), hrUnknownExpiryTokenFormat);
    for (unsigned bit = 0; bit < 12 * 8; bit++) {
        token[bit / 8] ^= (unsigned char)(1u << bit % 8);
        assert_int_equal(DsRestoreCheckExpiryToken(token, 72), hrUnknownExpiryTokenFormat);
        token[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
}

/* contract: server-name.endpoint, time.bad-timeout */
TEST(bad_environment_is_said_and_not_guessed_at)
{
    BOOL online;
    static const struct {
        const char *endpoint;
        HRESULT expected;
    } endpoints[] = {
        {"", RPC_S_INVALID_STRING_BINDING},
        {"ncalrpc", RPC_S_INVALID_STRING_BINDING},
        {"ncacn_np:[x]", RPC_S_PROTSEQ_NOT_SUPPORTED},
        {"ncalrpc:[]", RPC_S_INVALID_ENDPOINT_FORMAT},
        {"ncacn_ip_tcp:x[1]", RPC_S_INVALID_NET_ADDR},
    };
    for (size_t i = 0; i < sizeof endpoints / sizeof *endpoints; i++) {
        setenv("NTDSBCLI_ENDPOINT", endpoints[i].endpoint, 1);
        assert_int_equal(DsIsNTDSOnlineA(".", &online), endpoints[i].expected);
    }
    no_server();
    /* Among them 2^32 and 2^64, and a second more. */
    static const char *const timeouts[] = {
        "",   "0",       "-1",         "x",          "10x",
        " 5", "3600001", "4294968296", "4294967296", "18446744073709552616",
    };
    for (size_t i = 0; i < sizeof timeouts / sizeof *timeouts; i++) {
        setenv("NTDSBCLI_TIMEOUT_MS", timeouts[i], 1);
        assert_int_equal(DsIsNTDSOnlineA(".", &online), RPC_S_INVALID_TIMEOUT);
    }
    static const char *const right[] = {"1", "01", "3600000"};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        setenv("NTDSBCLI_TIMEOUT_MS", right[i], 1);
        assert_int_equal(DsIsNTDSOnlineA(".", &online), hrCouldNotConnect);
    }
    unsetenv("NTDSBCLI_TIMEOUT_MS");
}

/* With a live handle ------------------------------------------------------------------------ */

TEST(lists_refuse_null_pointers_and_pointers_that_are_set)
{
    typedef HRESULT list_a(HBC, LPSTR *, LPDWORD);
    typedef HRESULT list_w(HBC, LPWSTR *, LPDWORD);
    static list_a *const narrow_forms[] = {DsBackupGetDatabaseNamesA, DsBackupGetBackupLogsA,
                                           DsRestoreGetDatabaseLocationsA};
    static list_w *const wide_forms[] = {DsBackupGetDatabaseNamesW, DsBackupGetBackupLogsW,
                                         DsRestoreGetDatabaseLocationsW};
    struct api_server backup, restore;
    HBC backup_hbc = api_backup(&backup, (const char *const[]){PREPARED, ENDED, NULL});
    HBC restore_hbc = api_restore(&restore, (const char *const[]){R_PREPARED, ENDED, NULL});
    for (int i = 0; i < 3; i++) {
        HBC hbc = i < 2 ? backup_hbc : restore_hbc;
        LPSTR narrow = NULL, narrow_set = (LPSTR)foreign;
        LPWSTR wide = NULL, wide_set = (LPWSTR)(void *)foreign;
        DWORD bytes = 77;
        assert_int_equal(narrow_forms[i](hbc, NULL, &bytes), ERROR_INVALID_PARAMETER);
        assert_int_equal(bytes, 0);
        assert_int_equal(wide_forms[i](hbc, NULL, &bytes), ERROR_INVALID_PARAMETER);
        assert_int_equal(narrow_forms[i](hbc, &narrow, NULL), ERROR_INVALID_PARAMETER);
        assert_int_equal(wide_forms[i](hbc, &wide, NULL), ERROR_INVALID_PARAMETER);
        bytes = 77;
        assert_int_equal(narrow_forms[i](hbc, &narrow_set, &bytes), ERROR_INVALID_PARAMETER);
        assert_int_equal(wide_forms[i](hbc, &wide_set, &bytes), ERROR_INVALID_PARAMETER);
        assert_null(narrow);
        assert_null(wide);
        assert_ptr_equal(narrow_set, foreign);
        assert_ptr_equal(wide_set, foreign);
        assert_int_equal(bytes, 0);
    }
    assert_int_equal(backup.requests, 1);
    assert_int_equal(restore.requests, 1);
    assert_int_equal(DsBackupEnd(backup_hbc), S_OK);
    assert_int_equal(DsRestoreEnd(restore_hbc), S_OK);
    api_join(&backup);
    api_join(&restore);
    assert_nothing_left();
}

TEST(open_file_refuses_bad_names_hints_and_pointers_unsent)
{
    struct api_server s;
    HBC hbc = api_backup(&s, (const char *const[]){PREPARED, ENDED, NULL});
    static WCHAR long_name[4098];
    for (int i = 0; i < 4097; i++)
        long_name[i] = 'x';
    static const DWORD hints[] = {0, 1, 8192, 16384, 24575, 24577, 28672, 0xffffffff};
    LARGE_INTEGER size = {.QuadPart = 77};
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
        size.QuadPart = 77;
        assert_int_equal(DsBackupOpenFileA(hbc, "ntds.dit", hints[i], &size),
                         ERROR_INVALID_PARAMETER);
        assert_int_equal(size.QuadPart, 0);
    }
    const WCHAR *names[] = {NULL, long_name + 4097, long_name};
    for (size_t i = 0; i < 3; i++) {
        size.QuadPart = 77;
        assert_int_equal(DsBackupOpenFileW(hbc, names[i], 24576, &size), ERROR_INVALID_PARAMETER);
        assert_int_equal(size.QuadPart, 0);
    }
    size.QuadPart = 77;
    assert_int_equal(DsBackupOpenFileA(hbc, "", 24576, &size), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsBackupOpenFileA(hbc, NULL, 24576, &size), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsBackupOpenFileA(hbc, "\xc0\x80", 24576, &size),
                     ERROR_NO_UNICODE_TRANSLATION);
    assert_int_equal(size.QuadPart, 0);
    assert_int_equal(DsBackupOpenFileA(hbc, "ntds.dit", 24576, NULL), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsBackupOpenFileW(hbc, name_w, 24576, NULL), ERROR_INVALID_PARAMETER);
    assert_int_equal(s.requests, 1);
    assert_int_equal(DsBackupEnd(hbc), S_OK);
    api_join(&s);
}

TEST(read_refuses_bad_sizes_and_pointers_unsent)
{
    struct api_server s;
    static unsigned char data[32768];
    HBC hbc = api_backup(&s, (const char *const[]){PREPARED, ENDED, NULL});
    static const DWORD sizes[] = {0, 1, 8192, 16384, 24575, 24577, 28672, 0xffffffff};
    DWORD count = 77;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        count = 77;
        assert_int_equal(DsBackupRead(hbc, data, sizes[i], &count), ERROR_INVALID_PARAMETER);
        assert_int_equal(count, 0);
    }
    count = 77;
    assert_int_equal(DsBackupRead(hbc, NULL, 24576, &count), ERROR_INVALID_PARAMETER);
    assert_int_equal(count, 0);
    assert_int_equal(DsBackupRead(hbc, data, 24576, NULL), ERROR_INVALID_PARAMETER);
    assert_int_equal(s.requests, 1);
    assert_int_equal(DsBackupEnd(hbc), S_OK);
    api_join(&s);
}

TEST(register_refuses_bad_arguments_unsent)
{
    struct api_server s;
    HBC hbc = api_restore(&s, (const char *const[]){R_PREPARED, OK, OK, ENDED, NULL});
    EDB_RSTMAPA map[257], broken[2] = {{"a", "b"}, {"a", NULL}}, broken_too[1] = {{NULL, "b"}};
    EDB_RSTMAPA not_utf8[1] = {{"a", "\xff"}};
    EDB_RSTMAPW wide_map[1] = {{(WCHAR *)(uintptr_t)here, NULL}};
    for (int i = 0; i < 257; i++)
        map[i] = (EDB_RSTMAPA){"old", "new"};
    const HRESULT bad = ERROR_INVALID_PARAMETER;
    assert_int_equal(DsRestoreRegisterA(hbc, NULL, "l", map, 1, "b", 0, 1), bad);
    assert_int_equal(DsRestoreRegisterA(hbc, "c", NULL, map, 1, "b", 0, 1), bad);
    assert_int_equal(DsRestoreRegisterA(hbc, "c", "l", map, 1, NULL, 0, 1), bad);
    assert_int_equal(DsRestoreRegisterA(hbc, "c", "l", NULL, 1, "b", 0, 1), bad);
    assert_int_equal(DsRestoreRegisterA(hbc, "c", "l", map, -1, "b", 0, 1), bad);
    assert_int_equal(DsRestoreRegisterA(hbc, "c", "l", map, INT32_MIN, "b", 0, 1), bad);
    assert_int_equal(DsRestoreRegisterA(hbc, "c", "l", map, INT32_MAX, "b", 0, 1), bad);
    assert_int_equal(DsRestoreRegisterA(hbc, "c", "l", map, 257, "b", 0, 1), bad);
    assert_int_equal(DsRestoreRegisterA(hbc, "c", "l", map, 1, "b", 2, 1), bad);
    assert_int_equal(DsRestoreRegisterA(hbc, "c", "l", map, 1, "b", 0, 0x100000), bad);
    assert_int_equal(DsRestoreRegisterA(hbc, "c", "l", broken, 2, "b", 0, 1), bad);
    assert_int_equal(DsRestoreRegisterA(hbc, "c", "l", broken_too, 1, "b", 0, 1), bad);
    assert_int_equal(DsRestoreRegisterA(hbc, "c", "l", not_utf8, 1, "b", 0, 1),
                     ERROR_NO_UNICODE_TRANSLATION);
    assert_int_equal(DsRestoreRegisterW(hbc, NULL, here, wide_map, 0, here, 0, 1), bad);
    assert_int_equal(DsRestoreRegisterW(hbc, here, here, wide_map, 1, here, 0, 1), bad);
    assert_int_equal(DsRestoreRegisterW(hbc, here, here, NULL, 1, here, 0, 1), bad);
    assert_int_equal(s.requests, 1);
    /* The bounds themselves are good. */
    assert_int_equal(DsRestoreRegisterA(hbc, "c", "l", map, 256, "b", 0xfffff, 0xfffff), S_OK);
    assert_int_equal(DsRestoreRegisterW(hbc, here, here, NULL, 0, here, 0, 0), S_OK);
    assert_int_equal(DsRestoreEnd(hbc), S_OK);
    api_join(&s);
    assert_nothing_left();
}
