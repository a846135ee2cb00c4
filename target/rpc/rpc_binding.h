/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client side of the runtime: one binding = one association = one connection, with blocking
 * calls that have a deadline. Below it sits a sans-I/O client association (client_association.h)
 * and plain sockets code (transport.c).
 *
 * Codes: a failure before any byte of the request could have reached the server is
 * RPC_S_CALL_FAILED_DNE; after that RPC_S_CALL_FAILED. A fault PDU is mapped by fault_status.h and
 * leaves the association usable. Any other failure of the transport or the protocol breaks the
 * association for good: later calls return RPC_S_CALL_FAILED_DNE at once and touch no socket.
 */
#ifndef RPC_BINDING_H
#define RPC_BINDING_H

#include "ndr.h"
#include "types.h"

struct rpc_endpoint {
    enum rpc_transport transport;
    char path[108]; /* ncalrpc: path of the UNIX socket, NUL-terminated */
    uint32_t ipv4;  /* ncacn_ip_tcp: host order */
    uint16_t port;  /* ncacn_ip_tcp: host order */
};

/* Parses a string binding: "ncalrpc:[/run/x/socket]" or "ncacn_ip_tcp:127.0.0.1[1350]".
   0, or RPC_S_INVALID_STRING_BINDING, RPC_S_PROTSEQ_NOT_SUPPORTED, RPC_S_INVALID_ENDPOINT_FORMAT,
   RPC_S_INVALID_NET_ADDR. */
uint32_t rpc_endpoint_parse(const char *string_binding, struct rpc_endpoint *out);

struct rpc_binding;

/* Connects and binds `interface`. Credentials (NULL: none) travel in the bind's auth trailer, over
   ncalrpc only; elsewhere they are refused with RPC_S_UNKNOWN_AUTHN_SERVICE before any byte is
   sent. 0, or RPC_S_SERVER_UNAVAILABLE (nothing listens, no route, deadline passed while
   connecting), ERROR_ACCESS_DENIED (the socket or the server refuses us), RPC_S_UNKNOWN_IF,
   RPC_S_UNSUPPORTED_TRANS_SYN, RPC_S_SERVER_TOO_BUSY (congestion), RPC_S_PROTOCOL_ERROR,
   RPC_S_CALL_FAILED_DNE (lost while binding), ERROR_NOT_ENOUGH_MEMORY, RPC_S_OUT_OF_RESOURCES
   (no descriptor left), RPC_S_UNKNOWN_AUTHN_SERVICE (the server knows no credentials of our kind),
   ERROR_INVALID_PARAMETER (credentials of more than PDU_MAX_AUTH_VALUE bytes); or the mapped status
   of a fault that answers the bind. */
uint32_t rpc_binding_open(const struct rpc_endpoint *endpoint,
                          const struct rpc_syntax_id *interface,
                          const struct rpc_credentials *credentials, uint32_t timeout_ms,
                          struct rpc_binding **out);

/* Sends `request` as operation `opnum` and waits for the reply. On 0, `reply` decodes the reply
   stub and stays valid until the next call on the binding. `reply_bytes`: the largest reply stub
   that the caller expects where it has a bound, reserved before anything is sent, so that a call
   with a bounded reply cannot run out of memory after the server acted; 0 = no bound known. A reply
   that cannot be stored is drained and answered with ERROR_NOT_ENOUGH_MEMORY; the association stays
   usable. Not reentrant: the caller serialises calls on one binding. */
uint32_t rpc_binding_call(struct rpc_binding *b, uint16_t opnum, const struct buffer *request,
                          size_t reply_bytes, struct ndr *reply);

/* From any thread: the call under way, or the next one, returns RPC_S_CALL_CANCELLED. The abandoned
   call is told to the server with an orphaned PDU and its late reply is discarded, so the
   association stays usable unless the request was half sent. */
void rpc_binding_cancel(struct rpc_binding *b);
/* Withdraws a cancel that no call has consumed. For the thread that owns the binding alone. */
void rpc_binding_reset_cancel(struct rpc_binding *b);

/* Closes the connection and frees the binding; never fails. NULL is allowed. */
void rpc_binding_close(struct rpc_binding *b);

#endif
