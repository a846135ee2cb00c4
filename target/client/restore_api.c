/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The DsRestore functions. What each promises is said in ntdsbcli.h.
 */
#include "api.h"

#include "stub_call.h"

#include <stdlib.h>

enum { MAX_GENERATION = 0xfffff };

/* Prepare ----------------------------------------------------------------------------------- */

static HRESULT prepare(struct context *c, ULONG flags, PVOID token, DWORD token_bytes)
{
    struct stub_call s;
    struct ntdsb_context_out out;
    stub_begin(&s, c);
    ntdsb_restore_prepare_in(&s.request,
                             &(struct ntdsb_restore_prepare_in){flags, {token, token_bytes}});
    stub_send(&s, NTDSB_RESTORE_PREPARE, NTDSB_CONTEXT_REPLY);
    ntdsb_context_out(&s.reply, &out);
    HRESULT result = stub_result(&s, out.result);
    if (result == S_OK && rpc_context_handle_is_null(&out.context))
        result = RPC_X_BAD_STUB_DATA;
    if (result == S_OK)
        c->server.context = out.context;
    stub_end(&s);
    return result;
}

HRESULT api_restore_prepare(struct text_argument server, ULONG flags, PVOID token,
                            DWORD token_bytes, HBC *hbc)
{
    if (hbc != NULL)
        *hbc = NULL;
    if (server.chars == NULL || hbc == NULL || (flags & ~(ULONG)RESTORE_TYPE_CATCHUP) != 0 ||
        (token == NULL && token_bytes != 0))
        return ERROR_INVALID_PARAMETER;
    if (token_bytes > NTDSB_MAX_TOKEN)
        return hrUnknownExpiryTokenFormat;

    struct context *c;
    HRESULT result = context_open(CONTEXT_RESTORE, server, &ntdsb_restore_interface_id, &c);
    if (result != S_OK)
        return result;
    result = prepare(c, flags, token, token_bytes);
    if (result == S_OK)
        *hbc = context_publish(c);
    else
        context_destroy(c);
    return result;
}

HRESULT DsRestorePrepareW(LPCWSTR szServerName, ULONG rtFlag, PVOID pvExpiryToken,
                          DWORD cbExpiryTokenSize, HBC *phbc)
{
    return api_restore_prepare(text_wide(szServerName), rtFlag, pvExpiryToken, cbExpiryTokenSize,
                               phbc);
}

HRESULT DsRestoreGetDatabaseLocationsW(HBC hbc, LPWSTR *pszDatabaseLocationList, LPDWORD pcbSize)
{
    return api_get_list(hbc, API_DATABASE_LOCATIONS,
                        (struct list_argument){.wide = pszDatabaseLocationList}, pcbSize);
}

/* Register ---------------------------------------------------------------------------------- */

/* The texts of one call: three paths, then two names of each map entry. */
enum { CHECKPOINT, LOG, BACKUP_LOG, PATHS, MAX_TEXTS = PATHS + 2 * NTDSB_MAX_RSTMAP };

struct registration {
    struct wide_text texts[MAX_TEXTS];
    struct ntdsb_map_entry map[NTDSB_MAX_RSTMAP];
};

static struct ndr_wide view(const struct wide_text *t)
{
    return (struct ndr_wide){t->chars, t->length};
}

/* One name of entry i of the caller's map. */
static struct text_argument map_text(struct restore_map map, uint32_t i, bool is_new)
{
    if (map.wide != NULL)
        return text_wide(is_new ? map.wide[i].wszNewDatabaseName : map.wide[i].wszDatabaseName);
    return text_narrow(is_new ? map.narrow[i].szNewDatabaseName : map.narrow[i].szDatabaseName);
}

