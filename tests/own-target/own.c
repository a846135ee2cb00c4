/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reference as any other implementation: what <rundown/target.h> wants to know of it.
 */
#include "target/client/client.h"
#include "target/server/ntdsb_server.h"

#include "target/server/server_key.h"

#include <rundown/target.h>

#include <fcntl.h>
#include <unistd.h>

static struct ntdsb_server *server;

struct side {
    struct rpc_connection *rpc;
    struct rundown_connection *connection;
};
enum { SIDES = 64 };
static struct side sides[SIDES];

static int32_t start(const struct rundown_settings *s)
{
    struct ntdsb_server_config config = ntdsb_server_default_config;
    config.store_dir = s->store;
    config.host_name = s->host;
    config.accounts_file = "/accounts";
    config.restore_mode = s->restore_mode;
    config.max_sessions = s->most_sessions;
    config.tombstone_days = s->tombstone_days;
    return (int32_t)ntdsb_server_create(&config, &server);
}

static void stop(void)
{
    ntdsb_server_destroy(server);
}

static void *connected(struct rundown_connection *c)
{
    struct rpc_peer peer = {.transport = RPC_NCALRPC, .trusted = true};
    struct side *s = sides;
    while (s < sides + SIDES && s->rpc != NULL)
        s++;
    if (s == sides + SIDES)
        return NULL;
    *s = (struct side){rpc_connection_create(ntdsb_server_rpc(server), &peer, ""), c};
    return s->rpc != NULL ? s : NULL;
}

static void received(void *side, const void *bytes, size_t n)
{
    struct side *s = side;
    const uint8_t *out;
    rpc_connection_receive(s->rpc, bytes, n);
    while (out = rpc_connection_output(s->rpc, &n), n > 0) {
        rundown_send(s->connection, out, n);
        rpc_connection_sent(s->rpc, n);
    }
    if (rpc_connection_is_finished(s->rpc))
        rundown_close(s->connection);
}

static void disconnected(void *side)
{
    struct side *s = side;
    rpc_connection_destroy(s->rpc);
    s->rpc = NULL;
}

static void server_counts(struct rundown_server_counts *out)
{
    struct ntdsb_server_counts c = ntdsb_server_inspect(server);
    *out = (struct rundown_server_counts){.connections = c.rpc.connections,
                                          .backup_sessions = c.backup_sessions,
                                          .restore_sessions = c.restore_sessions,
                                          .open_files = c.open_files,
                                          .online = c.online,
                                          .registered = c.restore_registered};
}

static void client_counts(struct rundown_client_counts *out)
{
    struct ntdsb_client_counts c;
    ntdsb_client_inspect(&c);
    *out =
        (struct rundown_client_counts){.handles = c.live_handles, .buffers = c.outstanding_buffers};
}

static const struct rundown_server own_server = {.start = start,
                                                 .stop = stop,
                                                 .connected = connected,
                                                 .received = received,
                                                 .disconnected = disconnected,
                                                 .counts = server_counts};

static uint32_t make_token(int64_t made, void *out)
{
    struct server_key key;
    int store = open("/store", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    uint32_t code = server_key_load(&key, store);
    close(store);
    if (code != 0)
        return 0;
    server_key_sign(&key, ntdsb_server_default_config.tombstone_days, (uint64_t)made, out);
    return EXPIRY_TOKEN_BYTES;
}

const struct rundown_target rundown_target = {.unload = ntdsb_client_unload,
                                              .counts = client_counts,
                                              .token = make_token,
                                              .server = &own_server};
