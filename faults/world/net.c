/* SPDX-License-Identifier: Apache-2.0 */
#include "net.h"

#include "allowance.h"
#include "clock.h"
#include "fail.h"
#include "faults/fault/fault.h"
#include "faults/fault/hash.h"
#include "faults/seam/wrap.h"
#include "ledger.h"
#include "other_caller.h"
#include "secret.h"
#include "world_internal.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>

enum { STREAMS = DESCRIPTORS };

struct net_stream {
    bool used;
    const struct net_service *service; /* NULL until connected */
    void *connection;                  /* NULL once either side has closed */
    bool tcp;
    bool service_closed, reset;
    bool blocks;      /* not O_NONBLOCK */
    uint8_t *inbound; /* service to client; kept from world to world */
    size_t inbound_length, inbound_at, inbound_capacity;
    bool stalled; /* with a segment limit: the next call finds it not ready */
};

static struct {
    struct net_stream streams[STREAMS];
    unsigned stream_high; /* streams below have been used since the reset */
    size_t segment;
    uint32_t segments; /* transfers that the limit has applied to */
    uint64_t bytes_sent;
    uint64_t hash; /* of the bytes that went over the wire, while memory is filled */
} net;

void net_reset(void)
{
    for (unsigned i = 0; i < net.stream_high; i++)
        net.streams[i].used = false;
    net.stream_high = 0;
    net_stop_listening();
    net.segment = 0;
    net.segments = 0;
    net.bytes_sent = net.hash = 0;
}

void net_set_segment(size_t bytes)
{
    net.segment = bytes;
}

uint64_t net_bytes_sent(void)
{
    return net.bytes_sent;
}

uint64_t net_bytes_hash(void)
{
    return net.hash;
}

static void hash_bytes(const uint8_t *bytes, size_t n)
{
    if (world_fill() != WORLD_NO_FILL)
        net.hash = hash_64(net.hash, bytes, n);
}

static void deliver(struct net_stream *s, const void *bytes, size_t n)
{
    enum world_side before = world_set_side(WORLD_SERVER);
    s->service->received(s->connection, bytes, n);
    world_set_side(before);
}

/* The connection is gone for both ends; bytes under way to the client are lost. */
static void tell_closed(struct net_stream *s)
{
    void *connection = s->connection;
    s->connection = NULL;
    s->inbound_at = s->inbound_length;
    if (connection == NULL)
        return;
    enum world_side before = world_set_side(WORLD_SERVER);
    s->service->peer_closed(connection);
    world_set_side(before);
}

/* After a call that failed so. Of a connection of the kernel this is all that does not pass: TCP
   reports what is unreachable when it has given the connection up. */
static void break_connection(int fd, int error)
{
    if (!descriptor_is_simulated(fd)) {
        if (error != EINTR && error != EAGAIN && error != ENOBUFS && error != ENOMEM)
            shutdown(fd, SHUT_RDWR);
        return;
    }
    struct descriptor *d = descriptor_get(fd, DESCRIPTOR_SOCKET);
    if (d != NULL && (error == EPIPE || error == ECONNRESET))
        tell_closed(d->object);
}

void net_stream_write(struct net_stream *s, const void *bytes, size_t n)
{
    if (!s->used || n == 0)
        return;
    secret_check_sent(bytes, n, false, !s->tcp);
    hash_bytes(bytes, n);
    if (s->inbound_at == s->inbound_length)
        s->inbound_at = s->inbound_length = 0;
    if (n > s->inbound_capacity - s->inbound_length) {
        size_t capacity = (s->inbound_length + n) * 2;
        uint8_t *grown = realloc(s->inbound, capacity);
        if (grown == NULL)
            abort(); /* the harness itself is out of memory */
        s->inbound = grown;
        s->inbound_capacity = capacity;
    }
    memcpy(s->inbound + s->inbound_length, bytes, n);
    s->inbound_length += n;
}

void net_stream_close(struct net_stream *s)
{
    s->service_closed = true;
    s->connection = NULL;
}

void net_stream_reset(struct net_stream *s)
{
    net_stream_close(s);
    s->reset = true;
}

static size_t waiting(const struct net_stream *s)
{
    return s->inbound_length - s->inbound_at;
}

