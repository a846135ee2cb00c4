/* SPDX-License-Identifier: Apache-2.0 */
#include "peer_connection.h"

#include "log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Writes done at once before other connections get their turn. */
enum { WRITES_PER_TURN = 16 };

/* The buffer size of a UNIX socket, which otherwise takes a long answer in many small parts, each
   with a wait. TCP sizes its own. */
enum { LOCAL_SEND_BUFFER = 256 << 10 };

struct peer_connection {
    struct peer_table *table;
    struct peer_connection *next, **link; /* in the table's list */
    struct rpc_connection *rpc;           /* NULL until the peer is known */
    union {
        uv_stream_t stream;
        uv_pipe_t pipe;
        uv_tcp_t tcp;
    } socket;
    uv_timer_t timer;
    uv_write_t write; /* of bytes inside rpc's output: rpc must not be called meanwhile */
    bool closing;
    bool had_turn;         /* it filled the read buffer: serves others first, then continues */
    int open_handles;      /* libuv handles not yet closed */
    uint64_t last_traffic; /* uv_now() of the last byte, either way */
    uint64_t last_request; /* ... when the latest request was done, or the connection was made */
    uint64_t busy_since;   /* ... when the request under way began, or became complete; 0: none */
    uint64_t calls;        /* requests that were complete at last_traffic */
    bool answering;        /* what is under way includes the answer to one */
    char name[64];
};

static void pump(struct peer_connection *p);

const char *peer_table_current(const struct peer_table *table)
{
    return table->current != NULL ? table->current->name : "nobody";
}

/* Leaving ------------------------------------------------------------------------------------- */

static void destroy(struct peer_connection *p)
{
    struct peer_table *table = p->table;
    uint32_t before = rpc_server_inspect(table->rpc).context_handles;
    if (p->rpc != NULL)
        rpc_connection_destroy(p->rpc);
    uint32_t run_down = before - rpc_server_inspect(table->rpc).context_handles;
    log_peer(LOG_LEVEL_DEBUG, p->name, "connection ended");
    if (run_down > 0)
        log_session(LOG_LEVEL_INFO, p->name, "left %u session%s open: run down", run_down,
                    run_down == 1 ? "" : "s");
    *p->link = p->next;
    if (p->next != NULL)
        p->next->link = p->link;
    free(p);
}

static void on_closed(uv_handle_t *handle)
{
    struct peer_connection *p = handle->data;
    if (--p->open_handles == 0)
        destroy(p);
}

/* `why` NULL: nothing worth a line in the log. */
static void leave(struct peer_connection *p, const char *why)
{
    if (p->closing)
        return;
    p->closing = true;
    p->table->count--; /* its descriptor is closed before this returns */
    if (why != NULL)
        log_peer(LOG_LEVEL_INFO, p->name, "closed: %s", why);
    /* A pending write callback is called before on_closed. */
    uv_close((uv_handle_t *)&p->socket.stream, on_closed);
    uv_close((uv_handle_t *)&p->timer, on_closed);
}

void peer_table_close(struct peer_table *table)
{
    for (struct peer_connection *p = table->first; p != NULL; p = p->next)
        leave(p, NULL);
}

bool peer_table_make_room(struct peer_table *table)
{
    struct peer_connection *idlest = NULL;
    if (table->count < table->max_connections)
        return true;
    for (struct peer_connection *p = table->first; p != NULL; p = p->next)
        if (!p->closing && !rpc_connection_has_context_handles(p->rpc) &&
            (idlest == NULL || p->last_request <= idlest->last_request))
            idlest = p;
    if (idlest != NULL)
        leave(idlest, "too many connections, and none without a session has been idle longer");
    return idlest != NULL;
}

/* Time ---------------------------------------------------------------------------------------- */

void peer_table_set_times(struct peer_table *table, uint32_t idle_s, uint32_t session_idle_s,
                          uint32_t request_s)
{
    table->idle_ms = idle_s * 1000ULL;
    table->session_idle_ms = session_idle_s * 1000ULL;
    table->request_ms = request_s * 1000ULL;
}

