/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The DsBackup functions of a session. What each promises is said in ntdsbcli.h.
 */
#include "api.h"

#include "buffers.h"
#include "stub_call.h"

#include <string.h>

enum { SIZE_MULTIPLE = 8192, SMALLEST_SIZE = 24576 };

/* Of read hints and of read buffers. AD: DsBackupOpenFile, DsBackupRead */
static bool is_legal_size(DWORD bytes)
{
    return bytes % SIZE_MULTIPLE == 0 && bytes >= SMALLEST_SIZE;
}

/* Prepare ----------------------------------------------------------------------------------- */

/* Makes the server's session and a copy of its token. */
static HRESULT prepare(struct context *c, ULONG grbit, ULONG type, PVOID *token,
                       LPDWORD token_bytes)
{
    struct stub_call s;
    struct ntdsb_prepare_out out;
    stub_begin(&s, c);
    ntdsb_prepare_in(&s.request, &(struct ntdsb_prepare_in){grbit, type});
    stub_send(&s, NTDSB_PREPARE, NTDSB_PREPARE_REPLY);
    ntdsb_prepare_out(&s.reply, &out);
    HRESULT result = stub_result(&s, out.result);
    if (result == S_OK && (out.token.length == 0 || rpc_context_handle_is_null(&out.context)))
        result = RPC_X_BAD_STUB_DATA;
    void *copy = result == S_OK ? buffers_allocate(out.token.length) : NULL;
    if (result == S_OK && copy == NULL)
        result = ERROR_NOT_ENOUGH_MEMORY;
    if (result == S_OK) {
        memcpy(copy, out.token.bytes, out.token.length);
        c->server.context = out.context;
        *token = copy;
        *token_bytes = out.token.length;
    }
    stub_end(&s);
    return result;
}

HRESULT api_backup_prepare(struct text_argument server, ULONG grbit, ULONG type, PVOID *token,
                           LPDWORD token_bytes, HBC *hbc)
{
    if (token != NULL)
        *token = NULL;
    if (token_bytes != NULL)
        *token_bytes = 0;
    if (hbc != NULL)
        *hbc = NULL;
    if (server.chars == NULL || hbc == NULL || type != BACKUP_TYPE_FULL || grbit != 0)
        return ERROR_INVALID_PARAMETER;
    if (token == NULL || token_bytes == NULL)
        return hrInvalidParam;

    struct context *c;
    HRESULT result = context_open(CONTEXT_BACKUP, server, &ntdsb_backup_interface_id, &c);
    if (result != S_OK)
        return result;
    result = prepare(c, grbit, type, token, token_bytes);
    if (result == S_OK)
        *hbc = context_publish(c);
    else
        context_destroy(c);
    return result;
}

HRESULT DsBackupPrepareW(LPCWSTR szBackupServer, ULONG grbit, ULONG btFlag, PVOID *ppvExpiryToken,
                         LPDWORD pcbExpiryTokenSize, HBC *phbc)
{
    return api_backup_prepare(text_wide(szBackupServer), grbit, btFlag, ppvExpiryToken,
                              pcbExpiryTokenSize, phbc);
}

/* Lists ------------------------------------------------------------------------------------- */

HRESULT DsBackupGetDatabaseNamesW(HBC hbc, LPWSTR *pszAttachmentInfo, LPDWORD pcbSize)
{
    return api_get_list(hbc, API_DATABASE_NAMES, (struct list_argument){.wide = pszAttachmentInfo},
                        pcbSize);
}

HRESULT DsBackupGetBackupLogsW(HBC hbc, LPWSTR *pszBackupLogFiles, LPDWORD pcbSize)
{
    return api_get_list(hbc, API_BACKUP_LOGS, (struct list_argument){.wide = pszBackupLogFiles},
                        pcbSize);
}

/* Files ------------------------------------------------------------------------------------- */

static HRESULT open_file(struct context *c, const struct wide_text *name, DWORD hint,
                         LARGE_INTEGER *size)
{
    struct stub_call s;
    struct ntdsb_open_file_out out;
    stub_begin(&s, c);
    ntdsb_open_file_in(&s.request,
                       &(struct ntdsb_open_file_in){c->server, {name->chars, name->length}, hint});
    stub_send(&s, NTDSB_OPEN_FILE, NTDSB_OPEN_FILE_REPLY);
    ntdsb_open_file_out(&s.reply, &out);
    HRESULT result = stub_result(&s, out.result);
    if (result == S_OK && (out.file_size > INT64_MAX || out.file == 0))
        result = RPC_X_BAD_STUB_DATA;
    if (result == S_OK) {
        c->server.file = out.file;
        c->file_bytes = out.file_size;
        c->received = 0;
        size->QuadPart = (LONGLONG)out.file_size;
    }
    stub_end(&s);
    return result;
}

