/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DsBackupEnd and DsRestoreEnd: the one thing that happens in any case is that the handle is dead and this side
 * is clean. What the server could not be told it does by itself when the association ends.
 */
#include "../idl/stubs.h"
#include "context.h"

static uint32_t end_on(struct client_context *c, uint16_t opnum)
{
    struct ntdsb_context_in in = {c->handle};
    struct ntdsb_context_out out = {0};
    struct exchange x;
    exchange_begin(&x, c->binding);
    ntdsb_context_in(&x.in, &in);
    uint32_t code = exchange_call(&x, opnum, NTDSB_CONTEXT_REPLY);
    if (code != 0)
        return code;
    ntdsb_context_out(&x.out, &out);
    return exchange_end(&x, out.result);
}

static HRESULT end(HBC hbc, enum handle_kind kind, uint16_t opnum)
{
    struct client_context *c;
    uint32_t code = context_take(hbc, kind, &c);
    if (code != 0)
        return (HRESULT)code;
    code = end_on(c, opnum);
    context_destroy(c);
    return (HRESULT)code;
}

HRESULT DsBackupEnd(HBC hbc)
{
    return end(hbc, HANDLE_BACKUP, NTDSB_END);
}

HRESULT DsRestoreEnd(HBC hbc)
{
    return end(hbc, HANDLE_RESTORE, NTDSB_RESTORE_END);
}
