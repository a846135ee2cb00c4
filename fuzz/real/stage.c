/* SPDX-License-Identifier: Apache-2.0 */
#include "stage.h"

#include "faults/wire/proxy.h"
#include "faults/world/world.h"
#include "fuzz/scene/service.h"
#include "server.h"
#include "target/client/client.h"
#include "target/idl/stubs.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct message {
    enum stage_request request;
    uint32_t argument;
    struct fault fault;
};

static struct {
    int control; /* both processes: their end of the connection between them */
    pid_t pid;   /* the runner: the stage's process */
    char endpoint[160];
    /* The stage alone. */
    struct proxy *proxy;
    struct real_server server;
    bool restore_mode;
    unsigned deaths;
} stage;

/* In the stage ------------------------------------------------------------------------------- */

static uint32_t start(bool restore_mode)
{
    stage.restore_mode = restore_mode;
    uint32_t code = real_server_start(&stage.server, restore_mode);
    struct endpoint to;
    if (code == 0 && endpoint_parse(stage.server.endpoint, &to)) {
        proxy_aim(stage.proxy, &to);
        proxy_listen(stage.proxy, true);
    }
    return code;
}

/* Carries the bytes that clients have sent so far to the server, and its answers to them. */
static uint32_t end(int signal)
{
    proxy_settle(stage.proxy);
    proxy_listen(stage.proxy, false);
    stage.deaths += stage.server.pid != 0 && signal == SIGKILL;
    uint32_t status = (uint32_t)real_server_end(&stage.server, signal);
    proxy_settle(stage.proxy);
    return status;
}

static void on_kill(void *context, bool restart)
{
    (void)context;
    proxy_listen(stage.proxy, false);
    stage.deaths++;
    real_server_end(&stage.server, SIGKILL);
    if (restart)
        start(stage.restore_mode);
}

/* Calls the server directly, without the proxy. The connection of this call is not counted. */
static uint32_t inspect(struct ntdsb_server_counts *out)
{
    struct ntdsb_counts_out c;
    world_set_variable("NTDSBCLI_ENDPOINT", stage.server.endpoint);
    uint32_t code = (uint32_t)ntdsb_client_inspect_server(".", &c);
    if (code == 0)
        *out = (struct ntdsb_server_counts){
            .rpc = {.connections = c.connections - 1,
                    .groups = c.groups - 1,
                    .context_handles = c.context_handles},
            .backup_sessions = c.backup_sessions,
            .restore_sessions = c.restore_sessions,
            .open_files = c.open_files,
            .online = c.online,
            .restore_registered = c.restore_registered,
        };
    return code;
}

/* Descriptors that the server holds beyond those that it began with, when it has had time to close
   what its clients have closed. */
static int surplus(void)
{
    enum { TRIES = 1000 };
    int held = 0;
    proxy_settle(stage.proxy);
    for (int i = 0; i < TRIES && stage.server.pid != 0; i++) {
        held = real_server_descriptors(&stage.server) - stage.server.descriptors;
        if (held <= 0)
            return 0;
        usleep(1000);
    }
    return held;
}

/* Waits until the server has dealt with all that was sent to it, by asking it twice: what it was
   sent is read, at the latest, before the second answer. */
static uint32_t quiet(uint32_t *fired)
{
    struct ntdsb_server_counts ignored;
    uint32_t code = 0;
    *fired = fault_report()->in_call_count;
    proxy_settle(stage.proxy);
    for (int i = 0; i < 2 && code == 0 && stage.server.pid != 0; i++)
        code = inspect(&ignored);
    proxy_settle(stage.proxy);
    return code;
}

static uint32_t answer(const struct message *m, struct stage_reply *reply)
{
    switch (m->request) {
    case STAGE_START:
        return start(m->argument != 0);
    case STAGE_STOP:
        reply->descriptors = m->argument != 0 ? surplus() : 0;
        return end(SIGTERM);
    case STAGE_KILL:
        return end(SIGKILL);
    case STAGE_ARM:
        return fault_arm(&m->fault) ? 0 : 1;
    case STAGE_SETTLE:
        proxy_settle(stage.proxy);
        fault_disarm_all();
        return 0;
    case STAGE_QUIET:
        return quiet(&reply->fired_count);
    case STAGE_INSPECT:
        return stage.server.pid != 0 ? inspect(&reply->counts) : 0;
    }
    return 1;
}