void net_descriptor_closed(struct descriptor *d)
{
    struct net_stream *s = d->object;
    tell_closed(s);
    s->used = false;
}

int __wrap_socket(int domain, int type, int protocol)
{
    struct fault_effect effect = FAULT_POINT(FAULT_NET_SOCKET);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (world_mode(WORLD_NET) == WORLD_PASS_THROUGH)
        return descriptor_acquired(socket(domain, type, protocol));
    if (domain != AF_UNIX && domain != AF_INET && domain != AF_INET6)
        return fail(EAFNOSUPPORT);
    const int kind = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (kind < SOCK_STREAM || kind > SOCK_SEQPACKET)
        return fail(EINVAL);
    if (kind == SOCK_STREAM && protocol != 0 &&
        protocol != (domain == AF_UNIX ? PF_UNIX : IPPROTO_TCP))
        return fail(EPROTONOSUPPORT);
    for (unsigned i = 0; i < STREAMS; i++) {
        struct net_stream *s = &net.streams[i];
        if (i < net.stream_high && s->used)
            continue;
        s->used = true;
        s->service = NULL;
        s->connection = NULL;
        s->blocks = (type & SOCK_NONBLOCK) == 0;
        s->service_closed = s->reset = s->stalled = false;
        s->inbound_at = s->inbound_length = 0;
        if (i >= net.stream_high)
            net.stream_high = i + 1;
        int fd = descriptor_open(DESCRIPTOR_SOCKET, s);
        s->used = fd >= 0;
        return fd;
    }
    return fail(EMFILE);
}

/* Nothing can arrive any more in this one thread: it would never end. */
void net_wait_without_end(int fd)
{
    ledger_violate(LEDGER_WAIT_WITHOUT_END, LEDGER_DESCRIPTOR, (uint64_t)fd + 1);
}

/* The stream of a socket; NULL with errno set. */
static struct net_stream *stream_of(int fd)
{
    struct descriptor *d = descriptor_get(fd, DESCRIPTOR_SOCKET);
    return d != NULL ? d->object : NULL;
}

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length)
{
    struct fault_effect effect = FAULT_POINT(FAULT_NET_CONNECT);
    /* EINPROGRESS and EINTR: the connection is made all the same, and poll() tells. */
    if (effect.action == FAULT_FAIL && effect.value != EINPROGRESS && effect.value != EINTR)
        return fail(effect.value);
    if (!descriptor_is_simulated(fd)) {
        int result = connect(fd, address, length);
        if (result == 0 || errno == EINPROGRESS)
            allowance_connected(world_side());
        return result == 0 && effect.action == FAULT_FAIL ? fail(effect.value) : result;
    }
    struct net_stream *s = stream_of(fd);
    if (s == NULL)
        return -1;
    const struct net_service *service = net_find_service(address, length);
    if (service == NULL)
        return fail(address->sa_family == AF_UNIX ? ENOENT : ECONNREFUSED);
    if (s->service != NULL)
        return fail(EISCONN);
    s->service = service;
    s->tcp = address->sa_family == AF_INET;
    allowance_connected(WORLD_CLIENT);
    enum world_side before = world_set_side(WORLD_SERVER);
    void *connection = service->accepted(service->context, s);
    world_set_side(before);
    if (connection == NULL)
        s->service_closed = true;
    else if (!s->service_closed)
        s->connection = connection;
    return effect.action == FAULT_FAIL ? fail(effect.value) : 0;
}

/* With a segment limit every second call finds the socket not ready. */
static bool stalls(struct net_stream *s)
{
    if (net.segment != 0 && ++net.segments > NET_SEGMENTS)
        net.segment = 0;
    s->stalled = net.segment != 0 && !s->stalled;
    return s->stalled;
}

/* The reader is gone: the sender gets SIGPIPE too, unless it asks for none. */
static int refuse_send(int error, int flags)
{
    if (error == EPIPE && !(flags & MSG_NOSIGNAL))
        process_break_pipe();
    return fail(error);
}

