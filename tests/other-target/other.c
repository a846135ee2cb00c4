/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Another client of ntdsbcli.h: handles are pointers, and its wire is lines of text over a UNIX
 * socket. It is wrong on purpose: planted.txt lists how.
 */
#include <windows.h>

#include <ntdsbcli.h>

#include "other.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINE = 128, TOKEN_BYTES = 16 };

static struct rundown_client_counts held;

void other_counts(struct rundown_client_counts *out)
{
    *out = held;
}

struct session {
    int socket;
    LONGLONG size, done; /* of the open file */
};

static int send_all(int socket, const char *text, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(socket, text, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return -1;
        text += sent;
        n -= (size_t)sent;
    }
    return 0;
}

/* A line, without its end. */
static int receive_line(int socket, char line[LINE])
{
    for (size_t n = 0; n < LINE; n++) {
        if (recv(socket, line + n, 1, 0) != 1)
            return -1;
        if (line[n] == '\n') {
            line[n] = '\0';
            return 0;
        }
    }
    return -1;
}

/* The answer is "OK", perhaps with something behind it, or "NO CODE". */
static HRESULT ask(struct session *s, const char *request, char line[LINE])
{
    if (send_all(s->socket, request, strlen(request)) != 0 || receive_line(s->socket, line) != 0)
        return RPC_S_CALL_FAILED;
    if (strncmp(line, "NO ", 3) == 0)
        return (HRESULT)strtol(line + 3, NULL, 10);
    return strncmp(line, "OK", 2) == 0 ? S_OK : RPC_S_PROTOCOL_ERROR;
}

static struct session *session_open(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = OTHER_SOCKET};
    struct session *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->socket = socket(AF_UNIX, SOCK_STREAM, 0);
    if (s->socket < 0 || connect(s->socket, (struct sockaddr *)&address, sizeof address) != 0) {
        free(s);
        return NULL;
    }
    return s;
}

HRESULT DsBackupPrepareA(LPCSTR server, ULONG grbit, ULONG type, PVOID *token, LPDWORD token_bytes,
                         HBC *hbc)
{
    char line[LINE];
    if (hbc != NULL)
        *hbc = NULL;
    if (token != NULL)
        *token = NULL;
    if (token_bytes != NULL)
        *token_bytes = 0;
    if (server == NULL || hbc == NULL || type != BACKUP_TYPE_FULL || grbit != 0)
        return ERROR_INVALID_PARAMETER;
    if (token == NULL || token_bytes == NULL)
        return hrInvalidParam;
    struct session *s = session_open();
    if (s == NULL)
        return hrCouldNotConnect;
    HRESULT result = ask(s, "PREPARE\n", line);
    if (result != S_OK) {
        close(s->socket);
        free(s);
        return result;
    }
    *token = malloc(TOKEN_BYTES);
    memset(*token, 'T', TOKEN_BYTES);
    *token_bytes = TOKEN_BYTES;
    *hbc = s;
    held.buffers++;
    held.handles++;
    return S_OK;
}

HRESULT DsBackupGetDatabaseNamesA(HBC hbc, LPSTR *names, LPDWORD bytes)
{
    char line[LINE];
    if (bytes != NULL)
        *bytes = 0;
    if (names == NULL || bytes == NULL || *names != NULL)
        return ERROR_INVALID_PARAMETER;
    char *list = malloc(LINE + 1);
    if (list == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    HRESULT result = ask(hbc, "NAMES\n", line);
    if (result != S_OK)
        return result;
    size_t n = strlen(line + 3) + 1;
    memcpy(list, line + 3, n);
    list[n] = '\0';
    *names = list;
    *bytes = (DWORD)n + 1;
    held.buffers++;
    return S_OK;
}

static bool is_read_size(DWORD bytes)
{
    return bytes % 8192 == 0 && bytes >= 24576;
}

HRESULT DsBackupOpenFileA(HBC hbc, LPCSTR name, DWORD hint, LARGE_INTEGER *size)
{
    struct session *s = hbc;
    char line[LINE], request[LINE];
    if (size != NULL)
        size->QuadPart = 0;
    if (size == NULL || !is_read_size(hint) || name == NULL || *name == '\0')
        return ERROR_INVALID_PARAMETER;
    snprintf(request, sizeof request, "OPEN %s\n", name);
    HRESULT result = ask(s, request, line);
    if (result != S_OK)
        return result;
    s->size = strtoll(line + 3, NULL, 10);
    s->done = 0;
    size->QuadPart = s->size;
    return S_OK;
}

HRESULT DsBackupRead(HBC hbc, PVOID buffer, DWORD bytes, PDWORD read)
{
    struct session *s = hbc;
    char line[LINE], request[LINE];
    if (read != NULL)
        *read = 0;
    if (buffer == NULL || read == NULL || !is_read_size(bytes))
        return ERROR_INVALID_PARAMETER;
    if (s->done == s->size)
        return ERROR_HANDLE_EOF;
    snprintf(request, sizeof request, "READ %u\n", bytes);
    HRESULT result = ask(s, request, line);
    if (result != S_OK)
        return result;
    size_t comes = strtoul(line + 3, NULL, 10);
    ssize_t n = recv(s->socket, buffer, comes < bytes ? comes : bytes, 0);
    if (n <= 0)
        return RPC_S_CALL_FAILED;
    s->done += n;
    *read = (DWORD)n;
    return S_OK;
}

HRESULT DsBackupClose(HBC hbc)
{
    struct session *s = hbc;
    char line[LINE];
    s->size = s->done = 0;
    ask(s, "CLOSE\n", line);
    return S_OK;
}

HRESULT DsBackupEnd(HBC hbc)
{
    struct session *s = hbc;
    char line[LINE];
    if (s == NULL)
        return ERROR_INVALID_PARAMETER;
    HRESULT result = ask(s, "END\n", line);
    close(s->socket);
    free(s);
    held.handles--;
    return result;
}

void DsBackupFree(PVOID buffer)
{
    held.buffers -= buffer != NULL;
    free(buffer);
}
