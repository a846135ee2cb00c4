/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DsRestore*.
 */
#include "../idl/stubs.h"
#include "context.h"
#include "lists.h"

#include <stdlib.h>

enum { GENERATION_MAX = 0xfffff }; /* AD: DsRestoreRegister */

static uint32_t prepare_on(struct rpc_binding *binding, const struct ntdsb_restore_prepare_in *in,
                           struct rpc_context_handle *handle)
{
    struct ntdsb_context_out out = {0};
    struct exchange x;
    exchange_begin(&x, binding);
    ntdsb_restore_prepare_in(&x.in, (struct ntdsb_restore_prepare_in *)(uintptr_t)in);
    uint32_t code = exchange_call(&x, NTDSB_RESTORE_PREPARE, NTDSB_CONTEXT_REPLY);
    if (code != 0)
        return code;
    ntdsb_context_out(&x.out, &out);
    code = exchange_end(&x, out.result);
    if (code == 0 && rpc_context_handle_is_null(&out.context))
        code = RPC_X_BAD_STUB_DATA;
    *handle = out.context;
    return code;
}

static HRESULT restore_prepare(struct text server, ULONG flags, PVOID token, DWORD token_bytes, HBC *phbc)
{
    struct rpc_binding *binding;
    struct rpc_context_handle handle;
    HBC hbc;
    if (phbc != NULL)
        *phbc = NULL;
    if (text_is_null(server) || phbc == NULL || (flags != 0 && flags != RESTORE_TYPE_CATCHUP) ||
        (token == NULL && token_bytes != 0))
        return ERROR_INVALID_PARAMETER;
    if (token_bytes > NTDSB_MAX_TOKEN)
        return hrUnknownExpiryTokenFormat;
    uint32_t code = context_connect(server, &ntdsb_restore_interface_id, &binding);
    if (code != 0)
        return (HRESULT)code;
    code = prepare_on(binding, &(struct ntdsb_restore_prepare_in){flags, {token, token_bytes}}, &handle);
    if (code != 0)
        rpc_binding_close(binding);
    else
        code = context_create(HANDLE_RESTORE, binding, &handle, &hbc);
    if (code == 0)
        *phbc = hbc;
    return (HRESULT)code;
}

HRESULT DsRestorePrepareA(LPCSTR server, ULONG flags, PVOID token, DWORD token_bytes, HBC *phbc)
{
    return restore_prepare(text_a(server), flags, token, token_bytes, phbc);
}

HRESULT DsRestorePrepareW(LPCWSTR server, ULONG flags, PVOID token, DWORD token_bytes, HBC *phbc)
{
    return restore_prepare(text_w(server), flags, token, token_bytes, phbc);
}

HRESULT DsRestoreGetDatabaseLocationsA(HBC hbc, LPSTR *list, LPDWORD size)
{
    return list_get(hbc, HANDLE_RESTORE, NTDSB_RESTORE_GET_DATABASE_LOCATIONS, list, NULL, size);
}

HRESULT DsRestoreGetDatabaseLocationsW(HBC hbc, LPWSTR *list, LPDWORD size)
{
    return list_get(hbc, HANDLE_RESTORE, NTDSB_RESTORE_GET_DATABASE_LOCATIONS, NULL, list, size);
}

/* The arguments of Register in either form. */
struct registration {
    struct text checkpoint_path, log_path, backup_log_path;
    const EDB_RSTMAPA *map_a;
    const EDB_RSTMAPW *map_w;
    LONG entries;
    ULONG gen_low, gen_high;
};

static struct text old_name(const struct registration *r, LONG i)
{
    return r->map_w != NULL ? text_w(r->map_w[i].wszDatabaseName) : text_a(r->map_a[i].szDatabaseName);
}

static struct text new_name(const struct registration *r, LONG i)
{
    return r->map_w != NULL ? text_w(r->map_w[i].wszNewDatabaseName) : text_a(r->map_a[i].szNewDatabaseName);
}

static bool is_valid(const struct registration *r)
{
    if (text_is_null(r->checkpoint_path) || text_is_null(r->log_path) || text_is_null(r->backup_log_path) ||
        r->entries < 0 || r->entries > NTDSB_MAX_RSTMAP || r->gen_low > r->gen_high || r->gen_high > GENERATION_MAX)
        return false;
    if (r->entries > 0 && r->map_a == NULL && r->map_w == NULL)
        return false;
    for (LONG i = 0; i < r->entries; i++)
        if (text_is_null(old_name(r, i)) || text_is_null(new_name(r, i)))
            return false;
    return true;
}

