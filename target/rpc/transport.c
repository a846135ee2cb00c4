/* SPDX-License-Identifier: Apache-2.0 */
#include "transport.h"

#include "../include/winerror.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { BACKLOG_RETRY_MS = 10 };

int64_t transport_now_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum transport_result transport_check(const struct transport *t, int64_t deadline_ms)
{
    if (atomic_load(&t->cancelled))
        return TRANSPORT_CANCELLED;
    return transport_now_ms() < deadline_ms ? TRANSPORT_OK : TRANSPORT_TIMED_OUT;
}

/* Waits until the socket is ready for `events` (0: for a cancel alone) or the deadline. */
static enum transport_result wait_for(struct transport *t, short events, int64_t deadline_ms)
{
    for (;;) {
        if (atomic_load(&t->cancelled))
            return TRANSPORT_CANCELLED;
        int64_t left = deadline_ms - transport_now_ms();
        if (left <= 0)
            return TRANSPORT_TIMED_OUT;
        struct pollfd fds[] = {{.fd = events != 0 ? t->socket : -1, .events = events},
                               {.fd = t->wake, .events = POLLIN}};
        int ready = poll(fds, 2, left > INT32_MAX ? INT32_MAX : (int)left);
        if (ready < 0 && errno != EINTR && errno != EAGAIN)
            return TRANSPORT_CLOSED;
        if (ready <= 0)
            continue;
        /* The flag is set before the eventfd is written to: once that is empty again, the flag at
           the head of the loop says whether this was a cancel or the remainder of an old one. If it
           stayed, every later poll() would return at once. */
        eventfd_t count;
        if (fds[1].revents != 0 && eventfd_read(t->wake, &count) != 0 && errno != EINTR &&
            errno != EAGAIN)
            return TRANSPORT_CLOSED;
        if (fds[0].revents != 0)
            return TRANSPORT_OK;
    }
}

static uint32_t code_of_socket_errno(int error)
{
    switch (error) {
    case EMFILE:
    case ENFILE:
        return RPC_S_OUT_OF_RESOURCES;
    case ENOMEM:
    case ENOBUFS:
        return ERROR_NOT_ENOUGH_MEMORY;
    case EACCES:
    case EPERM:
        return ERROR_ACCESS_DENIED;
    default:
        return RPC_S_SERVER_UNAVAILABLE;
    }
}

static socklen_t make_address(const struct rpc_endpoint *e, struct sockaddr_storage *out)
{
    memset(out, 0, sizeof *out);
    if (e->transport == RPC_NCALRPC) {
        struct sockaddr_un *local = (struct sockaddr_un *)out;
        _Static_assert(sizeof e->path == sizeof local->sun_path, "a path fits");
        local->sun_family = AF_UNIX;
        memcpy(local->sun_path, e->path, sizeof local->sun_path);
        return sizeof *local;
    }
    struct sockaddr_in *ip = (struct sockaddr_in *)out;
    ip->sin_family = AF_INET;
    ip->sin_port = htons(e->port);
    ip->sin_addr.s_addr = htonl(e->ipv4);
    return sizeof *ip;
}

/* The end of a connect() that was still in progress. */
static uint32_t finish_connect(struct transport *t, int64_t deadline_ms)
{
    if (wait_for(t, POLLOUT, deadline_ms) != TRANSPORT_OK)
        return RPC_S_SERVER_UNAVAILABLE;
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(t->socket, SOL_SOCKET, SO_ERROR, &error, &length) != 0)
        error = errno;
    return error == 0 ? 0 : code_of_socket_errno(error);
}

