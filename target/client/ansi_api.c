/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The A forms: the same functions, told that their text is narrow (UTF-8 here). Conversion happens
 * after the check of the handle, so that both forms return the same.
 */
#include "api.h"

#include "identity.h"

HRESULT DsIsNTDSOnlineA(LPCSTR szServerName, WINBOOL *pfNTDSOnline)
{
    return api_is_online(text_narrow(szServerName), pfNTDSOnline);
}

HRESULT DsBackupPrepareA(LPCSTR szBackupServer, ULONG grbit, ULONG btFlag, PVOID *ppvExpiryToken,
                         LPDWORD pcbExpiryTokenSize, HBC *phbc)
{
    return api_backup_prepare(text_narrow(szBackupServer), grbit, btFlag, ppvExpiryToken,
                              pcbExpiryTokenSize, phbc);
}

HRESULT DsBackupGetDatabaseNamesA(HBC hbc, LPSTR *pszAttachmentInfo, LPDWORD pcbSize)
{
    return api_get_list(hbc, API_DATABASE_NAMES,
                        (struct list_argument){.narrow = pszAttachmentInfo}, pcbSize);
}

HRESULT DsBackupOpenFileA(HBC hbc, LPCSTR szAttachmentName, DWORD cbReadHintSize,
                          LARGE_INTEGER *pliFileSize)
{
    return api_open_file(hbc, text_narrow(szAttachmentName), cbReadHintSize, pliFileSize);
}

HRESULT DsBackupGetBackupLogsA(HBC hbc, LPSTR *pszBackupLogFiles, LPDWORD pcbSize)
{
    return api_get_list(hbc, API_BACKUP_LOGS, (struct list_argument){.narrow = pszBackupLogFiles},
                        pcbSize);
}

HRESULT DsRestoreGetDatabaseLocationsA(HBC hbc, LPSTR *pszDatabaseLocationList, LPDWORD pcbSize)
{
    return api_get_list(hbc, API_DATABASE_LOCATIONS,
                        (struct list_argument){.narrow = pszDatabaseLocationList}, pcbSize);
}

HRESULT DsRestorePrepareA(LPCSTR szServerName, ULONG rtFlag, PVOID pvExpiryToken,
                          DWORD cbExpiryTokenSize, HBC *phbc)
{
    return api_restore_prepare(text_narrow(szServerName), rtFlag, pvExpiryToken, cbExpiryTokenSize,
                               phbc);
}

HRESULT DsRestoreRegisterA(HBC hbc, LPCSTR szCheckPointFilePath, LPCSTR szLogPath,
                           EDB_RSTMAPA rgrstmap[], LONG crstmap, LPCSTR szBackupLogPath,
                           ULONG genLow, ULONG genHigh)
{
    return api_restore_register(hbc, text_narrow(szCheckPointFilePath), text_narrow(szLogPath),
                                (struct restore_map){.narrow = rgrstmap}, crstmap,
                                text_narrow(szBackupLogPath), genLow, genHigh);
}

HRESULT DsSetCurrentBackupLogA(LPCSTR szServerName, DWORD dwCurrentLog)
{
    return api_set_current_log(text_narrow(szServerName), dwCurrentLog);
}

HRESULT DsSetAuthIdentityA(LPCSTR szUserName, LPCSTR szDomainName, LPCSTR szPassword)
{
    return identity_set(text_narrow(szUserName), text_narrow(szDomainName),
                        text_narrow(szPassword));
}
