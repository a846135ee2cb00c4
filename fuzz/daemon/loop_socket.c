/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libuv's sockets: listening, and streams to guests.
 */
#include "loop_internal.h"

#include "faults/seam/wrap.h"
#include "faults/world/clock.h"
#include "faults/world/world.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_PORT = 40000 };

/* Bytes to a guest ---------------------------------------------------------------------------- */

static ssize_t deliver(struct guest *g, const uint8_t *bytes, size_t n, enum loop_call call)
{
    struct fault_effect effect = loop_fault(call);
    /* write() is repeated after EINTR. */
    if (effect.action == FAULT_FAIL && effect.value != EINTR)
        return -effect.value;
    if (g->state == GUEST_LEFT)
        return g->reset ? UV_ECONNRESET : UV_EPIPE;
    if (g->deaf && n > GUEST_ROOM - g->held)
        n = GUEST_ROOM - g->held;
    if (n == 0)
        return UV_EAGAIN;
    if (effect.action == FAULT_SHORT && n > 1)
        n /= 2;
    if (g->deaf) {
        memcpy(g->room + g->held, bytes, n);
        g->held += n;
    } else {
        g->take(g, bytes, n);
    }
    return (ssize_t)n;
}

/* The daemon is told that there will be no more. */
static void note_failure(struct guest *g, ssize_t n)
{
    if (n >= 0 || n == UV_EAGAIN || n == UV_ENOBUFS || g->failed)
        return;
    g->failed = true;
    g->failed_ms = clock_monotonic_ms();
}

/* Turns --------------------------------------------------------------------------------------- */

static struct guest *first_waiting(bool tcp)
{
    for (size_t i = 0; i < LOOP_GUESTS && loop_guests[i] != NULL; i++)
        if (loop_guests[i]->state == GUEST_WAITS && loop_guests[i]->tcp == tcp)
            return loop_guests[i];
    return NULL;
}

static void close_guest(struct guest *g)
{
    if (g->state == GUEST_LEFT) {
        g->closed_ms = clock_monotonic_ms();
        return;
    }
    g->state = GUEST_CLOSED;
    g->closed_ms = clock_monotonic_ms();
}

/* accept(); without a descriptor libuv gives its spare one up and turns all away who wait. */
static bool accept_one(struct loop_handle *h)
{
    struct guest *g = first_waiting(h->tcp);
    if (g == NULL || h->waiting != NULL)
        return false;
    struct fault_effect effect = loop_fault(LOOP_ACCEPT);
    int error = effect.action == FAULT_FAIL ? effect.value : 0;
    if (error == EMFILE || error == ENFILE) {
        for (; g != NULL; g = first_waiting(h->tcp))
            close_guest(g);
        return true;
    }
    if (error != 0) {
        close_guest(g);
        h->connection((uv_stream_t *)h->handle, -error);
        return true;
    }
    g->state = GUEST_SERVED;
    h->waiting = g;
    h->waiting_fd = net_open_served(&g->peer);
    h->connection((uv_stream_t *)h->handle, 0);
    loop_note_streams();
    return true;
}

/* All who wait, unless the daemon leaves one unaccepted. */
static bool listen_turn(struct loop_handle *h)
{
    bool any = false;
    while (accept_one(h))
        any = true;
    return any;
}

static bool is_readable(const struct guest *g)
{
    return g->read_n < g->sent_n || g->shut;
}

/* What read() takes of the guest's bytes: how many, or libuv's error. */
static ssize_t take_from(struct guest *g, size_t room)
{
    struct fault_effect effect = loop_fault(LOOP_READ);
    size_t n = g->sent_n - g->read_n < room ? g->sent_n - g->read_n : room;
    if (effect.action == FAULT_FAIL && effect.value != EINTR)
        return -effect.value;
    if (g->reset)
        return UV_ECONNRESET;
    if (effect.action == FAULT_END || n == 0)
        return UV_EOF;
    if (effect.action == FAULT_SHORT && n > 1)
        n /= 2;
    g->read_n += n;
    return (ssize_t)n;
}

static bool read_turn(struct loop_handle *h)
{
    uv_buf_t room = {.base = NULL, .len = 0};
    struct guest *g = h->guest;
    uv_stream_t *stream = (uv_stream_t *)h->handle;
    h->allocate(h->handle, 65536, &room);
    if (room.base == NULL || room.len == 0) {
        h->read(stream, UV_ENOBUFS, &room);
        return true;
    }
    ssize_t n = take_from(g, room.len);
    note_failure(g, n);
    if (n > 0)
        memcpy(room.base, g->sent + g->read_n - (size_t)n, (size_t)n);
    h->reading = n != UV_EOF && (n >= 0 || n == UV_EAGAIN);
    h->read(stream, n == UV_EAGAIN ? 0 : n, &room);
    return true;
}

/* False: the kernel is full, and something else must happen first. */
static bool write_turn(struct loop_handle *h)
{
    ssize_t n = deliver(h->guest, h->bytes, h->n, LOOP_WRITE);
    note_failure(h->guest, n);
    uv_write_t *write = h->write;
    if (n == UV_ENOBUFS)
        return false;
    if (n == UV_EAGAIN)
        return true; /* it looks again: a guest that is deaf is not written to */
    if (n >= 0) {
        h->bytes += n;
        h->n -= (size_t)n;
    }
    if (n >= 0 && h->n > 0)
        return true;
    h->write = NULL;
    h->written(write, n < 0 ? (int)n : 0);
    return true;
}

bool loop_socket_turn(struct loop_handle *h)
{
    bool any = false;
    if (h->connection != NULL)
        return listen_turn(h);
    if (h->guest == NULL)
        return false;
    if (h->write != NULL && (!h->guest->deaf || h->guest->held < GUEST_ROOM))
        any = write_turn(h);
    if (h->handle != NULL && !h->closing && h->reading && is_readable(h->guest))
        any = read_turn(h);
    return any;
}

