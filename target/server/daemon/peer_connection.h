/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One client's connection on the loop: moves bytes between its socket and an rpc_connection, and
 * bounds the memory that it may hold. Reading stops while its output is not drained, so a client
 * that does not read its answers costs one output buffer.
 *
 * Idle connections are evicted. A connection is idle while it completes no request, whatever
 * else it sends. It is also closed if a request stays incomplete, or an answer unread, for too
 * long. When all places are taken, the connection without a session that has been idle longest
 * makes room.
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
    const struct peer_connection *current; /* the peer whose calls are being run; may be NULL */
    uint32_t count;
    char read_buffer[64 << 10]; /* shared: wiped after each read */
};

/* The three times, in seconds. */
void peer_table_set_times(struct peer_table *table, uint32_t idle_s, uint32_t session_idle_s,
                          uint32_t request_s);

/* Whether another connection may be accepted, if necessary by evicting one. */
bool peer_table_make_room(struct peer_table *table);

/* Takes the connection that waits at `listener` (its peer is of that transport) and serves it.
   `address` goes into bind_ack. False: out of memory, nothing was accepted. */
bool peer_connection_accept(struct peer_table *table, uv_stream_t *listener,
                            enum rpc_transport transport, const char *address);

/* The name of the peer whose calls are being run, for the log. */
const char *peer_table_current(const struct peer_table *table);

/* Closes all; they are destroyed, and their context handles run down, once the loop has run. */
void peer_table_close(struct peer_table *table);

#endif
