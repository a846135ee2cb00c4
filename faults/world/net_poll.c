/* SPDX-License-Identifier: Apache-2.0 */
/*
 * poll(): of simulated descriptors at once, because what has not come by then comes with time
 * alone.
 */
#include "net.h"

#include "clock.h"
#include "fail.h"
#include "faults/fault/fault.h"
#include "faults/seam/wrap.h"
#include "other_caller.h"
#include "world_internal.h"

#include <poll.h>

static short readiness(const struct pollfd *p)
{
    struct descriptor *d = descriptor_any(p->fd);
    if (d == NULL)
        return POLLNVAL;
    if (d->kind == DESCRIPTOR_EVENT)
        return d->count > 0 ? p->events & POLLIN : 0;
    if (d->kind != DESCRIPTOR_SOCKET)
        return p->events & (POLLIN | POLLOUT);
    return net_stream_ready(d->object, p->events);
}

static bool (*is_quiet)(void);

void net_set_quiet(bool (*asked)(void))
{
    is_quiet = asked;
}

/* Of the kernel, but what passes in vain is simulated time. */
static int poll_until_quiet(struct pollfd *fds, nfds_t count, int timeout_ms, const void *caller)
{
    /* 240 ms: TCP asks after 200 ms whether a buffer that was full has room again. */
    enum { MOMENT_MS = 20, QUIET_MOMENTS = 12 };
    int ready = 0, quiet = 0;
    for (int waited = 0; ready == 0 && quiet < QUIET_MOMENTS && waited < timeout_ms;
         waited += MOMENT_MS) {
        ready = poll(fds, count, MOMENT_MS);
        if (ready == 0)
            quiet = is_quiet() ? quiet + 1 : 0;
    }
    if (ready == 0)
        ready = poll(fds, count, 0);
    if (ready == 0)
        clock_wait_ms((uint64_t)timeout_ms, caller);
    return ready;
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    struct fault_effect effect = FAULT_POINT(FAULT_NET_POLL);
    if (effect.action == FAULT_TIMEOUT && timeout_ms < 0)
        effect.action = FAULT_GO_ON; /* it has none */
    if (effect.action == FAULT_FAIL) {
        /* A signal arrives during the wait, after half of the time. */
        if (world_mode(WORLD_NET) == WORLD_SIMULATED && timeout_ms > 0)
            clock_wait_ms((uint64_t)timeout_ms / 2, __builtin_return_address(0));
        return fail(effect.value);
    }
    if (world_mode(WORLD_NET) == WORLD_PASS_THROUGH) {
        if (effect.action == FAULT_TIMEOUT)
            timeout_ms = 0;
        bool simulated = is_quiet != NULL && world_mode(WORLD_CLOCK) == WORLD_SIMULATED;
        return simulated && timeout_ms > 0
                   ? poll_until_quiet(fds, count, timeout_ms, __builtin_return_address(0))
                   : poll(fds, count, timeout_ms);
    }
    other_caller_point(__builtin_return_address(0));
    int ready = 0;
    for (nfds_t i = 0; i < count; i++) {
        fds[i].revents = 0;
        if (fds[i].fd >= 0 && effect.action != FAULT_TIMEOUT)
            fds[i].revents = readiness(&fds[i]);
        ready += fds[i].revents != 0;
    }
    if (ready > 0 || timeout_ms == 0)
        return ready;
    if (timeout_ms > 0) {
        clock_wait_ms((uint64_t)timeout_ms, __builtin_return_address(0));
        return 0;
    }
    net_wait_without_end(count > 0 ? fds[0].fd : -1);
    if (count > 0)
        fds[0].revents = POLLHUP;
    return 1;
}
