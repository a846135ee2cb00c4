/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program as one writes it against the SDK: the documented walkthroughs with the names without A
 * and W. headers.sh compiles it, unchanged, with our headers and with those of mingw-w64, as C and
 * C++, ANSI and UNICODE. It is not run.
 */
#include <windows.h>

#include <ntdsbcli.h>

enum { READ_SIZE = 65536 };

static HRESULT backup_file(HBC hbc, LPCTSTR name, LPBYTE buffer, LARGE_INTEGER *total)
{
    LARGE_INTEGER size;
    DWORD read = 0;
    HRESULT hr = DsBackupOpenFile(hbc, name, READ_SIZE, &size);
    if (hr != S_OK)
        return hr;
    total->QuadPart += size.QuadPart;
    while ((hr = DsBackupRead(hbc, buffer, READ_SIZE, &read)) == S_OK)
        total->QuadPart -= read;
    if (hr != ERROR_HANDLE_EOF)
        return hr;
    return DsBackupClose(hbc);
}

/* The kind of an entry, and the entry without it. */
static LPCTSTR skip_type(LPCTSTR entry, BFT *type)
{
    *type = entry[0];
    return entry + 1;
}

static HRESULT backup_list(HBC hbc, LPCTSTR list, LPBYTE buffer)
{
    LARGE_INTEGER total;
    BFT type = BFT_UNKNOWN;
    HRESULT hr = S_OK;
    total.QuadPart = 0;
    while (*list != 0 && hr == S_OK) {
        LPCTSTR name = skip_type(list, &type);
        if (type == BFT_NTDS_DATABASE || type == BFT_LOG || type == BFT_PATCH_FILE)
            hr = backup_file(hbc, name, buffer, &total);
        while (*list++ != 0)
            continue;
    }
    return hr;
}

HRESULT backup(LPBYTE buffer);
HRESULT backup(LPBYTE buffer)
{
    BOOL online = FALSE;
    HBC hbc = NULL;
    PVOID token = NULL;
    DWORD token_size = 0, size = 0;
    LPTSTR names = NULL, logs = NULL;
    HRESULT hr = DsSetAuthIdentity(TEXT("user"), TEXT("domain"), TEXT("password"));
    if (hr == S_OK)
        hr = DsIsNTDSOnline(TEXT("\\\\localhost"), &online);
    if (hr != S_OK || !online)
        return hr != S_OK ? hr : hrError;
    hr = DsBackupPrepare(TEXT("\\\\localhost"), 0, BACKUP_TYPE_FULL, &token, &token_size, &hbc);
    if (hr != S_OK)
        return hr;
    hr = DsBackupGetDatabaseNames(hbc, &names, &size);
    if (hr == S_OK)
        hr = backup_list(hbc, names, buffer);
    if (hr == S_OK)
        hr = DsBackupGetBackupLogs(hbc, &logs, &size);
    if (hr == S_OK)
        hr = backup_list(hbc, logs, buffer);
    if (hr == S_OK)
        hr = DsBackupTruncateLogs(hbc);
    DsBackupFree(names);
    DsBackupFree(logs);
    DsBackupFree(token);
    DsBackupEnd(hbc);
    return hr;
}

HRESULT restore(PVOID token, DWORD token_size, LPTSTR database);
HRESULT restore(PVOID token, DWORD token_size, LPTSTR database)
{
    HBC hbc = NULL;
    LPTSTR locations = NULL;
    DWORD size = 0;
    EDB_RSTMAP map[1];
    PEDB_RSTMAP first = map;
    HRESULT hr = DsRestorePrepare(TEXT("localhost"), RESTORE_TYPE_CATCHUP, token, token_size, &hbc);
    if (hr != hrNone)
        return hr;
#ifdef UNICODE
    first->wszDatabaseName = first->wszNewDatabaseName = database;
#else
    first->szDatabaseName = first->szNewDatabaseName = database;
#endif
    hr = DsRestoreGetDatabaseLocations(hbc, &locations, &size);
    if (hr == S_OK) {
        switch (locations[0]) {
        case BFT_LOG_DIR:
        case BFT_CHECKPOINT_DIR:
            break;
        default:
            hr = hrInvalidPath;
        }
    }
    if (hr == S_OK)
        hr = DsRestoreRegister(hbc, locations, locations, map, 1, locations, 0, 0xfffff);
    if (hr == S_OK)
        hr = DsRestoreRegisterComplete(hbc, S_OK);
    switch (hr) {
    case hrMissingExpiryToken:
    case hrContentsExpired:
    case hrRestoreInProgress:
    case RPC_S_INVALID_BINDING:
        DsSetCurrentBackupLog(TEXT("localhost"), BACKUP_DISABLE_INCREMENTAL);
        break;
    default:
        break;
    }
    DsBackupFree(locations);
    return FAILED(DsRestoreEnd(hbc)) ? HRESULT_FROM_WIN32(ERROR_INVALID_PARAMETER) : hr;
}
