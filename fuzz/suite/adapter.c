/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the suite asks of the reference implementation (target/client/client.h,
 * target/server/ntdsb_server.h), answered by another one's <rundown/target.h>.
 */
#include "peer.h"
#include "target.h"
#include "target/client/client.h"
#include "target/server/ntdsb_server.h"

#include <stdlib.h>
#include <string.h>

/* The client ---------------------------------------------------------------------------------- */

void ntdsb_client_inspect(struct ntdsb_client_counts *out)
{
    struct rundown_client_counts counts = {0};
    if (rundown_target.counts != NULL)
        rundown_target.counts(&counts);
    *out = (struct ntdsb_client_counts){.live_handles = counts.handles,
                                        .outstanding_buffers = counts.buffers};
}

void ntdsb_client_unload(void)
{
    if (rundown_target.unload != NULL)
        rundown_target.unload();
}

/* The server ---------------------------------------------------------------------------------- */

struct ntdsb_server {
    const struct rundown_server *is;
};

const struct ntdsb_server_config ntdsb_server_default_config = {.max_sessions = 64,
                                                                .tombstone_days = 60};

uint32_t ntdsb_server_create(const struct ntdsb_server_config *config, struct ntdsb_server **out)
{
    static struct ntdsb_server server;
    struct rundown_settings settings = {.store = config->store_dir,
                                        .host = config->host_name,
                                        .restore_mode = config->restore_mode,
                                        .most_sessions = config->max_sessions,
                                        .tombstone_days = config->tombstone_days};
    server.is = rundown_target.server != NULL ? rundown_target.server : &peer_server;
    peer_start();
    int32_t code = server.is->start != NULL ? server.is->start(&settings) : 0;
    *out = code == 0 ? &server : NULL;
    return (uint32_t)code;
}

void ntdsb_server_destroy(struct ntdsb_server *s)
{
    if (s != NULL && s->is->stop != NULL)
        s->is->stop();
}

struct rpc_server *ntdsb_server_rpc(struct ntdsb_server *s)
{
    return (struct rpc_server *)s;
}

struct ntdsb_server_counts ntdsb_server_inspect(const struct ntdsb_server *s)
{
    struct rundown_server_counts counts = {0};
    if (s->is->counts != NULL)
        s->is->counts(&counts);
    return (struct ntdsb_server_counts){.rpc.connections = counts.connections,
                                        .backup_sessions = counts.backup_sessions,
                                        .restore_sessions = counts.restore_sessions,
                                        .open_files = counts.open_files,
                                        .online = counts.online,
                                        .restore_registered = counts.registered};
}

/* Connections --------------------------------------------------------------------------------- */

struct rundown_connection {
    bool closes; /* when its output is sent */
    uint8_t *output;
    size_t length, room;
};

/* The suite's name for it. */
struct rpc_connection {
    struct rundown_connection is;
    const struct rundown_server *server;
    void *side;
};

void peer_queue(struct rundown_connection *to, const void *bytes, size_t n)
{
    if (to->room - to->length < n) {
        to->room = 2 * (to->length + n);
        to->output = realloc(to->output, to->room);
        if (to->output == NULL)
            abort();
    }
    if (n > 0)
        memcpy(to->output + to->length, bytes, n);
    to->length += n;
}

void rundown_send(struct rundown_connection *to, const void *bytes, size_t n)
{
    if (rundown_target.hostile)
        peer_send_hostile(to, bytes, n);
    else
        peer_queue(to, bytes, n);
}

void rundown_close(struct rundown_connection *c)
{
    c->closes = true;
}

struct rpc_connection *rpc_connection_create(struct rpc_server *s, const struct rpc_peer *peer,
                                             const char *secondary_address)
{
    (void)peer, (void)secondary_address;
    struct rpc_connection *c = calloc(1, sizeof *c);
    if (c == NULL)
        abort();
    c->server = ((struct ntdsb_server *)s)->is;
    c->side = c->server->connected(&c->is);
    if (c->side != NULL)
        return c;
    free(c->is.output);
    free(c);
    return NULL;
}

void rpc_connection_receive(struct rpc_connection *c, const void *bytes, size_t n)
{
    peer_hear(bytes, n);
    c->server->received(c->side, bytes, n);
}

const uint8_t *rpc_connection_output(const struct rpc_connection *c, size_t *out_length)
{
    *out_length = c->is.length;
    return c->is.output;
}

void rpc_connection_sent(struct rpc_connection *c, size_t n)
{
    c->is.length -= n;
    memmove(c->is.output, c->is.output + n, c->is.length);
}

bool rpc_connection_is_finished(const struct rpc_connection *c)
{
    return c->is.closes && c->is.length == 0;
}

void rpc_connection_destroy(struct rpc_connection *c)
{
    if (c->server->disconnected != NULL)
        c->server->disconnected(c->side);
    free(c->is.output);
    free(c);
}