ssize_t net_send(int fd, const void *bytes, size_t n, int flags, const void *caller)
{
    struct fault_effect effect = fault_point(FAULT_NET_SEND, caller);
    if (effect.action == FAULT_FAIL) {
        break_connection(fd, effect.value);
        return refuse_send(effect.value, flags);
    }
    if (effect.action == FAULT_SHORT && n > 1)
        n /= 2;
    if (!descriptor_is_simulated(fd)) {
        ssize_t sent = send(fd, bytes, n, flags);
        net.bytes_sent += sent > 0 ? (uint64_t)sent : 0;
        return sent;
    }
    other_caller_point(caller);
    struct net_stream *s = stream_of(fd);
    if (s == NULL)
        return -1;
    if (s->connection == NULL && s->service != NULL && s->tcp && !s->reset) {
        /* The bytes are sent; the answer is a reset. */
        s->reset = true;
        net.bytes_sent += n;
        return (ssize_t)n;
    }
    if (s->connection == NULL)
        return refuse_send(s->service == NULL ? ENOTCONN : s->reset ? ECONNRESET : EPIPE, flags);
    if (stalls(s))
        return fail(EAGAIN);
    if (net.segment != 0 && n > net.segment)
        n = net.segment;
    net.bytes_sent += n;
    hash_bytes(bytes, n);
    secret_check_sent(bytes, n, true, !s->tcp);
    deliver(s, bytes, n);
    return (ssize_t)n;
}

ssize_t __wrap_send(int fd, const void *bytes, size_t n, int flags)
{
    return net_send(fd, bytes, n, flags, __builtin_return_address(0));
}

ssize_t net_receive(int fd, void *room, size_t n, int flags, const void *caller)
{
    struct fault_effect effect = fault_point(FAULT_NET_RECV, caller);
    if (effect.action == FAULT_FAIL || effect.action == FAULT_END) {
        break_connection(fd, effect.action == FAULT_END ? ECONNRESET : effect.value);
        return effect.action == FAULT_FAIL ? fail(effect.value) : 0;
    }
    if (effect.action == FAULT_SHORT && n > 1)
        n /= 2;
    if (!descriptor_is_simulated(fd)) {
        ssize_t received = recv(fd, room, n, flags);
        allowance_received(world_side(), received > 0 ? (size_t)received : 0);
        return received;
    }
    other_caller_point(caller);
    struct net_stream *s = stream_of(fd);
    if (s == NULL)
        return -1;
    size_t there = waiting(s);
    if (there == 0) {
        if (s->service == NULL)
            return fail(ENOTCONN);
        if (s->connection != NULL && !s->blocks)
            return fail(EAGAIN);
        if (s->connection != NULL) {
            net_wait_without_end(fd);
            return 0;
        }
        return s->reset ? fail(ECONNRESET) : 0;
    }
    if (stalls(s))
        return fail(EAGAIN);
    if (n > there)
        n = there;
    if (net.segment != 0 && n > net.segment)
        n = net.segment;
    memcpy(room, s->inbound + s->inbound_at, n);
    s->inbound_at += n;
    allowance_received(WORLD_CLIENT, n);
    return (ssize_t)n;
}

ssize_t __wrap_recv(int fd, void *room, size_t n, int flags)
{
    return net_receive(fd, room, n, flags, __builtin_return_address(0));
}

bool net_is_socket(int fd)
{
    struct stat s;
    return descriptor_is(fd, DESCRIPTOR_SOCKET) ||
           (world_mode(WORLD_NET) == WORLD_PASS_THROUGH && !descriptor_is_simulated(fd) &&
            fstat(fd, &s) == 0 && S_ISSOCK(s.st_mode));
}

bool net_blocks(int fd)
{
    return stream_of(fd)->blocks;
}

void net_set_blocks(int fd, bool blocks)
{
    stream_of(fd)->blocks = blocks;
}

short net_stream_ready(const struct net_stream *s, short events)
{
    short ready = events & POLLOUT;
    if (waiting(s) > 0 || s->connection == NULL)
        ready |= events & POLLIN;
    if (s->connection == NULL)
        ready |= POLLHUP;
    return ready;
}

int net_tcp_state(int fd)
{
    const struct net_stream *s = stream_of(fd);
    if (s == NULL)
        return -1;
    return s->connection != NULL ? TCP_ESTABLISHED : s->reset ? TCP_CLOSE : TCP_CLOSE_WAIT;
}
