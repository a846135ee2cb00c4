/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DsBackup*. Each function: find the handle, judge the arguments, one remote call, outputs on success alone.
 */
#include "../idl/stubs.h"
#include "buffers.h"
#include "context.h"
#include "lists.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE_BYTES = 8192, LEAST_READ_BYTES = 24576 }; /* AD: DsBackupRead */

static bool is_read_size(DWORD bytes)
{
    return bytes % PAGE_BYTES == 0 && bytes >= LEAST_READ_BYTES;
}

/* The remote part: a token in a buffer of its own, and a handle. */
static uint32_t prepare_on(struct rpc_binding *binding, const struct ntdsb_prepare_in *in, PVOID *token,
                           DWORD *token_bytes, struct rpc_context_handle *handle)
{
    struct ntdsb_prepare_out out = {0};
    struct exchange x;
    exchange_begin(&x, binding);
    ntdsb_prepare_in(&x.in, (struct ntdsb_prepare_in *)(uintptr_t)in);
    uint32_t code = exchange_call(&x, NTDSB_PREPARE, NTDSB_PREPARE_REPLY);
    if (code != 0)
        return code;
    ntdsb_prepare_out(&x.out, &out);
    code = exchange_end(&x, out.result);
    if (code != 0)
        return code;
    if (out.token.length == 0 || rpc_context_handle_is_null(&out.context))
        return RPC_X_BAD_STUB_DATA;
    *token = buffers_allocate(out.token.length);
    if (*token == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    memcpy(*token, out.token.bytes, out.token.length);
    *token_bytes = out.token.length;
    *handle = out.context;
    return 0;
}

static HRESULT backup_prepare(struct text server, ULONG grbit, ULONG type, PVOID *token, LPDWORD token_bytes, HBC *phbc)
{
    struct rpc_binding *binding;
    struct rpc_context_handle handle;
    PVOID new_token = NULL;
    DWORD new_token_bytes = 0;
    HBC hbc;
    if (token != NULL)
        *token = NULL;
    if (token_bytes != NULL)
        *token_bytes = 0;
    if (phbc != NULL)
        *phbc = NULL;
    if (text_is_null(server) || phbc == NULL || grbit != 0 || type != BACKUP_TYPE_FULL)
        return ERROR_INVALID_PARAMETER;
    if (token == NULL || token_bytes == NULL)
        return hrInvalidParam;
    uint32_t code = context_connect(server, &ntdsb_backup_interface_id, &binding);
    if (code != 0)
        return (HRESULT)code;
    code = prepare_on(binding, &(struct ntdsb_prepare_in){grbit, type}, &new_token, &new_token_bytes, &handle);
    /* Whatever fails from here on, the connection goes, and the server runs the session down. */
    if (code != 0)
        rpc_binding_close(binding);
    else
        code = context_create(HANDLE_BACKUP, binding, &handle, &hbc);
    if (code != 0) {
        buffers_free(new_token);
        return (HRESULT)code;
    }
    *token = new_token;
    *token_bytes = new_token_bytes;
    *phbc = hbc;
    return S_OK;
}

HRESULT DsBackupPrepareA(LPCSTR server, ULONG grbit, ULONG type, PVOID *token, LPDWORD token_bytes, HBC *phbc)
{
    return backup_prepare(text_a(server), grbit, type, token, token_bytes, phbc);
}

HRESULT DsBackupPrepareW(LPCWSTR server, ULONG grbit, ULONG type, PVOID *token, LPDWORD token_bytes, HBC *phbc)
{
    return backup_prepare(text_w(server), grbit, type, token, token_bytes, phbc);
}

HRESULT DsBackupGetDatabaseNamesA(HBC hbc, LPSTR *list, LPDWORD size)
{
    return list_get(hbc, HANDLE_BACKUP, NTDSB_GET_ATTACHMENT_INFORMATION, list, NULL, size);
}

HRESULT DsBackupGetDatabaseNamesW(HBC hbc, LPWSTR *list, LPDWORD size)
{
    return list_get(hbc, HANDLE_BACKUP, NTDSB_GET_ATTACHMENT_INFORMATION, NULL, list, size);
}

HRESULT DsBackupGetBackupLogsA(HBC hbc, LPSTR *list, LPDWORD size)
{
    return list_get(hbc, HANDLE_BACKUP, NTDSB_GET_BACKUP_LOGS, list, NULL, size);
}

HRESULT DsBackupGetBackupLogsW(HBC hbc, LPWSTR *list, LPDWORD size)
{
    return list_get(hbc, HANDLE_BACKUP, NTDSB_GET_BACKUP_LOGS, NULL, list, size);
}

static uint32_t open_on(struct client_context *c, struct text name, DWORD hint, LARGE_INTEGER *size)
{
    struct ntdsb_open_file_in in = {.context = c->handle, .read_hint = hint};
    struct ntdsb_open_file_out out = {0};
    struct exchange x;
    const WCHAR *chars;
    WCHAR *owned;
    size_t length;
    uint32_t code = text_widen(name, &chars, &length, &owned);
    if (code != 0)
        return code;
    if (length > NTDSB_MAX_NAME) {
        free(owned);
        return ERROR_INVALID_PARAMETER;
    }
    in.name = (struct ndr_wide){(uint16_t *)(uintptr_t)chars, (uint32_t)length};
    exchange_begin(&x, c->binding);
    ntdsb_open_file_in(&x.in, &in);
    free(owned);
    code = exchange_call(&x, NTDSB_OPEN_FILE, NTDSB_OPEN_FILE_REPLY);
    if (code != 0)
        return code;
    ntdsb_open_file_out(&x.out, &out);
    code = exchange_end(&x, out.result);
    if (code == 0 && out.file_size > INT64_MAX)
        code = RPC_X_BAD_STUB_DATA;
    if (code == 0) {
        size->QuadPart = (LONGLONG)out.file_size;
        c->file_open = true;
        c->offset = 0;
    }
    return code;
}

static HRESULT open_file(HBC hbc, struct text name, DWORD hint, LARGE_INTEGER *size)
{
    struct client_context *c;
    uint32_t code = context_enter(hbc, HANDLE_BACKUP, &c);
    if (code != 0)
        return (HRESULT)code;
    if (size != NULL)
        size->QuadPart = 0;
    if (text_is_null(name) || text_is_empty(name) || size == NULL || !is_read_size(hint))
        code = ERROR_INVALID_PARAMETER;
    else
        code = open_on(c, name, hint, size);
    context_leave(c);
    return (HRESULT)code;
}

HRESULT DsBackupOpenFileA(HBC hbc, LPCSTR name, DWORD hint, LARGE_INTEGER *size)
{
    return open_file(hbc, text_a(name), hint, size);
}

HRESULT DsBackupOpenFileW(HBC hbc, LPCWSTR name, DWORD hint, LARGE_INTEGER *size)
{
    return open_file(hbc, text_w(name), hint, size);
}

static uint32_t read_on(struct client_context *c, PVOID buffer, DWORD bytes, DWORD *count)
{
    struct ntdsb_read_in in = {c->handle, c->offset, bytes < NTDSB_MAX_READ ? bytes : NTDSB_MAX_READ};
    struct ntdsb_read_out out = {0};
    struct exchange x;
    exchange_begin(&x, c->binding);
    ntdsb_read_in(&x.in, &in);
    uint32_t code = exchange_call(&x, NTDSB_READ, NTDSB_READ_REPLY_OVERHEAD + (size_t)in.size);
    if (code != 0)
        return code;
    ntdsb_read_out(&x.out, &out, in.size);
    code = exchange_end(&x, out.result);
    if (code == 0 && out.data.length == 0)
        code = RPC_X_BAD_STUB_DATA; /* a success without bytes could repeat for ever */
    if (code == 0) {
        memcpy(buffer, out.data.bytes, out.data.length); /* at most in.size: the decoder has checked */
        *count = out.data.length;
        c->offset += out.data.length;
    }
    return code;
}

HRESULT DsBackupRead(HBC hbc, PVOID buffer, DWORD bytes, PDWORD count)
{
    struct client_context *c;
    uint32_t code = context_enter(hbc, HANDLE_BACKUP, &c);
    if (code != 0)
        return (HRESULT)code;
    if (count != NULL)
        *count = 0;
    if (buffer == NULL || count == NULL || !is_read_size(bytes))
        code = ERROR_INVALID_PARAMETER;
    else
        code = c->file_open ? read_on(c, buffer, bytes, count) : (uint32_t)hrInvalidHandle;
    context_leave(c);
    return (HRESULT)code;
}

/* A call that has a handle in and a result out. */
static uint32_t simple_call(struct client_context *c, uint16_t opnum)
{
    struct ntdsb_context_in in = {c->handle};
    struct ntdsb_result_out out = {0};
    struct exchange x;
    exchange_begin(&x, c->binding);
    ntdsb_context_in(&x.in, &in);
    uint32_t code = exchange_call(&x, opnum, NTDSB_RESULT_REPLY);
    if (code != 0)
        return code;
    ntdsb_result_out(&x.out, &out);
    return exchange_end(&x, out.result);
}

static uint32_t close_on(struct client_context *c)
{
    struct ntdsb_close_in in = {c->handle, c->offset};
    struct ntdsb_result_out out = {0};
    struct exchange x;
    exchange_begin(&x, c->binding);
    ntdsb_close_in(&x.in, &in);
    uint32_t code = exchange_call(&x, NTDSB_CLOSE, NTDSB_RESULT_REPLY);
    if (code != 0)
        return code;
    ntdsb_result_out(&x.out, &out);
    code = exchange_end(&x, out.result);
    if (code == 0)
        c->file_open = false;
    return code;
}

HRESULT DsBackupClose(HBC hbc)
{
    struct client_context *c;
    uint32_t code = context_enter(hbc, HANDLE_BACKUP, &c);
    if (code != 0)
        return (HRESULT)code;
    code = c->file_open ? close_on(c) : (uint32_t)hrInvalidHandle;
    context_leave(c);
    return (HRESULT)code;
}

HRESULT DsBackupTruncateLogs(HBC hbc)
{
    struct client_context *c;
    uint32_t code = context_enter(hbc, HANDLE_BACKUP, &c);
    if (code != 0)
        return (HRESULT)code;
    code = simple_call(c, NTDSB_TRUNCATE_LOGS);
    context_leave(c);
    return (HRESULT)code;
}

VOID DsBackupFree(PVOID buffer)
{
    buffers_free(buffer);
}
