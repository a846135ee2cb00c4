/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sizes, values and prototypes that the SDK's binary interface fixes, checked while compiling, with
 * our headers and with those of mingw-w64.
 */
#include <windows.h>

#include <ntdsbcli.h>

#include <stddef.h>

#ifdef __cplusplus
#define CHECK(condition) static_assert(condition, #condition)
#else
#define CHECK(condition) _Static_assert(condition, #condition)
#endif

CHECK(sizeof(LONG) == 4);
CHECK(sizeof(ULONG) == 4);
CHECK(sizeof(DWORD) == 4);
CHECK(sizeof(HRESULT) == 4);
CHECK((HRESULT)-1 < 0);
CHECK(sizeof(BOOL) == 4);
CHECK(sizeof(CHAR) == 1);
CHECK(sizeof(WCHAR) == 2);
CHECK((WCHAR)-1 > 0);
CHECK(sizeof(LARGE_INTEGER) == 8);
CHECK(offsetof(LARGE_INTEGER, HighPart) == 4);
CHECK(sizeof(((LARGE_INTEGER *)0)->QuadPart) == 8);
CHECK(sizeof(ULARGE_INTEGER) == 8);
CHECK(sizeof(HBC) == sizeof(void *));
CHECK(sizeof(WORD) == 2);
CHECK(sizeof(SHORT) == 2);
CHECK(sizeof(LONGLONG) == 8);
CHECK(sizeof(ULONGLONG) == 8);
CHECK(sizeof(UINT) == 4);
CHECK(sizeof(SIZE_T) == sizeof(void *));
CHECK(sizeof(EDB_RSTMAPA) == 2 * sizeof(void *));
CHECK(sizeof(EDB_RSTMAPW) == 2 * sizeof(void *));
CHECK(offsetof(EDB_RSTMAPW, wszNewDatabaseName) == sizeof(void *));
CHECK(sizeof(EDB_RSTMAP) == sizeof(*(PEDB_RSTMAP)0));
CHECK(sizeof(TCHAR) == sizeof(BFT));
#ifdef UNICODE
CHECK(sizeof(BFT) == 2);
CHECK(sizeof(g_szBackupAnnotation) == 2 * sizeof g_aszBackupAnnotation);
#else
CHECK(sizeof(BFT) == 1);
CHECK(sizeof(g_szRestoreAnnotation) == sizeof g_aszRestoreAnnotation);
#endif
CHECK(sizeof(g_wszBackupAnnotation) == 2 * sizeof g_aszBackupAnnotation);
CHECK(sizeof(g_wszRestoreAnnotation) == 2 * sizeof g_aszRestoreAnnotation);

CHECK(BFT_LOG == 0x21);
CHECK(BFT_NTDS_DATABASE == 0x44);
CHECK(BFT_PATCH_FILE == 0x25);
CHECK(BFT_UNKNOWN == 0x0f);
/* As BFT: negative in an ANSI build, where char is signed. */
CHECK(BFT_LOG_DIR == (BFT)0x82);
CHECK(BFT_CHECKPOINT_DIR == (BFT)0x83);
CHECK((BFT_LOG_DIR & 0xff) == 0x82);

CHECK(SUCCEEDED(ERROR_HANDLE_EOF));
CHECK(FAILED(hrContentsExpired));
CHECK(hrAlreadyListening == RPC_S_ALREADY_LISTENING);

/* The same again is allowed only if it is the same. */
#ifdef __cplusplus
extern "C" {
#endif
HRESULT NTDSBCLI_API DsIsNTDSOnlineA(LPCSTR, WINBOOL *);
HRESULT NTDSBCLI_API DsIsNTDSOnlineW(LPCWSTR, WINBOOL *);
HRESULT NTDSBCLI_API DsBackupPrepareA(LPCSTR, ULONG, ULONG, PVOID *, LPDWORD, HBC *);
HRESULT NTDSBCLI_API DsBackupPrepareW(LPCWSTR, ULONG, ULONG, PVOID *, LPDWORD, HBC *);
HRESULT NTDSBCLI_API DsBackupGetDatabaseNamesA(HBC, LPSTR *, LPDWORD);
HRESULT NTDSBCLI_API DsBackupGetDatabaseNamesW(HBC, LPWSTR *, LPDWORD);
HRESULT NTDSBCLI_API DsBackupOpenFileA(HBC, LPCSTR, DWORD, LARGE_INTEGER *);
HRESULT NTDSBCLI_API DsBackupOpenFileW(HBC, LPCWSTR, DWORD, LARGE_INTEGER *);
HRESULT NTDSBCLI_API DsBackupRead(HBC, PVOID, DWORD, PDWORD);
HRESULT NTDSBCLI_API DsBackupClose(HBC);
HRESULT NTDSBCLI_API DsBackupGetBackupLogsA(HBC, LPSTR *, LPDWORD);
HRESULT NTDSBCLI_API DsBackupGetBackupLogsW(HBC, LPWSTR *, LPDWORD);
HRESULT NTDSBCLI_API DsBackupTruncateLogs(HBC);
HRESULT NTDSBCLI_API DsBackupEnd(HBC);
VOID NTDSBCLI_API DsBackupFree(PVOID);
HRESULT NTDSBCLI_API DsRestoreGetDatabaseLocationsA(HBC, LPSTR *, LPDWORD);
HRESULT NTDSBCLI_API DsRestoreGetDatabaseLocationsW(HBC, LPWSTR *, LPDWORD);
HRESULT NTDSBCLI_API DsRestorePrepareA(LPCSTR, ULONG, PVOID, DWORD, HBC *);
HRESULT NTDSBCLI_API DsRestorePrepareW(LPCWSTR, ULONG, PVOID, DWORD, HBC *);
HRESULT NTDSBCLI_API DsRestoreRegisterA(HBC, LPCSTR, LPCSTR, EDB_RSTMAPA[], LONG, LPCSTR, ULONG,
                                        ULONG);
HRESULT NTDSBCLI_API DsRestoreRegisterW(HBC, LPCWSTR, LPCWSTR, EDB_RSTMAPW[], LONG, LPCWSTR, ULONG,
                                        ULONG);
HRESULT NTDSBCLI_API DsRestoreRegisterComplete(HBC, HRESULT);
HRESULT NTDSBCLI_API DsRestoreEnd(HBC);
HRESULT NTDSBCLI_API DsSetCurrentBackupLogA(LPCSTR, DWORD);
HRESULT NTDSBCLI_API DsSetCurrentBackupLogW(LPCWSTR, DWORD);
HRESULT NTDSBCLI_API DsSetAuthIdentityA(LPCSTR, LPCSTR, LPCSTR);
HRESULT NTDSBCLI_API DsSetAuthIdentityW(LPCWSTR, LPCWSTR, LPCWSTR);
#ifdef __cplusplus
}
#endif
