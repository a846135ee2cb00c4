/* SPDX-License-Identifier: Apache-2.0 */
#include "listener.h"

#include "log.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <unistd.h>

enum { BACKLOG = 128 };

static void initialise_socket(const struct listener *l, union listener_handle *h)
{
    if (l->transport == RPC_NCACN_IP_TCP)
        uv_tcp_init(l->peers->loop, &h->tcp);
    else
        uv_pipe_init(l->peers->loop, &h->pipe, 0);
}

static void take_connection(struct listener *l);

static void on_refused(uv_handle_t *handle)
{
    struct listener *l = handle->data;
    bool waiting = l->waiting;
    l->refusing = l->waiting = false;
    if (l->open && waiting)
        take_connection(l);
}

static void refuse(struct listener *l, const char *why)
{
    if (l->refusing) {
        l->waiting = true; /* libuv holds it, and accepts no other one until it is taken */
        return;
    }
    initialise_socket(l, &l->refused);
    l->refused.handle.data = l;
    l->refusing = true;
    if (uv_accept(&l->socket.stream, &l->refused.stream) == 0)
        log_peer(LOG_LEVEL_INFO, l->binding, "connection refused: %s", why);
    uv_close(&l->refused.handle, on_refused);
}

static void take_connection(struct listener *l)
{
    if (!peer_table_make_room(l->peers))
        refuse(l, "too many connections");
    else if (!peer_connection_accept(l->peers, &l->socket.stream, l->transport, l->address))
        refuse(l, "out of memory");
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct listener *l = stream->data;
    if (status == 0)
        take_connection(l);
    else
        log_peer(LOG_LEVEL_INFO, l->binding, "cannot accept a connection: %s", uv_strerror(status));
}

/* The end of an open function: `status` is libuv's. */
static bool finish(struct listener *l, int status)
{
    l->open = true;
    if (status == 0)
        status = uv_listen(&l->socket.stream, BACKLOG, on_connection);
    if (status == 0)
        return true;
    log_line(LOG_LEVEL_ERROR, "cannot listen on %s: %s", l->binding, uv_strerror(status));
    listener_close(l);
    return false;
}

static void initialise(struct listener *l, struct peer_table *peers, enum rpc_transport transport)
{
    *l = (struct listener){.peers = peers, .transport = transport};
    initialise_socket(l, &l->socket);
    l->socket.handle.data = l;
}

bool listener_open_local(struct listener *l, struct peer_table *peers, int fd, const char *path)
{
    initialise(l, peers, RPC_NCALRPC);
    snprintf(l->address, sizeof l->address, "%s", path);
    snprintf(l->binding, sizeof l->binding, "ncalrpc:[%s]", path);
    int status = uv_pipe_open(&l->socket.pipe, fd);
    if (status != 0)
        close(fd);
    return finish(l, status);
}

bool listener_open_tcp(struct listener *l, struct peer_table *peers, uint16_t port)
{
    struct sockaddr_in address;
    int bytes = sizeof address;
    initialise(l, peers, RPC_NCACN_IP_TCP);
    snprintf(l->binding, sizeof l->binding, "ncacn_ip_tcp:127.0.0.1[%u]", port);
    int status = uv_ip4_addr("127.0.0.1", port, &address);
    if (status == 0)
        status = uv_tcp_bind(&l->socket.tcp, (const struct sockaddr *)&address, 0);
    if (status == 0)
        status = uv_tcp_getsockname(&l->socket.tcp, (struct sockaddr *)&address, &bytes);
    if (status == 0) {
        snprintf(l->address, sizeof l->address, "%u", ntohs(address.sin_port));
        snprintf(l->binding, sizeof l->binding, "ncacn_ip_tcp:127.0.0.1[%s]", l->address);
    }
    return finish(l, status);
}

void listener_close(struct listener *l)
{
    if (!l->open)
        return;
    l->open = false;
    uv_close(&l->socket.handle, NULL);
}
