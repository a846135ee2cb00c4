/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A listening socket on the loop. Connections without a free place are accepted and closed at once,
 * so that their clients are told instead of waiting in the backlog.
 */
#ifndef DAEMON_LISTENER_H
#define DAEMON_LISTENER_H

#include "peer_connection.h"

union listener_handle {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_pipe_t pipe;
    uv_tcp_t tcp;
};

struct listener {
    struct peer_table *peers; /* borrowed */
    enum rpc_transport transport;
    char binding[160]; /* string binding to find it by */
    char address[108]; /* for bind_ack: path or port */
    union listener_handle socket;
    union listener_handle refused; /* takes a connection without a free place */
    bool open;
    bool refusing; /* `refused` is in use ... */
    bool waiting;  /* ... and another one waits for it */
};

/* Listens on a bound UNIX socket; owns `fd` even on failure. False: failed, and logged. */
bool listener_open_local(struct listener *l, struct peer_table *peers, int fd, const char *path);
/* Listens on 127.0.0.1; port 0: any free one. */
bool listener_open_tcp(struct listener *l, struct peer_table *peers, uint16_t port);
/* Does nothing if it is not open. */
void listener_close(struct listener *l);

#endif
