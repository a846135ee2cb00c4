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
 * Handles. An HBC is an opaque token of 64 bits. NULL, ended, forged and foreign ones, and those of
 * the other kind (backup or restore), are answered with ERROR_INVALID_PARAMETER by every function;
 * then no output is touched and nothing is sent. Handles may be shared by threads: calls on one
 * handle run one after the other.
 *
 * Text. W functions take UTF-16; lone surrogates are kept. A functions take UTF-8, in which a lone
 * surrogate is its three bytes; what is not UTF-8 in this sense is answered with
 * ERROR_NO_UNICODE_TRANSLATION. File names and paths have at most 4096 characters
 * (ERROR_INVALID_PARAMETER).
 *
 * Any function may also return ERROR_NOT_ENOUGH_MEMORY, ERROR_ACCESS_DENIED and, when the server
 * cannot be reached or fails, an RPC code: RPC_S_CALL_FAILED (it may have acted),
 * RPC_S_CALL_FAILED_DNE (it has not), RPC_S_CALL_CANCELLED (another thread ended the handle),
 * RPC_X_BAD_STUB_DATA (its answer makes no sense), ERROR_NOT_ENOUGH_SERVER_MEMORY. Once the
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
 * Sources: the function pages of learn.microsoft.com "win32/ad"; where they are silent,
 * docs/contract.md.
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
 * Whether the directory service is online: TRUE for a backup, FALSE for a restore. The server must
 * be this machine: ".", "localhost" or its name, with or without leading \\.
 * ERROR_INVALID_PARAMETER: NULL argument. hrCouldNotConnect: the name is malformed, has an
 * underscore or is unknown, or nothing listens. RPC_S_INVALID_BINDING: another machine.
 * *pfNTDSOnline is set on S_OK alone.
 */
HRESULT NTDSBCLI_API DsIsNTDSOnlineA(LPCSTR szServerName, BOOL *pfNTDSOnline);
HRESULT NTDSBCLI_API DsIsNTDSOnlineW(LPCWSTR szServerName, BOOL *pfNTDSOnline);

/*
 * Starts a full backup. grbit must be 0, btBackupType BACKUP_TYPE_FULL. On S_OK *phbc is a backup
 * handle (DsBackupEnd) and *ppvExpiryToken the expiry token of *pcbExpiryTokenSize bytes
 * (DsBackupFree): save it with the backup. On failure they are NULL, NULL and 0.
 * ERROR_INVALID_PARAMETER: server or phbc NULL, grbit, type. hrInvalidParam: a token pointer is
 * NULL. hrCouldNotConnect, RPC_S_INVALID_BINDING: as above; also when the directory is offline.
 * hrBackupInProgress: too many sessions. ERROR_NOT_ENOUGH_MEMORY: also when 4096 handles are open.
 */
HRESULT NTDSBCLI_API DsBackupPrepareA(LPCSTR szBackupServer, ULONG grbit, ULONG btBackupType,
                                      PVOID *ppvExpiryToken, LPDWORD pcbExpiryTokenSize, HBC *phbc);
HRESULT NTDSBCLI_API DsBackupPrepareW(LPCWSTR szBackupServer, ULONG grbit, ULONG btBackupType,
                                      PVOID *ppvExpiryToken, LPDWORD pcbExpiryTokenSize, HBC *phbc);

/*
 * The database and patch files to back up, then (after those) the logs. The list pointer must be
 * NULL on entry, or ERROR_INVALID_PARAMETER; on S_OK it is a list of *pcbSize bytes (DsBackupFree).
 * hrInvalidBackupSequence: a file is open; database names after the log list.
 */
