/* SPDX-License-Identifier: Apache-2.0 */
#include "connect.h"

#include "../include/ntdsbmsg.h"
#include "client.h"
#include "identity.h"
#include "server_name.h"

#include <stdlib.h>

enum { DEFAULT_TIMEOUT_MS = 30000, MAX_TIMEOUT_MS = 3600000 };

static HRESULT find_endpoint(struct rpc_endpoint *out)
{
    const char *set = secure_getenv("NTDSBCLI_ENDPOINT");
    return (HRESULT)rpc_endpoint_parse(set != NULL ? set : NTDSB_DEFAULT_ENDPOINT, out);
}

static HRESULT find_timeout(uint32_t *out_ms)
{
    const char *set = secure_getenv("NTDSBCLI_TIMEOUT_MS");
    uint32_t ms = 0;
    if (set == NULL) {
        *out_ms = DEFAULT_TIMEOUT_MS;
        return S_OK;
    }
    for (const char *s = set; *s != 0; s++) {
        if (*s < '0' || *s > '9' || ms > MAX_TIMEOUT_MS)
            return RPC_S_INVALID_TIMEOUT;
        ms = ms * 10 + (uint32_t)(*s - '0');
    }
    *out_ms = ms;
    return ms >= 1 && ms <= MAX_TIMEOUT_MS ? S_OK : RPC_S_INVALID_TIMEOUT;
}

HRESULT connect_to_server(struct text_argument server, const struct rpc_syntax_id *interface,
                          struct rpc_binding **out)
{
    struct rpc_endpoint endpoint;
    uint32_t timeout_ms;
    HRESULT result = server_name_check(server);
    if (result == S_OK)
        result = find_endpoint(&endpoint);
    if (result == S_OK)
        result = find_timeout(&timeout_ms);
    if (result != S_OK)
        return result;
    struct identity *identity = identity_acquire();
    uint32_t code =
        rpc_binding_open(&endpoint, interface, identity_credentials(identity), timeout_ms, out);
    identity_release(identity);
    return code == RPC_S_SERVER_UNAVAILABLE ? hrCouldNotConnect : (HRESULT)code;
}
