/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service in the simulated world: its code runs in the client's thread, on simulated sockets.
 */
#include "backend.h"

#include "faults/wire/wire.h"
#include "faults/world/allowance.h"
#include "faults/world/file.h"
#include "faults/world/net.h"
#include "faults/world/world.h"
#include "scene.h"
#include "settings.h"
#include "store.h"

#include <string.h>

enum { CONNECTIONS = 64 }; /* the daemon's limit */

struct connection {
    unsigned number;
    struct rpc_connection *rpc; /* NULL: free */
    struct net_stream *stream;
    struct wire wire;
};

static struct {
    struct ntdsb_server *server;
    bool restore_mode;
    struct connection connections[CONNECTIONS];
    unsigned connections_high; /* slots from here on were never used in this scene */
    unsigned connections_made, deaths;
    service_tap *tap;
    service_liar *liar;
} service;

struct ntdsb_server *service_server(void)
{
    return service.server;
}

static bool inspect(struct ntdsb_server_counts *out)
{
    if (service.server != NULL)
        *out = ntdsb_server_inspect(service.server);
    return service.server != NULL;
}

static const char *endpoint(bool tcp)
{
    return tcp ? "ncacn_ip_tcp:127.0.0.1[1350]" : "ncalrpc:[" SCENE_SOCKET "]";
}

/* Everything is in this process, so nothing is ever under way. */
static bool arm(const struct fault *f)
{
    (void)f;
    return false;
}

static void settle(void)
{
}

static unsigned deaths(void)
{
    return service.deaths;
}

void service_set_liar(service_liar *liar)
{
    service.liar = liar;
}

void service_set_tap(service_tap *tap)
{
    service.tap = tap;
}

/* Connections ------------------------------------------------------------------------------- */

static void to_client(void *context, const uint8_t *bytes, size_t n)
{
    static uint8_t lies[2 * UINT16_MAX];
    struct connection *c = context;
    if (service.liar != NULL && n <= sizeof lies) {
        memcpy(lies, bytes, n);
        n = service.liar(lies, n, sizeof lies);
        bytes = lies;
    }
    if (service.tap != NULL)
        service.tap(c->number, false, bytes, n);
    net_stream_write(c->stream, bytes, n);
}

static void to_server(void *context, const uint8_t *bytes, size_t n)
{
    struct connection *c = context;
    if (service.tap != NULL)
        service.tap(c->number, true, bytes, n);
    allowance_received(WORLD_SERVER, n);
    rpc_connection_receive(c->rpc, bytes, n);
}

/* Moves the server's output to the client. */
static enum wire_event flush(struct connection *c)
{
    for (;;) {
        size_t n;
        const uint8_t *bytes = rpc_connection_output(c->rpc, &n);
        if (n == 0)
            return WIRE_GO_ON;
        enum wire_event event = wire_carry(&c->wire, false, bytes, n, to_client, c);
        if (event != WIRE_GO_ON)
            return event;
        rpc_connection_sent(c->rpc, n);
    }
}

static void drop(struct connection *c)
{
    struct rpc_connection *rpc = c->rpc;
    c->rpc = NULL;
    rpc_connection_destroy(rpc);
}

static void reset(struct connection *c)
{
    net_stream_reset(c->stream);
    drop(c);
}

static uint32_t start(enum service_mode mode);
static void kill_process(void);
static void power_fail(void);

static void receive(void *connection, const void *bytes, size_t n)
{
    struct connection *c = connection;
    enum wire_event event = wire_carry(&c->wire, true, bytes, n, to_server, c);
    if (file_is_off()) {
        if (file_stopped_machine())
            power_fail();
        else
            kill_process();
        start(SERVICE_SAME_MODE);
        return;
    }
    if (event == WIRE_GO_ON)
        event = flush(c);
    switch (event) {
    case WIRE_GO_ON:
        if (rpc_connection_is_finished(c->rpc)) {
            net_stream_close(c->stream);
            drop(c);
        }
        return;
    case WIRE_CONNECTION_RESET:
        reset(c);
        return;
    case WIRE_SERVER_KILLED:
        kill_process();
        return;
    case WIRE_SERVER_RESTARTED:
        kill_process();
        start(SERVICE_SAME_MODE);
        return;
    }
}