HRESULT NTDSBCLI_API DsBackupGetDatabaseNamesA(HBC hbc, LPSTR *pszAttachmentInfo, LPDWORD pcbSize);
HRESULT NTDSBCLI_API DsBackupGetDatabaseNamesW(HBC hbc, LPWSTR *pszAttachmentInfo, LPDWORD pcbSize);
HRESULT NTDSBCLI_API DsBackupGetBackupLogsA(HBC hbc, LPSTR *pszBackupLogFiles, LPDWORD pcbSize);
HRESULT NTDSBCLI_API DsBackupGetBackupLogsW(HBC hbc, LPWSTR *pszBackupLogFiles, LPDWORD pcbSize);

/*
 * Opens a listed file: its entry with or without the BFT character, or the last component alone.
 * cbReadHintSize: bytes that later reads will ask for; a multiple of 8192, at least 24576.
 * ERROR_INVALID_PARAMETER: NULL or empty name, NULL size pointer, hint. hrFileNotFound: not in the
 * list. hrAlreadyOpen: a file is open, and stays so. hrInvalidBackupSequence: a database file after
 * the log list. *pliFileSize: the size in bytes; 0 on failure.
 */
HRESULT NTDSBCLI_API DsBackupOpenFileA(HBC hbc, LPCSTR szAttachmentName, DWORD cbReadHintSize,
                                       LARGE_INTEGER *pliFileSize);
HRESULT NTDSBCLI_API DsBackupOpenFileW(HBC hbc, LPCWSTR szAttachmentName, DWORD cbReadHintSize,
                                       LARGE_INTEGER *pliFileSize);

/*
 * Reads on from where the last read ended. cbBuffer: a multiple of 8192, at least 24576. S_OK: 1 to
 * cbBuffer bytes came; fewer than asked for is normal. ERROR_HANDLE_EOF (38, positive): all has
 * been read, *pcbRead is 0. A failed read leaves the position. hrInvalidHandle: no file is open.
 * ERROR_INVALID_PARAMETER: sizes, NULL.
 */
HRESULT NTDSBCLI_API DsBackupRead(HBC hbc, PVOID pvBuffer, DWORD cbBuffer, PDWORD pcbRead);

/* Closes the open file. hrInvalidHandle: none is open. */
HRESULT NTDSBCLI_API DsBackupClose(HBC hbc);

/*
 * Deletes the listed logs but for the current one, oldest first, once every listed file has been
 * read to its end. Save the expiry token before. hrInvalidBackupSequence: not all has been read, or
 * a file is open, or it was done; nothing is deleted.
 */
HRESULT NTDSBCLI_API DsBackupTruncateLogs(HBC hbc);

/*
 * Ends the backup. Whatever it returns the handle is dead and everything on this side is released;
 * a code other than S_OK says that the server could not be told and cleans up by itself. A call
 * that another thread has under way on the handle returns RPC_S_CALL_CANCELLED. Does not free token
 * and lists.
 */
HRESULT NTDSBCLI_API DsBackupEnd(HBC hbc);

/* Frees a token or list. NULL, foreign and already freed pointers are ignored. */
VOID NTDSBCLI_API DsBackupFree(PVOID pvBuffer);

/* Where database, logs and checkpoint file go. Works on a restricted handle. As the lists above. */
HRESULT NTDSBCLI_API DsRestoreGetDatabaseLocationsA(HBC hbc, LPSTR *pszDatabaseLocationList,
                                                    LPDWORD pcbSize);
HRESULT NTDSBCLI_API DsRestoreGetDatabaseLocationsW(HBC hbc, LPWSTR *pszDatabaseLocationList,
                                                    LPDWORD pcbSize);

/*
 * Starts a restore. The directory must be offline. rtFlag: 0 or RESTORE_TYPE_CATCHUP. A NULL token
 * gives a restricted handle, good for DsRestoreGetDatabaseLocations and DsRestoreEnd alone. *phbc
 * is NULL on failure. ERROR_INVALID_PARAMETER: server or phbc NULL, other flags, a NULL token of a
 * size other than 0. hrUnknownExpiryTokenFormat, hrContentsExpired: of the token.
 * hrInvalidOperation: a token while the directory is online.
 */