HRESULT api_open_file(HBC hbc, struct text_argument name, DWORD hint, LARGE_INTEGER *size)
{
    struct context *c = context_acquire(CONTEXT_BACKUP, hbc);
    if (c == NULL)
        return ERROR_INVALID_PARAMETER;
    struct wide_text wide = {0};
    HRESULT result = ERROR_INVALID_PARAMETER;
    if (size != NULL)
        size->QuadPart = 0;
    if (size == NULL || !is_legal_size(hint))
        goto cleanup;
    result = text_take(name, NTDSB_MAX_NAME, &wide);
    if (result == S_OK)
        result = wide.length > 0 ? open_file(c, &wide, hint, size) : ERROR_INVALID_PARAMETER;
cleanup:
    text_release(&wide);
    context_release(c);
    return result;
}

HRESULT DsBackupOpenFileW(HBC hbc, LPCWSTR szAttachmentName, DWORD cbReadHintSize,
                          LARGE_INTEGER *pliFileSize)
{
    return api_open_file(hbc, text_wide(szAttachmentName), cbReadHintSize, pliFileSize);
}

static HRESULT read_file(struct context *c, void *buffer, uint32_t bytes, LPDWORD count)
{
    uint32_t asked = bytes < NTDSB_MAX_READ ? bytes : NTDSB_MAX_READ;
    struct stub_call s;
    struct ntdsb_read_out out;
    stub_begin(&s, c);
    ntdsb_read_in(&s.request, &(struct ntdsb_read_in){c->server, c->received, asked});
    stub_send(&s, NTDSB_READ, NTDSB_READ_REPLY_OVERHEAD + asked);
    ntdsb_read_out(&s.reply, &out, asked);
    HRESULT result = stub_result(&s, out.result);
    /* S_OK without bytes would make a reading loop run forever, and so would bytes
       beyond the end. */
    if (result == S_OK && (out.data.length == 0 || out.data.length > c->file_bytes - c->received))
        result = RPC_X_BAD_STUB_DATA;
    if (result == S_OK) {
        memcpy(buffer, out.data.bytes, out.data.length);
        c->received += out.data.length;
        *count = out.data.length;
    }
    stub_end(&s);
    return result;
}

HRESULT DsBackupRead(HBC hbc, PVOID pvBuffer, DWORD cbBuffer, PDWORD pcbRead)
{
    struct context *c = context_acquire(CONTEXT_BACKUP, hbc);
    if (c == NULL)
        return ERROR_INVALID_PARAMETER;
    HRESULT result = ERROR_INVALID_PARAMETER;
    if (pcbRead != NULL)
        *pcbRead = 0;
    if (pvBuffer != NULL && pcbRead != NULL && is_legal_size(cbBuffer))
        result = read_file(c, pvBuffer, cbBuffer, pcbRead);
    context_release(c);
    return result;
}

HRESULT DsBackupClose(HBC hbc)
{
    struct context *c = context_acquire(CONTEXT_BACKUP, hbc);
    if (c == NULL)
        return ERROR_INVALID_PARAMETER;
    struct stub_call s;
    stub_begin(&s, c);
    ntdsb_close_in(&s.request, &(struct ntdsb_close_in){c->server, c->received});
    HRESULT result = stub_call(&s, NTDSB_CLOSE);
    if (result == S_OK)
        c->server.file = 0;
    stub_end(&s);
    context_release(c);
    return result;
}

/* The end ----------------------------------------------------------------------------------- */

HRESULT DsBackupTruncateLogs(HBC hbc)
{
    struct context *c = context_acquire(CONTEXT_BACKUP, hbc);
    if (c == NULL)
        return ERROR_INVALID_PARAMETER;
    struct stub_call s;
    stub_begin(&s, c);
    ntdsb_session_in(&s.request, &(struct ntdsb_session_in){c->server});
    HRESULT result = stub_call(&s, NTDSB_TRUNCATE_LOGS);
    if (result == S_OK)
        c->server.phase = NTDSB_PHASE_TRUNCATED;
    stub_end(&s);
    context_release(c);
    return result;
}

HRESULT DsBackupEnd(HBC hbc)
{
    return api_end(hbc, true);
}
