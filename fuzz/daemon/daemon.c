/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon.h"

#include "faults/world/clock.h"
#include "faults/world/process.h"
#include "faults/world/secret.h"
#include "faults/world/world.h"
#include "fuzz/scene/scene.h"
#include "fuzz/scene/service.h"
#include "log_judge.h"
#include "loop.h"
#include "target/server/daemon/listener.h"
#include "target/server/daemon/log.h"
#include "target/server/daemon/session_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOCAL, TCP, LISTENERS };

static struct {
    uv_loop_t loop;
    struct ntdsb_server *service;
    struct peer_table peers;
    struct session_log log;
    struct rpc_server_limits limits;
    struct ntdsb_server_observer observer;
    struct listener listeners[LISTENERS];
} d;

static void open_service(const struct daemon_settings *settings)
{
    struct ntdsb_server_config config = ntdsb_server_default_config;
    config.store_dir = SCENE_STORE;
    config.host_name = "dc1";
    config.accounts_file = settings->accounts ? "/accounts" : NULL;
    config.max_sessions = settings->max_sessions;
    config.restore_mode = settings->restore_mode;
    d.limits = rpc_server_default_limits;
    if (settings->max_held > 0)
        d.limits.max_held = settings->max_held;
    config.limits = &d.limits;
    d.log.peers = &d.peers;
    d.observer = log_judge_observer(session_log_observer(&d.log));
    config.observer = &d.observer;
    uint32_t code = ntdsb_server_create(&config, &d.service);
    if (code != 0) {
        fprintf(stderr, "daemon: the service does not start: 0x%08x\n", code);
        abort();
    }
    d.log.service = d.service;
}

static void listen_on_both(void)
{
    if (listener_open_local(&d.listeners[LOCAL], &d.peers, net_open_served(NULL), SCENE_SOCKET) &&
        listener_open_tcp(&d.listeners[TCP], &d.peers, 0))
        return;
    fprintf(stderr, "daemon: it does not listen\n");
    abort();
}

void daemon_open(const struct daemon_settings *settings)
{
    static const enum log_level levels[] = {[DAEMON_LOG_ALL] = LOG_LEVEL_DEBUG,
                                            [DAEMON_LOG_USUAL] = LOG_LEVEL_INFO,
                                            [DAEMON_LOG_FAILURES] = LOG_LEVEL_ERROR};
    if (settings->accounts)
        scene_open_with_secret(&(struct program_world){0});
    else
        scene_open(&(struct program_world){0}, NULL);
    service_stop();
    loop_reset();
    process_set_identity(DAEMON_USER, DAEMON_GROUP);
    stream_restart();
    world_set_side(WORLD_SERVER);
    log_start(levels[settings->log]);
    memset(&d, 0, sizeof d);
    d.peers.loop = &d.loop;
    d.peers.max_connections = settings->max_connections;
    peer_table_set_times(&d.peers, settings->idle_s, settings->session_idle_s, settings->request_s);
    d.peers.trust = (struct trust){!settings->no_group, settings->no_group ? 0 : TRUSTED_GROUP};
    open_service(settings);
    d.peers.rpc = ntdsb_server_rpc(d.service);
    listen_on_both();
    world_set_side(WORLD_CLIENT);
}

void daemon_close(void)
{
    world_set_side(WORLD_SERVER);
    for (int i = 0; i < LISTENERS; i++)
        listener_close(&d.listeners[i]);
    peer_table_close(&d.peers);
    loop_run_until(clock_monotonic_ms());
    ntdsb_server_destroy(d.service);
    d.service = NULL;
    world_set_side(WORLD_CLIENT);
}

struct ntdsb_server_counts daemon_counts(void)
{
    return ntdsb_server_inspect(d.service);
}

bool daemon_holds_secret(void)
{
    return secret_is_in(&d, sizeof d);
}

const char *daemon_log(void)
{
    return stream_text(STREAM_ERROR);
}