static void *accept_on(enum rpc_transport transport, struct net_stream *stream)
{
    struct rpc_peer peer = {.transport = transport, .trusted = true};
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        struct connection *c = &service.connections[i];
        if (i < service.connections_high && c->rpc != NULL)
            continue;
        if (i == service.connections_high)
            service.connections_high++;
        allowance_connected(WORLD_SERVER);
        c->rpc = rpc_connection_create(ntdsb_server_rpc(service.server), &peer, "");
        c->stream = stream;
        c->number = service.connections_made++;
        wire_reset(&c->wire);
        c->wire.raw = scene_has_another_wire();
        return c->rpc != NULL ? c : NULL;
    }
    return NULL;
}

static void *accept_local(void *context, struct net_stream *stream)
{
    (void)context;
    return accept_on(RPC_NCALRPC, stream);
}

static void *accept_tcp(void *context, struct net_stream *stream)
{
    (void)context;
    return accept_on(RPC_NCACN_IP_TCP, stream);
}

static void peer_closed(void *connection)
{
    drop(connection);
}

static const struct net_service local_service = {NULL, accept_local, receive, peer_closed};
static const struct net_service tcp_service = {NULL, accept_tcp, receive, peer_closed};

/* The process ------------------------------------------------------------------------------- */

static void open_process(bool restore_mode)
{
    service.server = NULL;
    service.restore_mode = restore_mode;
    service.connections_high = service.connections_made = service.deaths = 0;
}

static uint32_t start(enum service_mode mode)
{
    if (service.server != NULL)
        return 0;
    if (mode != SERVICE_SAME_MODE)
        service.restore_mode = mode == SERVICE_RESTORE_MODE;
    struct ntdsb_server_config config = ntdsb_server_default_config;
    config.store_dir = SCENE_STORE;
    config.host_name = scene_host();
    config.accounts_file = "/accounts";
    config.restore_mode = service.restore_mode;
    config.max_sessions = SERVICE_SESSIONS;
    settings_apply(&config);
    enum world_side before = world_set_side(WORLD_SERVER);
    uint32_t code = ntdsb_server_create(&config, &service.server);
    world_set_side(before);
    settings_applied();
    if (code != 0) {
        service.server = NULL;
        if (file_stopped_machine())
            file_crash();
        file_power_on();
        return code;
    }
    scene_set_unc(config.host_name, config.store_dir);
    net_listen_local(scene_socket(), &local_service);
    if (scene_port() != 0)
        net_listen_tcp(scene_port(), &tcp_service);
    return 0;
}

static void end_process(void (*end_connection)(struct connection *))
{
    enum world_side before = world_set_side(WORLD_SERVER);
    net_stop_listening();
    for (unsigned i = 0; i < service.connections_high; i++)
        if (service.connections[i].rpc != NULL)
            end_connection(&service.connections[i]);
    ntdsb_server_destroy(service.server);
    service.server = NULL;
    world_set_side(before);
}

static void close_politely(struct connection *c)
{
    net_stream_close(c->stream);
    drop(c);
}

static void stop(void)
{
    end_process(close_politely);
}

/* The memory of a dead process goes with it. Here the process's own code has to free it, and must
   have no other effect. */
static void kill_process(void)
{
    service.deaths += service.server != NULL;
    file_power_off();
    end_process(reset);
    file_power_on();
}

static void power_fail(void)
{
    kill_process();
    file_crash();
}

const struct service_backend service_world = {
    .open = open_process,
    .start = start,
    .stop = stop,
    .kill = kill_process,
    .power_fail = power_fail,
    .inspect = inspect,
    .endpoint = endpoint,
    .arm = arm,
    .settle = settle,
    .deaths = deaths,
};
