/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens a bound association from a server name. The environment may name the service's endpoint:
 *
 *     NTDSBCLI_ENDPOINT     string binding, "ncalrpc:[/path]" or "ncacn_ip_tcp:127.0.0.1[port]";
 *                           default ncalrpc:[/run/ntdsbsrvd/ncalrpc]
 *     NTDSBCLI_TIMEOUT_MS   deadline of connecting and of each call, 1 to 3600000; default 30000
 *
 * Both are ignored in set-user-ID programs.
 */
#ifndef CLIENT_CONNECT_H
#define CLIENT_CONNECT_H

#include "../rpc/rpc_binding.h"
#include "text.h"

/* Checks the name (not NULL) and binds `interface` with the present identity. S_OK; the codes of
   server_name_check(); hrCouldNotConnect (nothing listens); RPC_S_INVALID_TIMEOUT and the codes of
   rpc_endpoint_parse() for a bad environment; the codes of rpc_binding_open(). */
HRESULT connect_to_server(struct text_argument server, const struct rpc_syntax_id *interface,
                          struct rpc_binding **out);

#endif