static void take_firings(struct stage_reply *reply)
{
    const struct fault_summary *s = fault_report();
    reply->fired_count = s->in_call_count;
    memcpy(reply->fired, s->in_call, sizeof reply->fired);
    fault_begin_call();
}

static void serve(void)
{
    struct message m;
    for (;;) {
        if (!proxy_step(stage.proxy, -1, stage.control))
            continue;
        if (recv(stage.control, &m, sizeof m, 0) != sizeof m)
            break; /* the runner is gone */
        struct stage_reply reply = {0};
        reply.code = answer(&m, &reply);
        reply.up = stage.server.pid != 0;
        reply.deaths = stage.deaths;
        if (m.request == STAGE_SETTLE)
            take_firings(&reply);
        if (send(stage.control, &reply, sizeof reply, MSG_NOSIGNAL) != sizeof reply)
            break;
    }
    real_server_end(&stage.server, SIGKILL);
    _exit(EXIT_SUCCESS);
}

static const struct proxy_events events = {.kill = on_kill};

static void become_stage(const struct real_settings *s)
{
    /* It ends with the runner, and ignores signals that a terminal sends to all processes. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    world_reset();
    world_set_mode(WORLD_NET, WORLD_PASS_THROUGH);
    world_set_mode(WORLD_CLOCK, WORLD_PASS_THROUGH);
    world_set_mode(WORLD_RANDOM, WORLD_PASS_THROUGH);
    world_set_mode(WORLD_CRYPT, WORLD_PASS_THROUGH);
    world_set_side(WORLD_SERVER);
    service_register_sites();
    stage.server.settings = s;
    serve();
}

/* In the runner ------------------------------------------------------------------------------ */

/* The proxy is made before the fork, so that its address is known on both sides. */
static bool open_proxy(const struct real_settings *s)
{
    struct endpoint listen;
    char local[160];
    snprintf(local, sizeof local, "ncalrpc:[%s/proxy]", s->directory);
    if (!endpoint_parse(s->tcp ? "ncacn_ip_tcp:127.0.0.1[0]" : local, &listen))
        return false;
    stage.proxy = proxy_open(&listen, &listen, &events);
    if (stage.proxy == NULL)
        return false;
    snprintf(stage.endpoint, sizeof stage.endpoint, "%s", local);
    struct endpoint address = proxy_address(stage.proxy);
    if (s->tcp)
        snprintf(stage.endpoint, sizeof stage.endpoint, "ncacn_ip_tcp:127.0.0.1[%d]",
                 ntohs(((const struct sockaddr_in *)&address.address)->sin_port));
    return true;
}

bool stage_open(const struct real_settings *s)
{
    int ends[2];
    if (!open_proxy(s) || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0 ||
        (stage.pid = fork()) < 0) {
        perror("rundown_real");
        return false;
    }
    stage.control = ends[stage.pid == 0];
    close(ends[stage.pid != 0]);
    if (stage.pid == 0)
        become_stage(s);
    proxy_close(stage.proxy);
    return true;
}

void stage_close(void)
{
    close(stage.control);
    waitpid(stage.pid, NULL, 0);
}

const char *stage_endpoint(void)
{
    return stage.endpoint;
}

struct stage_reply stage_ask(enum stage_request request, uint32_t argument,
                             const struct fault *fault)
{
    struct message m = {.request = request, .argument = argument};
    struct stage_reply reply;
    if (fault != NULL)
        m.fault = *fault;
    if (send(stage.control, &m, sizeof m, MSG_NOSIGNAL) != sizeof m ||
        recv(stage.control, &reply, sizeof reply, 0) != sizeof reply) {
        fputs("rundown_real: the stage is gone\n", stderr);
        exit(EXIT_FAILURE);
    }
    return reply;
}
