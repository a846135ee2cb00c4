/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One client's connection on the loop: moves bytes between its socket and an rpc_connection, and
 * bounds what it may hold. Reading stops while its output is not drained, so a client that does not
 * read its answers costs one output buffer; one that says nothing is closed after its idle time.
 */
#ifndef DAEMON_PEER_CONNECTION_H
#define DAEMON_PEER_CONNECTION_H

#include "../../rpc/rpc_server.h"
#include "peer_credentials.h"

#include <uv.h>

struct peer_connection;

/* All connections of the daemon. */
struct peer_table {
    uv_loop_t *loop;
    struct rpc_server *rpc; /* borrowed */
    struct trust trust;
    uint32_t max_connections;
    uint64_t idle_ms;         /* without a live context handle */
    uint64_t session_idle_ms; /* with one */
    struct peer_connection *first;
    uint32_t count;
    char read_buffer[64 << 10]; /* shared: wiped after each read */
};

bool peer_table_is_full(const struct peer_table *table);

/* Takes the connection that waits at `listener` (its peer is of that transport) and serves it.
   `address` goes into bind_ack. False: out of memory, nothing was accepted. */
bool peer_connection_accept(struct peer_table *table, uv_stream_t *listener,
                            enum rpc_transport transport, const char *address);

/* Closes all; each is gone, its context handles run down, once the loop has run. */
void peer_table_close(struct peer_table *table);

#endif
