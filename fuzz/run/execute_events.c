/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events: changes to the processes and to time while a program runs.
 */
#include "execute_internal.h"

#include "faults/world/clock.h"
#include "fuzz/scene/service.h"
#include "fuzz/scene/settings.h"
#include "target/client/client.h"

enum { LONGEST_WAIT_SECONDS = 100 * 365 * 86400u };

/* The kernel closes the sockets of a dead process and frees its memory. Unloading the library does
   the same, without telling the server; for the next call the library is as new. */
void execute_client_exit(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)c, (void)o;
    ntdsb_client_unload();
    execute_forget_all(x);
}

void execute_server_stop(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x, (void)c, (void)o;
    service_stop();
}

void execute_server_kill(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x, (void)c, (void)o;
    service_kill();
}

void execute_power_fail(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x, (void)c, (void)o;
    service_power_fail();
}

void execute_server_start(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x;
    o->result = (int32_t)service_start((enum service_mode)(c->number % SERVICE_MODES));
}

void execute_wait(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x, (void)o;
    uint64_t seconds = c->number < LONGEST_WAIT_SECONDS ? c->number : LONGEST_WAIT_SECONDS;
    clock_advance_ms(seconds * 1000);
}

void execute_configure(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x, (void)o;
    settings_select(c->text);
}
