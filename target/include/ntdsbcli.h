/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Active Directory directory backup API. Source-compatible with the SDK's header of this name:
 * a program that includes <windows.h> and <ntdsbcli.h> compiles unmodified, as C or C++, ANSI or
 * UNICODE.
 *
 * Results. Every function but DsBackupFree returns an HRESULT that holds either S_OK, a raw Win32
 * or RPC code (positive!) or an hr... code of ntdsbmsg.h (negative). SUCCEEDED() is true for
 * ERROR_INVALID_PARAMETER (87) and ERROR_HANDLE_EOF (38). The right test is `hr != S_OK`.
 *
 * Handles. An HBC is an opaque token of 64 bits. For a handle that is NULL, ended, made up, or of
 * the other kind (backup or restore) every function returns ERROR_INVALID_PARAMETER, touches no
 * output and sends nothing. Threads may share a handle: calls on it run one after the other.
 *
 * Text. W functions take UTF-16; lone surrogates are kept. A functions take UTF-8, in which a lone
 * surrogate is its three bytes; for text that is not UTF-8 in this sense they return
 * ERROR_NO_UNICODE_TRANSLATION. File names and paths have at most 4096 characters
 * (ERROR_INVALID_PARAMETER).
 *
 * Any function may also return ERROR_NOT_ENOUGH_MEMORY, ERROR_ACCESS_DENIED and, when the server
 * cannot be reached or fails, an RPC code: RPC_S_CALL_FAILED (it may have acted),
 * RPC_S_CALL_FAILED_DNE (it has not), RPC_S_CALL_CANCELLED (another thread ended the handle),
 * RPC_X_BAD_STUB_DATA (its reply cannot be decoded), ERROR_NOT_ENOUGH_SERVER_MEMORY. Once the
 * connection of a handle is lost, calls on it return RPC_S_CALL_FAILED_DNE until it is ended.
 *
 * Lists are multi-strings: strings one after the other, each with its NUL, then one more NUL; the
 * empty list is two NULs. Sizes count bytes and all NULs. The first character of each string is its
 * BFT (one byte in the A form, also where it is above 0x7f), the rest a UNC path. Where a path is
 * on this machine, it is the local path with \\HOST before it and backslashes for slashes.
 *
 * The server is found through NTDSBCLI_ENDPOINT, a string binding such as
 * ncalrpc:[/run/ntdsbsrvd/ncalrpc] (the default) or ncacn_ip_tcp:127.0.0.1[1350]; a bad one is
 * RPC_S_INVALID_STRING_BINDING, RPC_S_PROTSEQ_NOT_SUPPORTED, RPC_S_INVALID_ENDPOINT_FORMAT or
 * RPC_S_INVALID_NET_ADDR. NTDSBCLI_TIMEOUT_MS bounds connecting and each call, 1 to 3600000,
 * default 30000; a bad one is RPC_S_INVALID_TIMEOUT. Both are ignored in set-user-ID programs. The
 * names of servers are resolved before; that takes as long as the resolver takes.
 *
 * Ownership. Tokens and lists that a function hands out belong to the caller, who frees each with
 * DsBackupFree. Everything else stays the caller's, and is not kept beyond the call.
 *
 * Sources: the function pages of learn.microsoft.com "win32/ad"; where they are silent,
 * docs/contract.md, which lists each situation with its code and its source. The lines "Rules" name
 * the section.
 */
#ifndef _NTDSBCLI_H_
#define _NTDSBCLI_H_

#include <windows.h>