HRESULT NTDSBCLI_API DsRestorePrepareA(LPCSTR szServerName, ULONG rtFlag, PVOID pvExpiryToken,
                                       DWORD cbExpiryTokenSize, HBC *phbc);
HRESULT NTDSBCLI_API DsRestorePrepareW(LPCWSTR szServerName, ULONG rtFlag, PVOID pvExpiryToken,
                                       DWORD cbExpiryTokenSize, HBC *phbc);

/*
 * Locks the directory offline, durably, until DsRestoreRegisterComplete. genLow <= genHigh <=
 * 0xFFFFF. ERROR_INVALID_PARAMETER: NULL paths, NULL names in the map, crstmap < 0 or > 256,
 * generations. hrMissingExpiryToken: restricted handle. hrRestoreInProgress: registered already,
 * here or by another session.
 */
HRESULT NTDSBCLI_API DsRestoreRegisterA(HBC hbc, LPCSTR szCheckPointFilePath, LPCSTR szLogPath,
                                        EDB_RSTMAPA rgrstmap[], LONG crstmap,
                                        LPCSTR szBackupLogPath, ULONG genLow, ULONG genHigh);
HRESULT NTDSBCLI_API DsRestoreRegisterW(HBC hbc, LPCWSTR szCheckPointFilePath, LPCWSTR szLogPath,
                                        EDB_RSTMAPW rgrstmap[], LONG crstmap,
                                        LPCWSTR szBackupLogPath, ULONG genLow, ULONG genHigh);

/*
 * Undoes the lock if hrRestoreState is S_OK. Any other value, raw Win32 codes too, says that the
 * restore failed: the directory stays offline until another one succeeds. hrInvalidBackupSequence:
 * not registered.
 */
HRESULT NTDSBCLI_API DsRestoreRegisterComplete(HBC hbc, HRESULT hrRestoreState);

/* As DsBackupEnd. Between Register and Complete it leaves the lock. */
HRESULT NTDSBCLI_API DsRestoreEnd(HBC hbc);

/* Sets the log number that the next backup starts from; durable. ERROR_INVALID_PARAMETER: NULL
   server, number above 0xFFFFF that is not BACKUP_DISABLE_INCREMENTAL. */
HRESULT NTDSBCLI_API DsSetCurrentBackupLogA(LPCSTR szServerName, DWORD dwCurrentLog);
HRESULT NTDSBCLI_API DsSetCurrentBackupLogW(LPCWSTR szServerName, DWORD dwCurrentLog);

/*
 * The identity under which this process calls from now on; all NULL: its own. Handles that are
 * open, and calls under way, keep theirs. A NULL domain or password beside a user is an empty one.
 * Kept in locked memory and wiped when it is replaced. Judged by the server at the next call, not
 * here. Travels over ncalrpc alone: with a TCP endpoint the next calls return
 * RPC_S_UNKNOWN_AUTHN_SERVICE. ERROR_INVALID_PARAMETER: NULL user with the others set, or more than
 * 1023 bytes of UTF-8 in one. ERROR_NOT_ENOUGH_MEMORY: also when no page can be locked. On failure
 * the former identity stays.
 */
HRESULT NTDSBCLI_API DsSetAuthIdentityA(LPCSTR szUserName, LPCSTR szDomainName, LPCSTR szPassword);
HRESULT NTDSBCLI_API DsSetAuthIdentityW(LPCWSTR szUserName, LPCWSTR szDomainName,
                                        LPCWSTR szPassword);

/*
 * Judges layout and age of a token without asking a server: S_OK, hrUnknownExpiryTokenFormat or
 * hrContentsExpired. S_OK does not vouch for authenticity, which only DsRestorePrepare can judge.
 * Of this function only the name is public; signature and meaning are ours.
 */
HRESULT NTDSBCLI_API DsRestoreCheckExpiryToken(PVOID pvExpiryToken, DWORD cbExpiryTokenSize);

#ifdef __cplusplus
}
#endif

#endif
