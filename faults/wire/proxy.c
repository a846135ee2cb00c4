/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    RELAYS = 1024,
    CHUNK = 65536,        /* bytes of one read */
    HIGH_WATER = 1 << 20, /* bytes that wait for a slow reader: beyond it no more is read for it */
};

/* One of the two sockets of a relay, with the bytes to be sent to it. */
struct end {
    int fd;
    struct bytes out;
    size_t sent; /* of it */
    bool ended;  /* it has sent everything */
    bool told;   /* and it has received everything */
};

struct relay {
    const struct proxy *proxy;
    bool used;
    unsigned number;
    struct end client, server;
    struct wire wire;
};

struct proxy {
    int listener; /* -1: it does not listen */
    struct endpoint address, to;
    const struct proxy_events *events;
    unsigned connections;
    unsigned high; /* relays from here on were never used */
    struct relay relays[RELAYS];
    struct pollfd polled[2 + 2 * RELAYS];
};

static void tell(const struct proxy *p, const struct relay *r, const char *what)
{
    if (p->events->connection != NULL)
        p->events->connection(p->events->context, r->number, what);
}

static void close_end(struct end *e, bool reset)
{
    /* On TCP the peer sees a reset, not an orderly end. */
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    if (e->fd < 0)
        return;
    if (reset)
        setsockopt(e->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(e->fd);
    e->fd = -1;
}

/* Bytes of a peer are sent before its connection is reset: they arrive if they are read in time. */
static void flush(struct end *e)
{
    while (e->fd >= 0 && e->sent < e->out.length) {
        ssize_t n = send(e->fd, e->out.bytes + e->sent, e->out.length - e->sent, MSG_NOSIGNAL);
        if (n <= 0)
            break;
        e->sent += (size_t)n;
    }
    if (e->sent == e->out.length)
        e->sent = e->out.length = 0;
}

static void end_relay(struct proxy *p, struct relay *r, bool reset, const char *why)
{
    flush(&r->client);
    flush(&r->server);
    /* A reset would discard bytes that the client has not read yet. */
    close_end(&r->client, false);
    close_end(&r->server, reset);
    r->used = false;
    tell(p, r, why);
}

/* Bytes ------------------------------------------------------------------------------------- */

static void keep(void *context, const uint8_t *bytes, size_t n)
{
    struct end *e = context;
    bytes_append(&e->out, bytes, n);
}

static void server_dies(struct proxy *p, bool restart)
{
    for (unsigned i = 0; i < p->high; i++)
        if (p->relays[i].used)
            end_relay(p, &p->relays[i], true, "the server dies");
    if (p->events->kill != NULL)
        p->events->kill(p->events->context, restart);
}

/* Reads bytes from one end for the other. */
static void carry(struct proxy *p, struct relay *r, bool to_server)
{
    static uint8_t chunk[CHUNK];
    struct end *from = to_server ? &r->client : &r->server;
    struct end *to = to_server ? &r->server : &r->client;
    ssize_t n = recv(from->fd, chunk, sizeof chunk, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n < 0) {
        end_relay(p, r, true, to_server ? "reset by the client" : "reset by the server");
        return;
    }
    if (n == 0) {
        from->ended = true;
        return;
    }
    enum wire_event event = wire_carry(&r->wire, to_server, chunk, (size_t)n, keep, to);
    if (event == WIRE_CONNECTION_RESET)
        end_relay(p, r, true, "reset by a fault");
    else if (event != WIRE_GO_ON)
        server_dies(p, event == WIRE_SERVER_RESTARTED);
}

/* Connections ------------------------------------------------------------------------------- */

static struct relay *free_relay(struct proxy *p)
{
    for (unsigned i = 0; i < RELAYS; i++)
        if (!p->relays[i].used) {
            if (i >= p->high)
                p->high = i + 1;
            return &p->relays[i];
        }
    return NULL;
}

static void start_end(struct end *e, int fd)
{
    e->fd = fd;
    e->sent = e->out.length = 0;
    e->ended = e->told = false;
}

static void ask_pdu(void *context, const struct wire_pdu *pdu)
{
    const struct relay *r = context;
    const struct proxy_events *events = r->proxy->events;
    if (events->ask != NULL)
        events->ask(events->context, r->number, pdu);
}

static void told_pdu(void *context, const struct wire_pdu *pdu)
{
    const struct relay *r = context;
    const struct proxy_events *events = r->proxy->events;
    if (events->pdu != NULL)
        events->pdu(events->context, r->number, pdu);
}

static void accept_client(struct proxy *p)
{
    int fd = accept4(p->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    struct relay *r = free_relay(p);
    if (r == NULL) {
        close(fd);
        return;
    }
    r->used = true;
    r->number = ++p->connections;
    r->proxy = p;
    wire_reset(&r->wire);
    r->wire.ask = ask_pdu;
    r->wire.told = told_pdu;
    r->wire.told_context = r;
    start_end(&r->client, fd);
    start_end(&r->server, endpoint_connect(&p->to));
    tell(p, r, r->server.fd >= 0 ? "connected" : "the server cannot be reached");
    if (r->server.fd < 0)
        end_relay(p, r, true, "closed");
}

/* When one end has sent everything and the other has received it, the end of the stream is passed
   on. When both directions have ended the relay is closed. */
static void pass_ends(struct proxy *p, struct relay *r)
{
    struct end *pairs[2][2] = {{&r->client, &r->server}, {&r->server, &r->client}};
    for (int i = 0; i < 2; i++) {
        const struct end *from = pairs[i][0];
        struct end *to = pairs[i][1];
        if (from->ended && !to->told && to->out.length == 0) {
            to->told = true;
            shutdown(to->fd, SHUT_WR);
        }
    }
    if (r->client.ended && r->server.told)
        end_relay(p, r, false, "closed by the client");
    else if (r->server.ended && r->client.told)
        end_relay(p, r, false, "closed by the server");
}

/* The loop ---------------------------------------------------------------------------------- */

struct proxy *proxy_open(const struct endpoint *listen, const struct endpoint *to,
                         const struct proxy_events *events)
{
    struct proxy *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    p->listener = -1;
    p->address = *listen;
    p->to = *to;
    p->events = events;
    if (!proxy_listen(p, true)) {
        int error = errno;
        free(p);
        errno = error;
        return NULL;
    }
    return p;
}

bool proxy_listen(struct proxy *p, bool on)
{
    if (on && p->listener < 0) {
        p->listener = endpoint_listen(&p->address);
        /* Replaces port 0 by the actual port. */
        p->address.length = sizeof p->address.address;
        if (p->listener >= 0)
            getsockname(p->listener, (struct sockaddr *)&p->address.address, &p->address.length);
    } else if (!on && p->listener >= 0) {
        close(p->listener);
        p->listener = -1;
    }
    return (p->listener >= 0) == on;
}

void proxy_aim(struct proxy *p, const struct endpoint *to)
{
    p->to = *to;
}

struct endpoint proxy_address(const struct proxy *p)
{
    return p->address;
}

void proxy_close(struct proxy *p)
{
    for (unsigned i = 0; i < p->high; i++) {
        if (p->relays[i].used)
            end_relay(p, &p->relays[i], false, "the proxy ends");
        free(p->relays[i].client.out.bytes);
        free(p->relays[i].server.out.bytes);
        wire_release(&p->relays[i].wire);
    }
    proxy_listen(p, false);
    free(p);
}

static struct pollfd interest(const struct end *e, const struct end *other)
{
    short events = 0;
    if (!e->ended && other->out.length - other->sent < HIGH_WATER)
        events |= POLLIN;
    if (e->out.length > 0)
        events |= POLLOUT;
    return (struct pollfd){.fd = events != 0 ? e->fd : -1, .events = events};
}

static nfds_t gather(struct proxy *p, int also)
{
    nfds_t n = 0;
    p->polled[n++] = (struct pollfd){.fd = p->listener, .events = POLLIN};
    p->polled[n++] = (struct pollfd){.fd = also, .events = POLLIN};
    for (unsigned i = 0; i < p->high; i++) {
        struct relay *r = &p->relays[i];
        p->polled[n++] = r->used ? interest(&r->client, &r->server) : (struct pollfd){.fd = -1};
        p->polled[n++] = r->used ? interest(&r->server, &r->client) : (struct pollfd){.fd = -1};
    }
    return n;
}

static void serve(struct proxy *p, struct relay *r, short client, short server)
{
    enum { READABLE = POLLIN | POLLHUP | POLLERR };
    if (r->used && (client & READABLE))
        carry(p, r, true);
    if (r->used && (server & READABLE))
        carry(p, r, false);
    if (!r->used)
        return;
    flush(&r->client);
    flush(&r->server);
    pass_ends(p, r);
}

/* Returns how many were ready, `also` not counted. */
static int step(struct proxy *p, int timeout_ms, int also, bool *also_ready)
{
    nfds_t n = gather(p, also);
    int ready = poll(p->polled, n, timeout_ms);
    *also_ready = ready > 0 && p->polled[1].revents != 0;
    if (ready <= 0)
        return 0;
    for (unsigned i = 0; 3 + 2 * i < n; i++)
        serve(p, &p->relays[i], p->polled[2 + 2 * i].revents, p->polled[3 + 2 * i].revents);
    if (p->polled[0].revents != 0)
        accept_client(p);
    return ready - *also_ready;
}

bool proxy_step(struct proxy *p, int timeout_ms, int also)
{
    bool also_ready;
    step(p, timeout_ms, also, &also_ready);
    return also_ready;
}

void proxy_settle(struct proxy *p)
{
    bool nobody;
    while (step(p, 0, -1, &nobody) > 0)
        ;
}
