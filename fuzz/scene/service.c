/* SPDX-License-Identifier: Apache-2.0 */
#include "service.h"

#include "backend.h"

static const struct service_backend *backend = &service_world;

void service_set_backend(const struct service_backend *service)
{
    backend = service;
}

void service_open(bool restore_mode)
{
    service_register_sites();
    backend->open(restore_mode);
}

uint32_t service_start(enum service_mode mode)
{
    return backend->start(mode);
}

void service_stop(void)
{
    backend->stop();
}

void service_kill(void)
{
    backend->kill();
}

void service_power_fail(void)
{
    backend->power_fail();
}

bool service_inspect(struct ntdsb_server_counts *out)
{
    return backend->inspect(out);
}

const char *service_endpoint(bool tcp)
{
    return backend->endpoint(tcp);
}

bool service_arm(const struct fault *f)
{
    return backend->arm(f);
}

void service_settle(void)
{
    backend->settle();
}

unsigned service_deaths(void)
{
    return backend->deaths();
}
