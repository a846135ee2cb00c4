/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every function with every kind of invalid handle: refused, no output touched, nothing sent.
 */
#include "tests/support/api_server.h"
#include "tests/support/test.h"

static const WCHAR here[] = {'.', 0}, name_w[] = {'n', 't', 'd', 's', '.', 'd', 'i', 't', 0};
static unsigned char foreign[64];

enum { BACKUP_FUNCTIONS = 10, FUNCTIONS = 16 };

/* Function `i` with right arguments but for the handle; false if it touched an output. */
static bool call_with(unsigned i, HBC hbc, HRESULT *result)
{
    LPSTR narrow = NULL;
    LPWSTR wide = NULL;
    DWORD bytes = 77;
    LARGE_INTEGER size = {.QuadPart = 77};
    static unsigned char data[24576];
    data[0] = 77;
    switch (i) {
    case 0:
        *result = DsBackupGetDatabaseNamesA(hbc, &narrow, &bytes);
        break;
    case 1:
        *result = DsBackupGetDatabaseNamesW(hbc, &wide, &bytes);
        break;
    case 2:
        *result = DsBackupOpenFileA(hbc, "ntds.dit", 24576, &size);
        break;
    case 3:
        *result = DsBackupOpenFileW(hbc, name_w, 24576, &size);
        break;
    case 4:
        *result = DsBackupRead(hbc, data, sizeof data, &bytes);
        break;
    case 5:
        *result = DsBackupClose(hbc);
        break;
    case 6:
        *result = DsBackupGetBackupLogsA(hbc, &narrow, &bytes);
        break;
    case 7:
        *result = DsBackupGetBackupLogsW(hbc, &wide, &bytes);
        break;
    case 8:
        *result = DsBackupTruncateLogs(hbc);
        break;
    case 9:
        *result = DsBackupEnd(hbc);
        break;
    case 10:
        *result = DsRestoreGetDatabaseLocationsA(hbc, &narrow, &bytes);
        break;
    case 11:
        *result = DsRestoreGetDatabaseLocationsW(hbc, &wide, &bytes);
        break;
    case 12:
        *result = DsRestoreRegisterA(hbc, "a", "b", NULL, 0, "c", 0, 1);
        break;
    case 13:
        *result = DsRestoreRegisterW(hbc, here, here, NULL, 0, here, 0, 1);
        break;
    case 14:
        *result = DsRestoreRegisterComplete(hbc, S_OK);
        break;
    default:
        *result = DsRestoreEnd(hbc);
    }
    return narrow == NULL && wide == NULL && bytes == 77 && size.QuadPart == 77 && data[0] == 77;
}

static void assert_refused(HBC hbc, unsigned first, unsigned end)
{
    for (unsigned i = first; i < end; i++) {
        HRESULT result;
        assert_true(call_with(i, hbc, &result));
        if (result != ERROR_INVALID_PARAMETER)
            fail_msg("function %u: %#x for %p", i, (unsigned)result, hbc);
    }
}

TEST(every_function_refuses_handles_that_were_never_issued)
{
    static const uint64_t values[] = {0,
                                      1,
                                      UINT64_MAX,
                                      0x7f0012345678,
                                      0x5a00000001000000,
                                      0xa500000001000000,
                                      0x5a00000000000000,
                                      0x5a00000001ffffff};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_refused((HBC)(uintptr_t)values[i], 0, FUNCTIONS);
    assert_refused(foreign, 0, FUNCTIONS);
    int local;
    assert_refused(&local, 0, FUNCTIONS);
}

TEST(forged_handles_are_refused_beside_a_live_one_and_nothing_is_sent)
{
    struct api_server s;
    HBC hbc = api_backup(&s, (const char *const[]){PREPARED, ENDED, NULL});
    for (unsigned bit = 0; bit < 64; bit++)
        assert_refused((HBC)((uintptr_t)hbc ^ (uintptr_t)1 << bit), 0, FUNCTIONS);
    assert_refused(hbc, BACKUP_FUNCTIONS, FUNCTIONS);
    assert_int_equal(s.requests, 1);
    assert_int_equal(DsBackupEnd(hbc), S_OK);
    assert_refused(hbc, 0, FUNCTIONS);
    api_join(&s);
    assert_nothing_left();
}

TEST(restore_handle_is_refused_by_backup_functions)
{
    struct api_server s;
    HBC hbc = api_restore(&s, (const char *const[]){R_PREPARED, ENDED, NULL});
    assert_refused(hbc, 0, BACKUP_FUNCTIONS);
    assert_int_equal(s.requests, 1);
    assert_int_equal(DsRestoreEnd(hbc), S_OK);
    assert_refused(hbc, 0, FUNCTIONS);
    api_join(&s);
    assert_nothing_left();
}

TEST(handle_of_an_earlier_use_of_its_slot_is_refused)
{
    struct api_server s;
    HBC old = api_backup(&s, (const char *const[]){PREPARED, ENDED, NULL});
    assert_int_equal(DsBackupEnd(old), S_OK);
    api_join(&s);
    HBC hbc = api_backup(&s, (const char *const[]){PREPARED, ENDED, NULL});
    assert_int_equal((uintptr_t)old & 0xffffff, (uintptr_t)hbc & 0xffffff);
    assert_refused(old, 0, FUNCTIONS);
    assert_int_equal(DsBackupEnd(hbc), S_OK);
    api_join(&s);
}