void loop_socket_close(struct loop_handle *h)
{
    if (h->waiting != NULL) {
        close_guest(h->waiting);
        __wrap_close(h->waiting_fd);
    }
    if (h->fd >= 0)
        __wrap_close(h->fd);
    if (h->guest != NULL)
        close_guest(h->guest);
    h->fd = -1;
    h->reading = false;
    h->connection = NULL;
    h->waiting = NULL;
}

/* libuv --------------------------------------------------------------------------------------- */

int uv_tcp_init(uv_loop_t *l, uv_tcp_t *socket)
{
    (void)l;
    loop_handle_add(socket)->tcp = true;
    return 0;
}

int uv_pipe_init(uv_loop_t *l, uv_pipe_t *socket, int ipc)
{
    (void)l;
    if (ipc != 0)
        abort(); /* its peers pass no handles */
    loop_handle_add(socket);
    return 0;
}

int uv_pipe_open(uv_pipe_t *socket, uv_file fd)
{
    loop_handle_of(socket)->fd = fd;
    return 0;
}

int uv_ip4_addr(const char *ip, int port, struct sockaddr_in *address)
{
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    return inet_pton(AF_INET, ip, &address->sin_addr) == 1 ? 0 : UV_EINVAL;
}

int uv_tcp_bind(uv_tcp_t *socket, const struct sockaddr *address, unsigned flags)
{
    const struct sockaddr_in *in = (const struct sockaddr_in *)address;
    (void)flags;
    struct loop_handle *h = loop_handle_of(socket);
    h->fd = net_open_served(NULL);
    return h->fd >= 0 && in->sin_addr.s_addr == htonl(INADDR_LOOPBACK) ? 0 : UV_EADDRNOTAVAIL;
}

int uv_tcp_getsockname(const uv_tcp_t *socket, struct sockaddr *out, int *length)
{
    (void)socket;
    (void)length;
    ((struct sockaddr_in *)out)->sin_port = htons(FIRST_PORT);
    return 0;
}

int uv_listen(uv_stream_t *stream, int backlog, uv_connection_cb callback)
{
    (void)backlog;
    loop_handle_of(stream)->connection = callback;
    return 0;
}

int uv_accept(uv_stream_t *listener, uv_stream_t *client)
{
    struct loop_handle *l = loop_handle_of(listener), *c = loop_handle_of(client);
    if (l->waiting == NULL)
        return UV_EAGAIN;
    struct fault_effect effect = loop_fault(LOOP_TAKE);
    struct guest *g = l->waiting;
    l->waiting = NULL;
    if (effect.action == FAULT_FAIL) {
        __wrap_close(l->waiting_fd);
        close_guest(g);
        return -effect.value;
    }
    c->guest = g;
    c->fd = l->waiting_fd;
    return 0;
}

int uv_read_start(uv_stream_t *stream, uv_alloc_cb allocate, uv_read_cb read)
{
    struct loop_handle *h = loop_handle_of(stream);
    if (h->closing)
        return UV_EINVAL;
    if (h->reading)
        return UV_EALREADY;
    h->reading = true;
    h->allocate = allocate;
    h->read = read;
    return 0;
}

int uv_read_stop(uv_stream_t *stream)
{
    loop_handle_of(stream)->reading = false;
    return 0;
}

int uv_try_write(uv_stream_t *stream, const uv_buf_t buffers[], unsigned count)
{
    struct loop_handle *h = loop_handle_of(stream);
    if (h->write != NULL || count != 1)
        return UV_EAGAIN;
    ssize_t n = deliver(h->guest, (const uint8_t *)buffers[0].base, buffers[0].len, LOOP_TRY_WRITE);
    note_failure(h->guest, n);
    return n == UV_ENOBUFS ? UV_EAGAIN : (int)n; /* taken for a full socket */
}

int uv_write(uv_write_t *request, uv_stream_t *stream, const uv_buf_t buffers[], unsigned count,
             uv_write_cb callback)
{
    struct loop_handle *h = loop_handle_of(stream);
    if (h->write != NULL || count != 1)
        abort(); /* the daemon writes one buffer at a time */
    h->write = request;
    h->written = callback;
    h->bytes = (const uint8_t *)buffers[0].base;
    h->n = buffers[0].len;
    return 0;
}

int uv_tcp_getpeername(const uv_tcp_t *socket, struct sockaddr *out, int *length)
{
    struct fault_effect effect = loop_fault(LOOP_NAME);
    const struct guest *g = loop_handle_of(socket)->guest;
    struct sockaddr_in address = {.sin_family = AF_INET};
    if (effect.action == FAULT_FAIL)
        return -effect.value;
    for (size_t i = 0; i < LOOP_GUESTS && loop_guests[i] != NULL; i++)
        if (loop_guests[i] == g)
            address.sin_port = htons((uint16_t)(FIRST_PORT + i));
    *length = sizeof address;
    memcpy(out, &address, sizeof address);
    return 0;
}

int uv_fileno(const uv_handle_t *handle, uv_os_fd_t *fd)
{
    *fd = loop_handle_of(handle)->fd;
    return 0;
}

int uv_send_buffer_size(uv_handle_t *handle, int *value)
{
    (void)handle;
    (void)value;
    return 0;
}

int uv_tcp_nodelay(uv_tcp_t *socket, int enable)
{
    (void)enable;
    if (!loop_handle_of(socket)->tcp)
        abort(); /* it is no such socket */
    return 0;
}

uv_buf_t uv_buf_init(char *base, unsigned length)
{
    return (uv_buf_t){.base = base, .len = length};
}
