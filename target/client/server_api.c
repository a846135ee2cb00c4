/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions that need no session. What each promises is said in ntdsbcli.h.
 */
#include "api.h"

#include "buffers.h"
#include "client.h"
#include "connect.h"
#include "identity.h"
#include "stub_call.h"

enum { MAX_LOG_NUMBER = 0xfffff };

HRESULT api_is_online(struct text_argument server, WINBOOL *online)
{
    if (server.chars == NULL || online == NULL)
        return ERROR_INVALID_PARAMETER;
    struct rpc_binding *binding;
    HRESULT result = connect_to_server(server, &ntdsb_restore_interface_id, &binding);
    if (result != S_OK)
        return result;
    struct stub_call s;
    struct ntdsb_online_out out;
    stub_begin_alone(&s, binding);
    stub_send(&s, NTDSB_IS_NTDS_ONLINE, NTDSB_ONLINE_REPLY);
    ntdsb_online_out(&s.reply, &out);
    result = stub_result(&s, out.result);
    if (result == S_OK)
        *online = out.online != 0;
    stub_end(&s);
    rpc_binding_close(binding);
    return result;
}

HRESULT DsIsNTDSOnlineW(LPCWSTR szServerName, WINBOOL *pfNTDSOnline)
{
    return api_is_online(text_wide(szServerName), pfNTDSOnline);
}

HRESULT api_set_current_log(struct text_argument server, DWORD number)
{
    if (server.chars == NULL || (number > MAX_LOG_NUMBER && number != BACKUP_DISABLE_INCREMENTAL))
        return ERROR_INVALID_PARAMETER;
    struct rpc_binding *binding;
    HRESULT result = connect_to_server(server, &ntdsb_restore_interface_id, &binding);
    if (result != S_OK)
        return result;
    struct stub_call s;
    stub_begin_alone(&s, binding);
    ntdsb_number_in(&s.request, &(struct ntdsb_number_in){number});
    result = stub_finish(&s, NTDSB_RESTORE_SET_CURRENT_LOG_NUMBER);
    rpc_binding_close(binding);
    return result;
}

HRESULT DsSetCurrentBackupLogW(LPCWSTR szServerName, DWORD dwCurrentLog)
{
    return api_set_current_log(text_wide(szServerName), dwCurrentLog);
}

HRESULT DsSetAuthIdentityW(LPCWSTR szUserName, LPCWSTR szDomainName, LPCWSTR szPassword)
{
    return identity_set(text_wide(szUserName), text_wide(szDomainName), text_wide(szPassword));
}

VOID DsBackupFree(PVOID pvBuffer)
{
    buffers_free(pvBuffer);
}

int32_t ntdsb_client_inspect_server(const char *server, struct ntdsb_counts_out *out)
{
    struct rpc_binding *binding;
    HRESULT result = connect_to_server(text_narrow(server), &ntdsb_inspect_interface_id, &binding);
    if (result != S_OK)
        return result;
    struct stub_call s;
    stub_begin_alone(&s, binding);
    stub_send(&s, NTDSB_COUNTS, NTDSB_COUNTS_REPLY);
    ntdsb_counts_out(&s.reply, out);
    result = stub_result(&s, out->result);
    stub_end(&s);
    rpc_binding_close(binding);
    return result;
}
