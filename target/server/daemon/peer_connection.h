/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One client's connection on the loop: moves bytes between its socket and an rpc_connection, and
 * bounds what it may hold. Reading stops while its output is not drained, so a client that does not
 * read its answers costs one output buffer.
 *
 * No connection keeps its place for nothing. Idle is one that completes no request, whatever else
 * it sends; a request that is not whole, or an answer that is not taken, after its time ends one.
 * When all places are taken, of those without a session the one that has been idle longest makes
 * room.
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
    uint64_t request_ms;      /* from a request's first byte to the last of its answer */
    struct peer_connection *first;
    const struct peer_connection *current; /* whose calls are being run; NULL: nobody's */
    uint32_t count;
    char read_buffer[64 << 10]; /* shared: wiped after each read */
};

/* Whether another connection may be taken, if need be in the place of one. */
bool peer_table_make_room(struct peer_table *table);

/* Takes the connection that waits at `listener` (its peer is of that transport) and serves it.
   `address` goes into bind_ack. False: out of memory, nothing was accepted. */
bool peer_connection_accept(struct peer_table *table, uv_stream_t *listener,
                            enum rpc_transport transport, const char *address);

/* The name of the peer whose calls are being run, for the log. */
const char *peer_table_current(const struct peer_table *table);

/* Closes all; each is gone, its context handles run down, once the loop has run. */
void peer_table_close(struct peer_table *table);

#endif
