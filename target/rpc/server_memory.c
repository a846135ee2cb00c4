/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bounds the memory that all connections together make the server hold: incomplete requests, and
 * replies that their peers have not read. Each connection alone is bounded by the limits of one
 * request and one reply; many of them are bounded by `max_held`.
 */
#include "server_internal.h"

/* An empty output keeps no more memory than this; the one reply of the server, more. */
enum { KEPT_BY_CONNECTION = 64 << 10, KEPT_BY_SERVER = 2 << 20 };

bool server_reserve_output(struct rpc_connection *c, size_t bytes)
{
    struct buffer large = BUFFER_INIT;
    if (c->out.length + bytes <= KEPT_BY_CONNECTION || c->small_out.data != NULL)
        return buffer_reserve(&c->out, bytes);
    if (!buffer_reserve(&large, c->out.length + bytes))
        return false;
    (void)buffer_append(&large, c->out.data, c->out.length);
    buffer_clear(&c->out);
    c->small_out = c->out;
    c->out = large;
    return true;
}

void server_release_output(struct rpc_connection *c)
{
    if (c->out.length > 0 || c->small_out.data == NULL)
        return;
    buffer_destroy(&c->out);
    c->out = c->small_out;
    c->small_out = BUFFER_INIT;
}

void server_release_reply(struct rpc_server *s)
{
    buffer_clear(&s->reply);
    if (s->reply.capacity > KEPT_BY_SERVER)
        buffer_destroy(&s->reply);
}

void server_account(struct rpc_connection *c)
{
    size_t held = c->call.stub.capacity;
    if (c->small_out.data != NULL)
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
