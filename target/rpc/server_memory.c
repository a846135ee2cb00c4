/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all connections together make the server hold: requests that are not whole yet, and replies
 * that their peers have not taken. Each connection alone is bounded by the limits of one request
 * and one reply; many of them are bounded by `max_held`.
 */
#include "server_internal.h"

/* An empty buffer of a connection keeps no more than this; the one reply of the server, more. */
enum { KEPT_BY_CONNECTION = 64 << 10, KEPT_BY_SERVER = 2 << 20 };

static void release(struct buffer *b, size_t kept)
{
    struct buffer small = BUFFER_INIT;
    if (b->length > 0 || b->capacity <= kept || !buffer_reserve(&small, SERVER_FAULT_RESERVE))
        return;
    buffer_destroy(b);
    *b = small;
}

void server_release_output(struct rpc_connection *c)
{
    release(&c->out, KEPT_BY_CONNECTION);
}

void server_release_reply(struct rpc_server *s)
{
    buffer_clear(&s->reply);
    release(&s->reply, KEPT_BY_SERVER);
}

void server_account(struct rpc_connection *c)
{
    size_t held = c->call.stub.capacity;
    if (c->out.capacity > KEPT_BY_CONNECTION)
        held += c->out.capacity;
    c->server->held += held;
    c->server->held -= c->held;
    c->held = held;
}

bool server_is_full(struct rpc_connection *c)
{
    server_account(c);
    return c->server->held > c->server->limits.max_held;
}

size_t rpc_call_room(const struct rpc_call *call)
{
    const struct rpc_server *s = call->connection->server;
    return s->held < s->limits.max_held ? s->limits.max_held - s->held : 0;
}