static uint32_t connect_to(struct transport *t, const struct rpc_endpoint *endpoint,
                           int64_t deadline_ms)
{
    struct sockaddr_storage address;
    socklen_t length = make_address(endpoint, &address);
    for (;;) {
        if (connect(t->socket, (struct sockaddr *)&address, length) == 0)
            return 0;
        if (errno == EINPROGRESS || errno == EINTR)
            return finish_connect(t, deadline_ms);
        /* The listener's backlog is full: UNIX sockets cannot be waited for, only retried. */
        if (errno != EAGAIN)
            return code_of_socket_errno(errno);
        int64_t soon = transport_now_ms() + BACKLOG_RETRY_MS;
        if (soon >= deadline_ms || wait_for(t, 0, soon) != TRANSPORT_TIMED_OUT)
            return RPC_S_SERVER_UNAVAILABLE;
    }
}

uint32_t transport_open(struct transport *t, const struct rpc_endpoint *endpoint,
                        int64_t deadline_ms)
{
    t->socket = -1;
    atomic_init(&t->cancelled, false);
    t->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (t->wake < 0)
        return code_of_socket_errno(errno);
    uint32_t code;
    t->tcp = endpoint->transport == RPC_NCACN_IP_TCP;
    int family = t->tcp ? AF_INET : AF_UNIX;
    t->socket = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (t->socket < 0)
        code = code_of_socket_errno(errno);
    else
        code = connect_to(t, endpoint, deadline_ms);
    if (code != 0) {
        transport_close(t);
        return code;
    }
    if (t->tcp) {
        /* Calls are small and wait for answers. If it cannot be set they are only slower. */
        int on = 1;
        (void)setsockopt(t->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    return 0;
}

/* TCP accepts bytes for a peer that has closed, and loses them. After asking first it is certain
   that the peer has not received them. A UNIX socket fails by itself. */
static bool is_closed_by_peer(const struct transport *t)
{
    struct tcp_info info = {0};
    socklen_t length = sizeof info;
    return t->tcp && getsockopt(t->socket, IPPROTO_TCP, TCP_INFO, &info, &length) == 0 &&
           info.tcpi_state != TCP_ESTABLISHED;
}

enum transport_result transport_send(struct transport *t, const uint8_t *bytes, size_t n,
                                     int64_t deadline_ms, size_t *out_sent)
{
    *out_sent = 0;
    if (atomic_load(&t->cancelled))
        return TRANSPORT_CANCELLED;
    if (is_closed_by_peer(t))
        return TRANSPORT_CLOSED;
    while (*out_sent < n) {
        ssize_t sent = send(t->socket, bytes + *out_sent, n - *out_sent, MSG_NOSIGNAL);
        if (sent >= 0) {
            *out_sent += (size_t)sent;
            continue;
        }
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
            return TRANSPORT_CLOSED;
        enum transport_result result =
            errno == EINTR ? transport_check(t, deadline_ms) : wait_for(t, POLLOUT, deadline_ms);
        if (result != TRANSPORT_OK)
            return result;
    }
    return TRANSPORT_OK;
}

enum transport_result transport_receive(struct transport *t, uint8_t *room, size_t n,
                                        int64_t deadline_ms, size_t *out_received)
{
    for (;;) {
        ssize_t received = recv(t->socket, room, n, 0);
        if (received > 0) {
            *out_received = (size_t)received;
            return TRANSPORT_OK;
        }
        if (received == 0)
            return TRANSPORT_CLOSED;
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
            return TRANSPORT_CLOSED;
        enum transport_result result =
            errno == EINTR ? transport_check(t, deadline_ms) : wait_for(t, POLLIN, deadline_ms);
        if (result != TRANSPORT_OK)
            return result;
    }
}

void transport_cancel(struct transport *t)
{
    atomic_store(&t->cancelled, true);
    /* A counter that is far from full takes this at once. The flag alone stops all but a poll()
       that is already under way, and that one ends at its deadline. */
    (void)eventfd_write(t->wake, 1);
}

void transport_reset_cancel(struct transport *t)
{
    /* Not the eventfd: the writing of it may still be on its way. wait_for() empties it. */
    atomic_store(&t->cancelled, false);
}

void transport_close(struct transport *t)
{
    if (t->socket >= 0)
        close(t->socket);
    if (t->wake >= 0)
        close(t->wake);
    t->socket = t->wake = -1;
}
