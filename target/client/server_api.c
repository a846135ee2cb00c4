/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions without a handle.
 */
#include "../idl/stubs.h"
#include "../idl/token.h"
#include "context.h"
#include "identity.h"

#include <time.h>

static uint32_t is_online_on(struct rpc_binding *binding, BOOL *online)
{
    struct ntdsb_online_out out = {0};
    struct exchange x;
    exchange_begin(&x, binding);
    uint32_t code = exchange_call(&x, NTDSB_IS_NTDS_ONLINE, NTDSB_ONLINE_REPLY);
    if (code != 0)
        return code;
    ntdsb_online_out(&x.out, &out);
    code = exchange_end(&x, out.result);
    if (code == 0)
        *online = out.online != 0 ? TRUE : FALSE;
    return code;
}

static HRESULT is_online(struct text server, BOOL *online)
{
    struct rpc_binding *binding;
    if (text_is_null(server) || online == NULL)
        return ERROR_INVALID_PARAMETER;
    uint32_t code = context_connect(server, &ntdsb_restore_interface_id, &binding);
    if (code != 0)
        return (HRESULT)code;
    code = is_online_on(binding, online);
    rpc_binding_close(binding);
    return (HRESULT)code;
}

HRESULT DsIsNTDSOnlineA(LPCSTR server, BOOL *online)
{
    return is_online(text_a(server), online);
}

HRESULT DsIsNTDSOnlineW(LPCWSTR server, BOOL *online)
{
    return is_online(text_w(server), online);
}

static HRESULT set_log(struct text server, DWORD number)
{
    struct rpc_binding *binding;
    struct ntdsb_number_in in = {number};
    struct ntdsb_result_out out = {0};
    struct exchange x;
    if (text_is_null(server))
        return ERROR_INVALID_PARAMETER;
    uint32_t code = context_connect(server, &ntdsb_restore_interface_id, &binding);
    if (code != 0)
        return (HRESULT)code;
    exchange_begin(&x, binding);
    ntdsb_number_in(&x.in, &in);
    code = exchange_call(&x, NTDSB_RESTORE_SET_CURRENT_LOG_NUMBER, NTDSB_RESULT_REPLY);
    if (code == 0) {
        ntdsb_result_out(&x.out, &out);
        code = exchange_end(&x, out.result);
    }
    rpc_binding_close(binding);
    return (HRESULT)code;
}

HRESULT DsSetCurrentBackupLogA(LPCSTR server, DWORD number)
{
    return set_log(text_a(server), number);
}

HRESULT DsSetCurrentBackupLogW(LPCWSTR server, DWORD number)
{
    return set_log(text_w(server), number);
}

HRESULT DsSetAuthIdentityA(LPCSTR user, LPCSTR domain, LPCSTR password)
{
    return (HRESULT)identity_set(text_a(user), text_a(domain), text_a(password));
}

HRESULT DsSetAuthIdentityW(LPCWSTR user, LPCWSTR domain, LPCWSTR password)
{
    return (HRESULT)identity_set(text_w(user), text_w(domain), text_w(password));
}

HRESULT DsRestoreCheckExpiryToken(PVOID data, DWORD bytes)
{
    struct expiry_token token;
    struct timespec now;
    if (data == NULL)
        return ERROR_INVALID_PARAMETER;
    clock_gettime(CLOCK_REALTIME, &now);
    uint32_t code = expiry_token_parse(data, bytes, &token);
    return (HRESULT)(code == 0 ? expiry_token_check_age(&token, (uint64_t)now.tv_sec) : code);
}