/* Texts made wide for one request; freed together. */
struct wide_texts {
    WCHAR *owned[3 + 2 * NTDSB_MAX_RSTMAP];
    unsigned count;
    uint32_t code; /* of the first that could not be made */
};

static struct ndr_wide widen(struct wide_texts *all, struct text t)
{
    const WCHAR *chars;
    size_t length;
    if (all->code != 0)
        return (struct ndr_wide){0};
    all->code = text_widen(t, &chars, &length, &all->owned[all->count]);
    if (all->code != 0)
        return (struct ndr_wide){0};
    all->count++;
    if (length > NTDSB_MAX_NAME)
        all->code = ERROR_INVALID_PARAMETER;
    return (struct ndr_wide){(uint16_t *)(uintptr_t)chars, (uint32_t)length};
}

static uint32_t register_on(struct client_context *c, const struct registration *r)
{
    struct wide_texts texts = {.count = 0};
    struct ntdsb_map_entry map[NTDSB_MAX_RSTMAP];
    struct ntdsb_result_out out = {0};
    struct exchange x;
    for (LONG i = 0; i < r->entries; i++)
        map[i] = (struct ntdsb_map_entry){widen(&texts, old_name(r, i)), widen(&texts, new_name(r, i))};
    struct ntdsb_restore_register_in in = {
        .context = c->handle,
        .checkpoint_path = widen(&texts, r->checkpoint_path),
        .log_path = widen(&texts, r->log_path),
        .entries = (uint32_t)r->entries,
        .map = map,
        .backup_log_path = widen(&texts, r->backup_log_path),
        .gen_low = r->gen_low,
        .gen_high = r->gen_high,
    };
    uint32_t code = texts.code;
    exchange_begin(&x, c->binding);
    if (code == 0)
        ntdsb_restore_register_in(&x.in, &in);
    while (texts.count > 0)
        free(texts.owned[--texts.count]);
    if (code == 0)
        code = exchange_call(&x, NTDSB_RESTORE_REGISTER, NTDSB_RESULT_REPLY);
    if (code != 0)
        return code;
    ntdsb_result_out(&x.out, &out);
    return exchange_end(&x, out.result);
}

static HRESULT restore_register(HBC hbc, const struct registration *r)
{
    struct client_context *c;
    uint32_t code = context_enter(hbc, HANDLE_RESTORE, &c);
    if (code != 0)
        return (HRESULT)code;
    code = is_valid(r) ? register_on(c, r) : ERROR_INVALID_PARAMETER;
    context_leave(c);
    return (HRESULT)code;
}

HRESULT DsRestoreRegisterA(HBC hbc, LPCSTR checkpoint_path, LPCSTR log_path, EDB_RSTMAPA map[], LONG entries,
                           LPCSTR backup_log_path, ULONG gen_low, ULONG gen_high)
{
    struct registration r = {.checkpoint_path = text_a(checkpoint_path), .log_path = text_a(log_path),
                             .backup_log_path = text_a(backup_log_path), .map_a = map, .entries = entries,
                             .gen_low = gen_low, .gen_high = gen_high};
    return restore_register(hbc, &r);
}

HRESULT DsRestoreRegisterW(HBC hbc, LPCWSTR checkpoint_path, LPCWSTR log_path, EDB_RSTMAPW map[], LONG entries,
                           LPCWSTR backup_log_path, ULONG gen_low, ULONG gen_high)
{
    struct registration r = {.checkpoint_path = text_w(checkpoint_path), .log_path = text_w(log_path),
                             .backup_log_path = text_w(backup_log_path), .map_w = map, .entries = entries,
                             .gen_low = gen_low, .gen_high = gen_high};
    return restore_register(hbc, &r);
}

HRESULT DsRestoreRegisterComplete(HBC hbc, HRESULT state)
{
    struct client_context *c;
    struct ntdsb_result_out out = {0};
    struct exchange x;
    uint32_t code = context_enter(hbc, HANDLE_RESTORE, &c);
    if (code != 0)
        return (HRESULT)code;
    struct ntdsb_restore_complete_in in = {c->handle, state};
    exchange_begin(&x, c->binding);
    ntdsb_restore_complete_in(&x.in, &in);
    code = exchange_call(&x, NTDSB_RESTORE_REGISTER_COMPLETE, NTDSB_RESULT_REPLY);
    if (code == 0) {
        ntdsb_result_out(&x.out, &out);
        code = exchange_end(&x, out.result);
    }
    context_leave(c);
    return (HRESULT)code;
}
