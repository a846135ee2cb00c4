/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the service as a real server with a real proxy in front; the work is done by the
 * stage (stage.h).
 */
#include "service_real.h"

#include "faults/world/clock.h"
#include "faults/world/net.h"
#include "faults/world/world.h"
#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct {
    bool restore_mode;
    unsigned deaths_before; /* of earlier scenes */
    bool broken;            /* a fault fired on the wire, in an earlier call */
    struct stage_reply last;
} service;

static uint32_t ask(enum stage_request request, uint32_t argument)
{
    service.last = stage_ask(request, argument, NULL);
    return service.last.code;
}

static void require_answer(const char *what)
{
    if (service.last.code == 0)
        return;
    printf("FAILED: %s ended with 0x%x\n", what, service.last.code);
    exit(EXIT_FAILURE);
}

/* Something was broken on the way, and the server has done all that it was asked for. While nothing
   is broken an answer will come. */
static bool is_quiet(void)
{
    ask(STAGE_QUIET, 0);
    require_answer("the question whether more will come");
    return service.broken || service.last.fired_count > 0;
}

static void open_scene(bool restore_mode)
{
    ask(STAGE_KILL, 0); /* leftovers of the previous scene */
    service.restore_mode = restore_mode;
    service.broken = false;
    service.deaths_before = service.last.deaths;
    world_set_mode(WORLD_NET, WORLD_PASS_THROUGH);
    world_set_mode(WORLD_RANDOM, WORLD_PASS_THROUGH);
    world_set_mode(WORLD_CRYPT, WORLD_PASS_THROUGH);
    net_set_quiet(is_quiet);
    /* The server's clock is real. */
    clock_set_real_seconds(time(NULL));
}

static uint32_t start(enum service_mode mode)
{
    if (service.last.up)
        return 0;
    if (mode != SERVICE_SAME_MODE)
        service.restore_mode = mode == SERVICE_RESTORE_MODE;
    return ask(STAGE_START, service.restore_mode);
}

static void stop(void)
{
    ask(STAGE_STOP, world_call() == WORLD_CALL_AFTERWARDS);
    if (service.last.code == 0 && service.last.descriptors == 0)
        return;
    printf("FAILED: the server ended with wait status 0x%x and held %d descriptors too many\n",
           service.last.code, service.last.descriptors);
    exit(EXIT_FAILURE);
}

static void kill_server(void)
{
    ask(STAGE_KILL, 0);
}

/* A machine cannot be stopped here: programs with this event are left out. */
static void power_fail(void)
{
    abort();
}

static bool inspect(struct ntdsb_server_counts *out)
{
    ask(STAGE_INSPECT, 0);
    require_answer("inspection");
    *out = service.last.counts;
    return service.last.up;
}

static const char *endpoint(bool tcp)
{
    (void)tcp; /* the stage has one transport */
    return stage_endpoint();
}

static bool arm(const struct fault *f)
{
    bool wire = f->class >= FAULT_RPC_BIND;
    if (wire)
        service.last = stage_ask(STAGE_ARM, 0, f);
    return wire;
}

static void settle(void)
{
    ask(STAGE_SETTLE, 0);
    service.broken = service.broken || service.last.fired_count > 0;
    for (uint32_t i = 0; i < service.last.fired_count; i++) {
        service.last.fired[i].call = world_call();
        fault_note(&service.last.fired[i]);
    }
}

static unsigned deaths(void)
{
    return service.last.deaths - service.deaths_before;
}

const struct service_backend service_real = {
    .open = open_scene,
    .start = start,
    .stop = stop,
    .kill = kill_server,
    .power_fail = power_fail,
    .inspect = inspect,
    .endpoint = endpoint,
    .arm = arm,
    .settle = settle,
    .deaths = deaths,
};