static uint64_t shorter_idle_ms(const struct peer_table *t)
{
    return t->idle_ms < t->session_idle_ms ? t->idle_ms : t->session_idle_ms;
}

static uint64_t deadline(const struct peer_connection *p)
{
    const struct peer_table *t = p->table;
    uint64_t idle = rpc_connection_has_context_handles(p->rpc) ? t->session_idle_ms : t->idle_ms;
    if (p->busy_since == 0)
        return p->last_request + idle;
    uint64_t silent = p->last_traffic + idle, slow = p->busy_since + t->request_ms;
    return silent < slow ? silent : slow;
}

static void on_timer(uv_timer_t *timer)
{
    struct peer_connection *p = timer->data;
    const struct peer_table *t = p->table;
    uint64_t due = deadline(p), now = uv_now(t->loop), shorter = shorter_idle_ms(t);
    if (now >= due) {
        bool slow = p->busy_since != 0 && now >= p->busy_since + t->request_ms;
        leave(p, slow ? "its request takes too long" : "idle for too long");
        return;
    }
    /* Looks again no later than the shorter limit asks: a session may begin or end meanwhile. */
    uv_timer_start(timer, on_timer, due - now < shorter ? due - now : shorter, 0);
}

/* Bytes were received or sent. */
static void note_traffic(struct peer_connection *p)
{
    uint64_t now = uv_now(p->table->loop), calls = rpc_connection_calls(p->rpc);
    bool began = rpc_connection_is_busy(p->rpc) && (p->busy_since == 0 || calls != p->calls);
    p->last_traffic = now;
    p->answering |= calls != p->calls;
    p->calls = calls;
    if (p->answering)
        p->last_request = now;
    if (!rpc_connection_is_busy(p->rpc)) {
        p->answering = false;
        p->busy_since = 0;
    } else if (began) {
        p->busy_since = now;
        uv_timer_start(&p->timer, on_timer, deadline(p) - now, 0);
    }
}

/* Bytes --------------------------------------------------------------------------------------- */

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    struct peer_connection *p = handle->data;
    (void)suggested;
    if (p->had_turn) { /* libuv would read as long as there is more; no room makes it stop */
        *out = uv_buf_init(NULL, 0);
        return;
    }
    *out = uv_buf_init(p->table->read_buffer, sizeof p->table->read_buffer);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes)
{
    struct peer_connection *p = stream->data;
    p->had_turn = n == sizeof p->table->read_buffer;
    if (n == 0 || n == UV_ENOBUFS)
        return;
    if (n < 0) {
        leave(p, n == UV_EOF || n == UV_ECONNRESET ? NULL : uv_strerror((int)n));
        return;
    }
    p->table->current = p;
    rpc_connection_receive(p->rpc, bytes->base, (size_t)n);
    p->table->current = NULL;
    explicit_bzero(bytes->base, (size_t)n); /* a bind carries a password */
    pump(p);
}

/* The peer has read `n` bytes: requests that waited for room are run. */
static void note_sent(struct peer_connection *p, size_t n)
{
    p->table->current = p;
    rpc_connection_sent(p->rpc, n);
    p->table->current = NULL;
}

static void on_written(uv_write_t *request, int status)
{
    struct peer_connection *p = request->data;
    size_t n;
    if (p->closing)
        return;
    if (status < 0) {
        leave(p, status == UV_EPIPE || status == UV_ECONNRESET ? NULL : uv_strerror(status));
        return;
    }
    (void)rpc_connection_output(p->rpc, &n);
    note_sent(p, n);
    pump(p);
}

/* Hands all output to libuv. False: the connection is lost. */
static bool start_write(struct peer_connection *p, const uint8_t *bytes, size_t n)
{
    uv_buf_t buffer = {.base = (char *)(uintptr_t)bytes, .len = n};
    uv_read_stop(&p->socket.stream);
    return uv_write(&p->write, &p->socket.stream, &buffer, 1, on_written) == 0;
}

