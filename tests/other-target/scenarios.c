/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of the API (docs/contract.md) that a client alone can keep or break, against a server
 * that is a script.
 */
#include <windows.h>

#include <ntdsbcli.h>

#include <rundown/scenario.h>

#include <stdbool.h>
#include <string.h>

#define SERVER "/run/other-backup"

RUNDOWN_SCENARIO(backup, "a file is backed up")
{
    static char data[24576];
    DWORD bytes = 0, read = 0;
    PVOID token = NULL;
    LPSTR names = NULL;
    LARGE_INTEGER size;
    HBC hbc = NULL;
    rundown_peer_local(SERVER, "> PREPARE\n"
                               "< \"OK\\n\"\n"
                               "> NAMES\n"
                               "< \"OK ntds.dit\\n\"\n"
                               "> OPEN ntds.dit\n"
                               "< \"OK 12\\n\"\n"
                               "> READ\n"
                               "< \"OK 12\\ntwelve bytes\"\n"
                               "> CLOSE\n"
                               "< \"OK\\n\"\n"
                               "> END\n"
                               "< \"OK\\n\"\n");
    HRESULT result = DsBackupPrepareA(".", 0, BACKUP_TYPE_FULL, &token, &bytes, &hbc);
    if (result != S_OK)
        return RUNDOWN_HANDLED;
    result = DsBackupGetDatabaseNamesA(hbc, &names, &bytes);
    if (result == S_OK)
        result = DsBackupOpenFileA(hbc, "ntds.dit", 24576, &size);
    if (result == S_OK)
        result = DsBackupRead(hbc, data, sizeof data, &read);
    bool right = true;
    if (result == S_OK) {
        right = read == 12 && memcmp(data, "twelve bytes", 12) == 0 &&
                DsBackupRead(hbc, data, sizeof data, &read) == ERROR_HANDLE_EOF;
        result = DsBackupClose(hbc);
    }
    HRESULT ended = DsBackupEnd(hbc);
    DsBackupFree(names);
    DsBackupFree(token);
    RUNDOWN_CLAIM(right);
    return result == S_OK && ended == S_OK ? RUNDOWN_SUCCESS : RUNDOWN_HANDLED;
}

RUNDOWN_SCENARIO(refused, "the server has no list")
{
    DWORD bytes;
    PVOID token;
    LPSTR names = NULL;
    HBC hbc;
    rundown_peer_local(SERVER, "> PREPARE\n"
                               "< \"OK\\n\"\n"
                               "> NAMES\n"
                               "< \"NO 5\\n\"\n"
                               "> END\n"
                               "< \"OK\\n\"\n");
    if (DsBackupPrepareA(".", 0, BACKUP_TYPE_FULL, &token, &bytes, &hbc) != S_OK)
        return RUNDOWN_HANDLED;
    HRESULT result = DsBackupGetDatabaseNamesA(hbc, &names, &bytes);
    HRESULT ended = DsBackupEnd(hbc);
    DsBackupFree(token);
    RUNDOWN_CLAIM(result != S_OK && names == NULL);
    return result == ERROR_ACCESS_DENIED && ended == S_OK ? RUNDOWN_SUCCESS : RUNDOWN_HANDLED;
}

RUNDOWN_SCENARIO(ends_twice, "the second end of a handle is refused")
{
    DWORD bytes;
    PVOID token;
    HBC hbc;
    rundown_peer_local(SERVER, "> PREPARE\n"
                               "< \"OK\\n\"\n"
                               "> END\n"
                               "< \"OK\\n\"\n");
    if (DsBackupPrepareA(".", 0, BACKUP_TYPE_FULL, &token, &bytes, &hbc) != S_OK)
        return RUNDOWN_HANDLED;
    HRESULT ended = DsBackupEnd(hbc);
    DsBackupFree(token);
    RUNDOWN_CLAIM(DsBackupEnd(hbc) == ERROR_INVALID_PARAMETER);
    return ended == S_OK ? RUNDOWN_SUCCESS : RUNDOWN_HANDLED;
}
