/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Common to backup and restore sessions: the list functions and the end.
 */
#include "api.h"

#include "buffers.h"
#include "stub_call.h"

#include <string.h>

static bool is_set(struct list_argument list)
{
    return (list.narrow != NULL && *list.narrow != NULL) ||
           (list.wide != NULL && *list.wide != NULL);
}

/* Returns the list of the reply in a buffer of its own. */
static HRESULT give_list(struct ndr_wide reply, struct list_argument list, LPDWORD bytes)
{
    if (!text_is_multi_string(reply.chars, reply.length))
        return RPC_X_BAD_STUB_DATA;
    bool wide = list.wide != NULL;
    uint64_t size = wide ? (uint64_t)reply.length * sizeof *reply.chars
                         : text_multi_to_narrow(reply.chars, reply.length, NULL);
    void *buffer = buffers_allocate(size);
    if (buffer == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    if (wide) {
        memcpy(buffer, reply.chars, size);
        *list.wide = buffer;
    } else {
        text_multi_to_narrow(reply.chars, reply.length, buffer);
        *list.narrow = buffer;
    }
    /* At most three bytes for each of NTDSB_MAX_LIST characters. */
    *bytes = (DWORD)size;
    return S_OK;
}

HRESULT api_get_list(HBC hbc, enum api_list which, struct list_argument list, LPDWORD bytes)
{
    static const struct {
        enum context_kind kind;
        uint16_t opnum;
    } operations[] = {
        [API_DATABASE_NAMES] = {CONTEXT_BACKUP, NTDSB_GET_ATTACHMENT_INFORMATION},
        [API_BACKUP_LOGS] = {CONTEXT_BACKUP, NTDSB_GET_BACKUP_LOGS},
        [API_DATABASE_LOCATIONS] = {CONTEXT_RESTORE, NTDSB_RESTORE_GET_DATABASE_LOCATIONS},
    };
    struct context *c = context_acquire(operations[which].kind, hbc);
    if (c == NULL)
        return ERROR_INVALID_PARAMETER;
    HRESULT result = ERROR_INVALID_PARAMETER;
    if (bytes != NULL)
        *bytes = 0;
    if ((list.narrow == NULL && list.wide == NULL) || is_set(list) || bytes == NULL)
        goto cleanup;

    struct stub_call s;
    struct ntdsb_list_out out;
    stub_begin(&s, c);
    if (operations[which].kind == CONTEXT_BACKUP)
        ntdsb_session_in(&s.request, &(struct ntdsb_session_in){c->server});
    else
        ntdsb_context_in(&s.request, &(struct ntdsb_context_in){c->server.context});
    stub_send(&s, operations[which].opnum, 0);
    ntdsb_list_out(&s.reply, &out);
    result = stub_result(&s, out.result);
    if (result == S_OK)
        result = give_list(out.list, list, bytes);
    if (result == S_OK && which == API_BACKUP_LOGS)
        c->server.phase = NTDSB_PHASE_LOGS;
    stub_end(&s);
cleanup:
    context_release(c);
    return result;
}

HRESULT api_end(HBC hbc, bool backup)
{
    struct context *c = context_end(backup ? CONTEXT_BACKUP : CONTEXT_RESTORE, hbc);
    if (c == NULL)
        return ERROR_INVALID_PARAMETER;
    struct stub_call s;
    struct ntdsb_context_out out;
    stub_begin(&s, c);
    ntdsb_context_in(&s.request, &(struct ntdsb_context_in){c->server.context});
    stub_send(&s, backup ? NTDSB_END : NTDSB_RESTORE_END, NTDSB_CONTEXT_REPLY);
    ntdsb_context_out(&s.reply, &out);
    HRESULT result = stub_result(&s, out.result);
    if (result == S_OK && !rpc_context_handle_is_null(&out.context))
        result = RPC_X_BAD_STUB_DATA;
    stub_end(&s);
    /* In any case: without its association the session is run down. */
    context_destroy(c);
    return result;
}