/* Sends as much as possible, then continues to read if the association has room for more. */
static void pump(struct peer_connection *p)
{
    size_t n;
    const uint8_t *bytes;
    for (int turn = 0; (bytes = rpc_connection_output(p->rpc, &n)), n > 0; turn++) {
        uv_buf_t buffer = {.base = (char *)(uintptr_t)bytes, .len = n};
        int sent = turn < WRITES_PER_TURN ? uv_try_write(&p->socket.stream, &buffer, 1) : UV_EAGAIN;
        if (sent == UV_EAGAIN) {
            note_traffic(p);
            if (!start_write(p, bytes, n))
                leave(p, "cannot send");
            return;
        }
        if (sent < 0) {
            leave(p, sent == UV_EPIPE || sent == UV_ECONNRESET ? NULL : uv_strerror(sent));
            return;
        }
        note_sent(p, (size_t)sent);
    }
    note_traffic(p);
    if (rpc_connection_is_finished(p->rpc))
        leave(p, "it broke the protocol or its bind was refused");
    else if (rpc_connection_wants_input(p->rpc))
        uv_read_start(&p->socket.stream, on_allocate, on_read); /* may read already */
    else
        uv_read_stop(&p->socket.stream);
}

/* Arriving ------------------------------------------------------------------------------------ */

/* Fills in p->name. False: the peer is unknown. */
static bool identify(struct peer_connection *p, enum rpc_transport transport, struct rpc_peer *out)
{
    *out = (struct rpc_peer){.transport = transport};
    if (transport == RPC_NCACN_IP_TCP) {
        struct sockaddr_in address = {0};
        int bytes = sizeof address;
        if (uv_tcp_getpeername(&p->socket.tcp, (struct sockaddr *)&address, &bytes) != 0)
            return false;
        snprintf(p->name, sizeof p->name, "127.0.0.1:%u", ntohs(address.sin_port));
        out->trusted = true; /* the risk that --insecure-tcp-loopback names */
        return true;
    }
    struct peer_credentials credentials;
    uv_os_fd_t fd;
    int room = LOCAL_SEND_BUFFER;
    (void)uv_send_buffer_size((uv_handle_t *)&p->socket.pipe, &room);
    if (uv_fileno((uv_handle_t *)&p->socket.pipe, &fd) != 0 ||
        !peer_credentials_get(fd, &p->table->trust, &credentials))
        return false;
    snprintf(p->name, sizeof p->name, "user %u process %d", credentials.uid, credentials.pid);
    out->trusted = credentials.trusted;
    return true;
}

static struct peer_connection *create(struct peer_table *table, enum rpc_transport transport)
{
    struct peer_connection *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    p->table = table;
    p->write.data = p->timer.data = p->socket.stream.data = p;
    p->last_traffic = p->last_request = uv_now(table->loop);
    snprintf(p->name, sizeof p->name, "unknown peer");
    uv_timer_init(table->loop, &p->timer);
    if (transport == RPC_NCACN_IP_TCP)
        uv_tcp_init(table->loop, &p->socket.tcp); /* cannot fail: it makes no socket yet */
    else
        uv_pipe_init(table->loop, &p->socket.pipe, 0);
    p->open_handles = 2;
    p->link = &table->first;
    p->next = table->first;
    if (p->next != NULL)
        p->next->link = &p->next;
    table->first = p;
    table->count++;
    return p;
}

bool peer_connection_accept(struct peer_table *table, uv_stream_t *listener,
                            enum rpc_transport transport, const char *address)
{
    struct rpc_peer peer;
    struct peer_connection *p = create(table, transport);
    if (p == NULL)
        return false;
    if (uv_accept(listener, &p->socket.stream) != 0) {
        leave(p, "cannot be accepted");
        return true;
    }
    if (!identify(p, transport, &peer)) {
        leave(p, "the kernel does not say who it is");
        return true;
    }
    p->rpc = rpc_connection_create(table->rpc, &peer, address);
    if (p->rpc == NULL) {
        leave(p, "out of memory");
        return true;
    }
    if (transport == RPC_NCACN_IP_TCP)
        uv_tcp_nodelay(&p->socket.tcp, 1); /* answers are written whole */
    uv_timer_start(&p->timer, on_timer, shorter_idle_ms(table), 0);
    log_peer(LOG_LEVEL_DEBUG, p->name, "connection begun");
    pump(p);
    return true;
}