static HRESULT take_texts(struct registration *r, const struct text_argument paths[PATHS],
                          struct restore_map map, uint32_t entries)
{
    for (uint32_t i = 0; i < PATHS + 2 * entries; i++) {
        struct text_argument argument =
            i < PATHS ? paths[i] : map_text(map, (i - PATHS) / 2, (i - PATHS) % 2);
        HRESULT result = text_take(argument, NTDSB_MAX_NAME, &r->texts[i]);
        if (result != S_OK)
            return result;
    }
    for (uint32_t i = 0; i < entries; i++)
        r->map[i] = (struct ntdsb_map_entry){view(&r->texts[PATHS + 2 * i]),
                                             view(&r->texts[PATHS + 2 * i + 1])};
    return S_OK;
}

static HRESULT register_restore(struct context *c, struct registration *r, uint32_t entries,
                                ULONG gen_low, ULONG gen_high)
{
    struct stub_call s;
    stub_begin(&s, c);
    ntdsb_restore_register_in(&s.request, &(struct ntdsb_restore_register_in){
                                              .context = c->server.context,
                                              .checkpoint_path = view(&r->texts[CHECKPOINT]),
                                              .log_path = view(&r->texts[LOG]),
                                              .entries = entries,
                                              .map = r->map,
                                              .backup_log_path = view(&r->texts[BACKUP_LOG]),
                                              .gen_low = gen_low,
                                              .gen_high = gen_high,
                                          });
    HRESULT result = stub_finish(&s, NTDSB_RESTORE_REGISTER);
    return result;
}

HRESULT api_restore_register(HBC hbc, struct text_argument checkpoint, struct text_argument log,
                             struct restore_map map, LONG entries, struct text_argument backup_log,
                             ULONG gen_low, ULONG gen_high)
{
    const struct text_argument paths[PATHS] = {checkpoint, log, backup_log};
    struct context *c = context_acquire(CONTEXT_RESTORE, hbc);
    if (c == NULL)
        return ERROR_INVALID_PARAMETER;
    struct registration *r = NULL;
    HRESULT result = ERROR_INVALID_PARAMETER;
    bool no_map = map.narrow == NULL && map.wide == NULL;
    if (entries < 0 || entries > NTDSB_MAX_RSTMAP || (no_map && entries > 0) ||
        gen_low > gen_high || gen_high > MAX_GENERATION)
        goto cleanup;
    result = ERROR_NOT_ENOUGH_MEMORY;
    r = calloc(1, sizeof *r);
    if (r == NULL)
        goto cleanup;
    result = take_texts(r, paths, map, (uint32_t)entries);
    if (result == S_OK)
        result = register_restore(c, r, (uint32_t)entries, gen_low, gen_high);
    for (int32_t i = 0; i < PATHS + 2 * entries; i++)
        text_release(&r->texts[i]);
cleanup:
    free(r);
    context_release(c);
    return result;
}

HRESULT DsRestoreRegisterW(HBC hbc, LPCWSTR szCheckPointFilePath, LPCWSTR szLogPath,
                           EDB_RSTMAPW rgrstmap[], LONG crstmap, LPCWSTR szBackupLogPath,
                           ULONG genLow, ULONG genHigh)
{
    return api_restore_register(hbc, text_wide(szCheckPointFilePath), text_wide(szLogPath),
                                (struct restore_map){.wide = rgrstmap}, crstmap,
                                text_wide(szBackupLogPath), genLow, genHigh);
}

/* The end ----------------------------------------------------------------------------------- */

HRESULT DsRestoreRegisterComplete(HBC hbc, HRESULT hrRestoreState)
{
    struct context *c = context_acquire(CONTEXT_RESTORE, hbc);
    if (c == NULL)
        return ERROR_INVALID_PARAMETER;
    struct stub_call s;
    stub_begin(&s, c);
    ntdsb_restore_complete_in(
        &s.request, &(struct ntdsb_restore_complete_in){c->server.context, hrRestoreState});
    HRESULT result = stub_finish(&s, NTDSB_RESTORE_REGISTER_COMPLETE);
    context_release(c);
    return result;
}

HRESULT DsRestoreEnd(HBC hbc)
{
    return api_end(hbc, false);
}
