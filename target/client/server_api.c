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

/* A call outside of any session, on an association of its own. S_OK: to be
   ended with end_alone(). */
static HRESULT begin_alone(struct stub_call *s, struct text_argument server,
                           const struct rpc_syntax_id *interface)
{
    struct rpc_binding *binding;
    HRESULT result = connect_to_server(server, interface, &binding);
    if (result == S_OK)
        stub_begin_alone(s, binding);
    return result;
}

static void end_alone(struct stub_call *s)
{
    stub_end(s);
    rpc_binding_close(s->binding);
}

HRESULT api_is_online(struct text_argument server, WINBOOL *online)
{
    struct stub_call s;
    struct ntdsb_online_out out;
    if (server.chars == NULL || online == NULL)
        return ERROR_INVALID_PARAMETER;
    HRESULT result = begin_alone(&s, server, &ntdsb_restore_interface_id);
    if (result != S_OK)
        return result;
    stub_send(&s, NTDSB_IS_NTDS_ONLINE, NTDSB_ONLINE_REPLY);
    ntdsb_online_out(&s.reply, &out);
    result = stub_result(&s, out.result);
    if (result == S_OK)
        *online = out.online != 0;
    end_alone(&s);
    return result;
}

HRESULT DsIsNTDSOnlineW(LPCWSTR szServerName, WINBOOL *pfNTDSOnline)
{
    return api_is_online(text_wide(szServerName), pfNTDSOnline);
}

HRESULT api_set_current_log(struct text_argument server, DWORD number)
{
    struct stub_call s;
    if (server.chars == NULL || (number > MAX_LOG_NUMBER && number != BACKUP_DISABLE_INCREMENTAL))
        return ERROR_INVALID_PARAMETER;
    HRESULT result = begin_alone(&s, server, &ntdsb_restore_interface_id);
    if (result != S_OK)
        return result;
    ntdsb_number_in(&s.request, &(struct ntdsb_number_in){number});
    result = stub_call(&s, NTDSB_RESTORE_SET_CURRENT_LOG_NUMBER);
    end_alone(&s);
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
    struct stub_call s;
    HRESULT result = begin_alone(&s, text_narrow(server), &ntdsb_inspect_interface_id);
    if (result != S_OK)
        return result;
    stub_send(&s, NTDSB_COUNTS, NTDSB_COUNTS_REPLY);
    ntdsb_counts_out(&s.reply, out);
    result = stub_result(&s, out->result);
    end_alone(&s);
    return result;
}
