/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the stub has not of ntdsbcli.h; no test calls it.
 */
#include <windows.h>

#include <ntdsbcli.h>

#define ABSENT(name, ...)                                                                          \
    HRESULT name(__VA_ARGS__)                                                                      \
    {                                                                                              \
        return hrNyi;                                                                              \
    }

#pragma GCC diagnostic ignored "-Wunused-parameter"
ABSENT(DsIsNTDSOnlineA, LPCSTR a, WINBOOL *b)
ABSENT(DsBackupPrepareA, LPCSTR a, ULONG b, ULONG c, PVOID *d, LPDWORD e, HBC *f)
ABSENT(DsBackupGetDatabaseNamesA, HBC a, LPSTR *b, LPDWORD c)
ABSENT(DsBackupGetDatabaseNamesW, HBC a, LPWSTR *b, LPDWORD c)
ABSENT(DsBackupOpenFileW, HBC a, LPCWSTR b, DWORD c, LARGE_INTEGER *d)
ABSENT(DsBackupGetBackupLogsA, HBC a, LPSTR *b, LPDWORD c)
ABSENT(DsBackupGetBackupLogsW, HBC a, LPWSTR *b, LPDWORD c)
ABSENT(DsBackupTruncateLogs, HBC a)
ABSENT(DsRestoreGetDatabaseLocationsA, HBC a, LPSTR *b, LPDWORD c)
ABSENT(DsRestoreGetDatabaseLocationsW, HBC a, LPWSTR *b, LPDWORD c)
ABSENT(DsRestorePrepareA, LPCSTR a, ULONG b, PVOID c, DWORD d, HBC *e)
ABSENT(DsRestoreRegisterA, HBC a, LPCSTR b, LPCSTR c, EDB_RSTMAPA d[], LONG e, LPCSTR f, ULONG g,
       ULONG h)
ABSENT(DsSetCurrentBackupLogA, LPCSTR a, DWORD b)
ABSENT(DsSetCurrentBackupLogW, LPCWSTR a, DWORD b)
ABSENT(DsRestoreCheckExpiryToken, PVOID a, DWORD b)