#ifdef __cplusplus
extern "C" {
#endif

#define xRPC_STRING
#define NTDSBCLI_API

#define g_wszBackupAnnotation  NTDSB_WIDE("NTDS Backup Interface")
#define g_aszBackupAnnotation  "NTDS Backup Interface"
#define g_wszRestoreAnnotation NTDSB_WIDE("NTDS Restore Interface")
#define g_aszRestoreAnnotation "NTDS Restore Interface"

/* DsBackupPrepare: only FULL is supported. */
#define BACKUP_TYPE_FULL        0x01
#define BACKUP_TYPE_LOGS_ONLY   0x02
#define BACKUP_TYPE_INCREMENTAL 0x04

/* DsRestorePrepare: 0 or CATCHUP are supported. */
#define RESTORE_TYPE_AUTHORATATIVE 0x01
#define RESTORE_TYPE_ONLINE        0x02
#define RESTORE_TYPE_CATCHUP       0x04

/* DsSetCurrentBackupLog: no incremental backup until the next full one. */
#define BACKUP_DISABLE_INCREMENTAL 0xffffffff

/* The first character of a list entry. In ANSI builds BFT is a signed char: compare with these
   constants, which are of that type, never with bare numbers. */
#if defined(UNICODE)
typedef WCHAR BFT;
#else
typedef CHAR BFT;
#endif

#define BFT_DIRECTORY          0x80
#define BFT_DATABASE_DIRECTORY 0x40
#define BFT_LOG_DIRECTORY      0x20

#define BFT_LOG            (BFT)(TEXT('\x01') | BFT_LOG_DIRECTORY)
#define BFT_LOG_DIR        (BFT)(TEXT('\x02') | BFT_DIRECTORY)
#define BFT_CHECKPOINT_DIR (BFT)(TEXT('\x03') | BFT_DIRECTORY)
#define BFT_NTDS_DATABASE  (BFT)(TEXT('\x04') | BFT_DATABASE_DIRECTORY)
#define BFT_PATCH_FILE     (BFT)(TEXT('\x05') | BFT_LOG_DIRECTORY)
#define BFT_UNKNOWN        (BFT)(TEXT('\x0f'))

#include <ntdsbmsg.h>

typedef void *HBC;

typedef struct tagEDB_RSTMAPA {
    char *szDatabaseName;    /* the name when it was backed up */
    char *szNewDatabaseName; /* where it goes */
} EDB_RSTMAPA, *PEDB_RSTMAPA;

#define UNICODE_RSTMAP

typedef struct tagEDB_RSTMAPW {
    WCHAR *wszDatabaseName;
    WCHAR *wszNewDatabaseName;
} EDB_RSTMAPW, *PEDB_RSTMAPW;

#ifdef UNICODE
#define g_szBackupAnnotation          g_wszBackupAnnotation
#define g_szRestoreAnnotation         g_wszRestoreAnnotation
#define EDB_RSTMAP                    EDB_RSTMAPW
#define PEDB_RSTMAP                   PEDB_RSTMAPW
#define DsIsNTDSOnline                DsIsNTDSOnlineW
#define DsBackupPrepare               DsBackupPrepareW
#define DsBackupGetDatabaseNames      DsBackupGetDatabaseNamesW
#define DsBackupOpenFile              DsBackupOpenFileW
#define DsBackupGetBackupLogs         DsBackupGetBackupLogsW
#define DsRestoreGetDatabaseLocations DsRestoreGetDatabaseLocationsW
#define DsRestorePrepare              DsRestorePrepareW
#define DsRestoreRegister             DsRestoreRegisterW
#define DsSetCurrentBackupLog         DsSetCurrentBackupLogW
#define DsSetAuthIdentity             DsSetAuthIdentityW
#else
#define g_szBackupAnnotation          g_aszBackupAnnotation
#define g_szRestoreAnnotation         g_aszRestoreAnnotation
#define EDB_RSTMAP                    EDB_RSTMAPA
#define PEDB_RSTMAP                   PEDB_RSTMAPA
#define DsIsNTDSOnline                DsIsNTDSOnlineA
#define DsBackupPrepare               DsBackupPrepareA
#define DsBackupGetDatabaseNames      DsBackupGetDatabaseNamesA
#define DsBackupOpenFile              DsBackupOpenFileA
#define DsBackupGetBackupLogs         DsBackupGetBackupLogsA
#define DsRestoreGetDatabaseLocations DsRestoreGetDatabaseLocationsA
#define DsRestorePrepare              DsRestorePrepareA
#define DsRestoreRegister             DsRestoreRegisterA
#define DsSetCurrentBackupLog         DsSetCurrentBackupLogA
#define DsSetAuthIdentity             DsSetAuthIdentityA
#endif

/*
 * Tells whether the directory service is online: TRUE for a backup, FALSE for a restore. The server
 * must be this machine: ".", "localhost" or its name, with or without leading \\. *pfNTDSOnline is
 * set on S_OK alone. ERROR_INVALID_PARAMETER: an argument is NULL. hrCouldNotConnect: the name is
 * malformed, has an underscore or is unknown, or no server listens. RPC_S_INVALID_BINDING: the name
 * of another machine.
 *
 * Rules: docs/contract.md#dsisntdsonline, docs/contract.md#server-names
 */
HRESULT NTDSBCLI_API DsIsNTDSOnlineA(LPCSTR szServerName, BOOL *pfNTDSOnline);
HRESULT NTDSBCLI_API DsIsNTDSOnlineW(LPCWSTR szServerName, BOOL *pfNTDSOnline);

/*
 * Begins a full backup. grbit must be 0, btBackupType BACKUP_TYPE_FULL. On S_OK *phbc is a backup
 * handle, to be ended with DsBackupEnd, and *ppvExpiryToken the expiry token, *pcbExpiryTokenSize
 * bytes, to be freed with DsBackupFree: save it with the backup. On failure they are NULL, NULL and
 * 0. ERROR_INVALID_PARAMETER: server or phbc is NULL, or a wrong grbit or type. hrInvalidParam: a
 * token pointer is NULL. hrCouldNotConnect, RPC_S_INVALID_BINDING: as above; hrCouldNotConnect also
 * when the directory is offline. hrBackupInProgress: the server has as many sessions as it allows.
 * hrFileNotFound: the store has no ntds.dit.
 * ERROR_NOT_ENOUGH_MEMORY: also when this process has 4096 handles.
 *
 * Rules: docs/contract.md#dsbackupprepare
 */
HRESULT NTDSBCLI_API DsBackupPrepareA(LPCSTR szBackupServer, ULONG grbit, ULONG btBackupType,
                                      PVOID *ppvExpiryToken, LPDWORD pcbExpiryTokenSize, HBC *phbc);
HRESULT NTDSBCLI_API DsBackupPrepareW(LPCWSTR szBackupServer, ULONG grbit, ULONG btBackupType,
                                      PVOID *ppvExpiryToken, LPDWORD pcbExpiryTokenSize, HBC *phbc);

/*
 * List the database and patch files to back up and, after those, the logs. The list pointer must be
 * NULL on entry (ERROR_INVALID_PARAMETER). On S_OK it is a list of *pcbSize bytes, to be freed with
 * DsBackupFree. hrInvalidBackupSequence: a file is open, or database names are asked for after the
 * logs. hrMissingLogFile: a generation is missing between two logs.
 *
 * Rules: docs/contract.md#dsbackupgetdatabasenames-and-dsbackupgetbackuplogs
 */
HRESULT NTDSBCLI_API DsBackupGetDatabaseNamesA(HBC hbc, LPSTR *pszAttachmentInfo, LPDWORD pcbSize);
HRESULT NTDSBCLI_API DsBackupGetDatabaseNamesW(HBC hbc, LPWSTR *pszAttachmentInfo, LPDWORD pcbSize);
HRESULT NTDSBCLI_API DsBackupGetBackupLogsA(HBC hbc, LPSTR *pszBackupLogFiles, LPDWORD pcbSize);
HRESULT NTDSBCLI_API DsBackupGetBackupLogsW(HBC hbc, LPWSTR *pszBackupLogFiles, LPDWORD pcbSize);

/*
 * Opens a listed file. szAttachmentName: its entry with or without the BFT character, or the last
 * component alone. cbReadHintSize: the bytes that later reads will ask for; a multiple of 8192, at
 * least 24576. *pliFileSize: the size of the file in bytes; 0 on failure. ERROR_INVALID_PARAMETER:
 * a NULL or empty name, a NULL size pointer, a wrong hint. hrFileNotFound: not in the list,
 * or no longer the file that was listed. hrAlreadyOpen: another file is open, and stays open.
 * hrInvalidBackupSequence: a database file after the logs have been listed.
 *
 * Rules: docs/contract.md#dsbackupopenfile
 */
HRESULT NTDSBCLI_API DsBackupOpenFileA(HBC hbc, LPCSTR szAttachmentName, DWORD cbReadHintSize,
                                       LARGE_INTEGER *pliFileSize);
HRESULT NTDSBCLI_API DsBackupOpenFileW(HBC hbc, LPCWSTR szAttachmentName, DWORD cbReadHintSize,
                                       LARGE_INTEGER *pliFileSize);

/*
 * Reads from where the last read ended. cbBuffer: the size of pvBuffer in bytes; a multiple of
 * 8192, at least 24576. On S_OK *pcbRead bytes, 1 to cbBuffer, were read; fewer than cbBuffer are
 * normal, not only at the end. ERROR_HANDLE_EOF (38, positive): the end of the file; *pcbRead is 0.
 * A read that fails leaves the position as it was. hrInvalidHandle: no file is open.
 * ERROR_INVALID_PARAMETER: a wrong size, a NULL pointer.
 *
 * Rules: docs/contract.md#dsbackupread
 */
HRESULT NTDSBCLI_API DsBackupRead(HBC hbc, PVOID pvBuffer, DWORD cbBuffer, PDWORD pcbRead);

/*
 * Closes the open file. hrInvalidHandle: no file is open.
 *
 * Rules: docs/contract.md#dsbackupclose
 */
HRESULT NTDSBCLI_API DsBackupClose(HBC hbc);

/*
 * Deletes the listed logs except the current one, oldest first, once every listed file has been
 * read to its end. Save the expiry token before. hrInvalidBackupSequence: a file has not been read
 * to its end, or one is open, or the logs have been truncated already; nothing is deleted.
 *
 * Rules: docs/contract.md#dsbackuptruncatelogs
 */
HRESULT NTDSBCLI_API DsBackupTruncateLogs(HBC hbc);

/*
 * Ends the backup. Whatever it returns, the handle is invalid afterwards and everything that this
 * process held for it is released; a code other than S_OK says that the server could not be told,
 * and cleans up by itself. A call that another thread has under way on the handle returns
 * RPC_S_CALL_CANCELLED. Tokens and lists are not freed.
 *
 * Rules: docs/contract.md#dsbackupend-and-dsrestoreend
 */
HRESULT NTDSBCLI_API DsBackupEnd(HBC hbc);

/*
 * Frees a token or list. Pointers that are NULL, freed already or not of this library are ignored.
 *
 * Rules: docs/contract.md#dsbackupfree
 */
VOID NTDSBCLI_API DsBackupFree(PVOID pvBuffer);

/*
 * Lists where database, logs and checkpoint file go. Works on a restricted handle. The list is as
 * in DsBackupGetDatabaseNames.
 *
 * Rules: docs/contract.md#dsrestoregetdatabaselocations
 */
HRESULT NTDSBCLI_API DsRestoreGetDatabaseLocationsA(HBC hbc, LPSTR *pszDatabaseLocationList,
                                                    LPDWORD pcbSize);
HRESULT NTDSBCLI_API DsRestoreGetDatabaseLocationsW(HBC hbc, LPWSTR *pszDatabaseLocationList,
                                                    LPDWORD pcbSize);

/*
 * Begins a restore. The directory must be offline. rtFlag: 0 or RESTORE_TYPE_CATCHUP.
 * pvExpiryToken: the token of the backup, cbExpiryTokenSize bytes. A NULL token gives a restricted
 * handle, which works for DsRestoreGetDatabaseLocations and DsRestoreEnd alone. On S_OK *phbc is a
 * restore handle, to be ended with DsRestoreEnd; on failure it is NULL. ERROR_INVALID_PARAMETER:
 * server or phbc is NULL, another flag, a NULL token with a size. hrUnknownExpiryTokenFormat: not a
 * token of this server. hrContentsExpired: the backup is older than the tombstone lifetime.
 * hrInvalidOperation: a token, and the directory is online.
 *
 * Rules: docs/contract.md#dsrestoreprepare
 */
HRESULT NTDSBCLI_API DsRestorePrepareA(LPCSTR szServerName, ULONG rtFlag, PVOID pvExpiryToken,
                                       DWORD cbExpiryTokenSize, HBC *phbc);
HRESULT NTDSBCLI_API DsRestorePrepareW(LPCWSTR szServerName, ULONG rtFlag, PVOID pvExpiryToken,
                                       DWORD cbExpiryTokenSize, HBC *phbc);

/*
 * Takes the directory offline, durably, until DsRestoreRegisterComplete. rgrstmap: crstmap entries,
 * 0 to 256. genLow <= genHigh <= 0xFFFFF: the numbers of the logs in the backup.
 * ERROR_INVALID_PARAMETER: a NULL path, a NULL name in the map, a wrong count or number.
 * hrMissingExpiryToken: a restricted handle. hrRestoreInProgress: registered already, by this
 * session or another one.
 *
 * Rules: docs/contract.md#dsrestoreregister
 */
HRESULT NTDSBCLI_API DsRestoreRegisterA(HBC hbc, LPCSTR szCheckPointFilePath, LPCSTR szLogPath,
                                        EDB_RSTMAPA rgrstmap[], LONG crstmap,
                                        LPCSTR szBackupLogPath, ULONG genLow, ULONG genHigh);
HRESULT NTDSBCLI_API DsRestoreRegisterW(HBC hbc, LPCWSTR szCheckPointFilePath, LPCWSTR szLogPath,
                                        EDB_RSTMAPW rgrstmap[], LONG crstmap,
                                        LPCWSTR szBackupLogPath, ULONG genLow, ULONG genHigh);

/*
 * Ends what DsRestoreRegister began. S_OK in hrRestoreState: the directory may go online. Any other
 * value, raw Win32 codes included: the restore failed, and the directory stays offline until
 * another one succeeds. hrInvalidBackupSequence: not registered.
 *
 * Rules: docs/contract.md#dsrestoreregistercomplete
 */
HRESULT NTDSBCLI_API DsRestoreRegisterComplete(HBC hbc, HRESULT hrRestoreState);

/*
 * Ends the restore, as DsBackupEnd ends a backup. Between Register and Complete the directory stays
 * offline.
 *
 * Rules: docs/contract.md#dsbackupend-and-dsrestoreend
 */
HRESULT NTDSBCLI_API DsRestoreEnd(HBC hbc);

/*
 * Sets the number of the log that the next backup starts from, durably. ERROR_INVALID_PARAMETER:
 * the server is NULL, or the number is above 0xFFFFF and not BACKUP_DISABLE_INCREMENTAL.
 *
 * Rules: docs/contract.md#dssetcurrentbackuplog
 */
HRESULT NTDSBCLI_API DsSetCurrentBackupLogA(LPCSTR szServerName, DWORD dwCurrentLog);
HRESULT NTDSBCLI_API DsSetCurrentBackupLogW(LPCWSTR szServerName, DWORD dwCurrentLog);

/*
 * Sets the identity under which this process calls from now on; all NULL: its own. Open handles and
 * calls under way keep theirs. With a user, a NULL domain or password is an empty one. The texts
 * are copied into locked memory, which is wiped when they are replaced. The server judges them at
 * the next call. They travel over ncalrpc alone: with a TCP endpoint the next calls return
 * RPC_S_UNKNOWN_AUTHN_SERVICE. ERROR_INVALID_PARAMETER: a NULL user with the others set, or more
 * than 1023 bytes of UTF-8 in one. ERROR_NOT_ENOUGH_MEMORY: also when no page can be locked. On
 * failure the former identity stays.
 *
 * Rules: docs/contract.md#dssetauthidentity
 */
HRESULT NTDSBCLI_API DsSetAuthIdentityA(LPCSTR szUserName, LPCSTR szDomainName, LPCSTR szPassword);
HRESULT NTDSBCLI_API DsSetAuthIdentityW(LPCWSTR szUserName, LPCWSTR szDomainName,
                                        LPCWSTR szPassword);

/*
 * Judges layout and age of a token, cbExpiryTokenSize bytes, without asking a server: S_OK,
 * hrUnknownExpiryTokenFormat or hrContentsExpired. S_OK does not mean that the token is authentic,
 * which only DsRestorePrepare can tell. Only the name of this function is public; its parameters
 * and meaning are this project's.
 *
 * Rules: docs/contract.md#dsrestorecheckexpirytoken
 */
HRESULT NTDSBCLI_API DsRestoreCheckExpiryToken(PVOID pvExpiryToken, DWORD cbExpiryTokenSize);

#ifdef __cplusplus
}
#endif

#endif
