/* SPDX-License-Identifier: Apache-2.0 */
#include "loop_internal.h"

#include "faults/fault/site.h"
#include "faults/world/clock.h"
#include "faults/world/world.h"

#include <stdlib.h>
#include <string.h>

enum { TURNS_AT_ONE_MOMENT = 100000 };

struct loop_handle loop_handles_table[LOOP_HANDLES];
struct guest *loop_guests[LOOP_GUESTS];
static struct {
    int sites[LOOP_CALLS];
    bool registered, stuck;
    uint64_t timers;
    unsigned most_streams;
} loop;

/* Fault points -------------------------------------------------------------------------------- */

void loop_register_sites(void)
{
    static const struct {
        enum fault_class class;
        const char *place;
    } calls[LOOP_CALLS] = {
        [LOOP_ACCEPT] = {FAULT_NET_SOCKET, "libuv.accept"},
        [LOOP_TAKE] = {FAULT_NET_SOCKET, "libuv.take"},
        [LOOP_NAME] = {FAULT_NET_OPTION, "libuv.getpeername"},
        [LOOP_READ] = {FAULT_NET_RECV, "libuv.read"},
        [LOOP_TRY_WRITE] = {FAULT_NET_SEND, "libuv.try_write"},
        [LOOP_WRITE] = {FAULT_NET_SEND, "libuv.write"},
    };
    for (int i = 0; i < LOOP_CALLS && !loop.registered; i++)
        loop.sites[i] = site_add_named(calls[i].class, calls[i].place);
    loop.registered = true;
}

struct fault_effect loop_fault(enum loop_call call)
{
    return fault_point_at(site_class((unsigned)loop.sites[call]), loop.sites[call]);
}

/* Handles ------------------------------------------------------------------------------------- */

void loop_reset(void)
{
    loop_register_sites();
    memset(loop_handles_table, 0, sizeof loop_handles_table);
    for (size_t i = 0; i < LOOP_GUESTS && loop_guests[i] != NULL; i++)
        free(loop_guests[i]->sent);
    memset(loop_guests, 0, sizeof loop_guests);
    loop.stuck = false;
    loop.timers = 0;
    loop.most_streams = 0;
}

struct loop_handle *loop_handle_of(const void *handle)
{
    for (size_t i = 0; i < LOOP_HANDLES; i++)
        if (loop_handles_table[i].handle == handle)
            return &loop_handles_table[i];
    abort(); /* the daemon uses what is no handle, or closed */
}

struct loop_handle *loop_handle_add(void *handle)
{
    for (size_t i = 0; i < LOOP_HANDLES; i++)
        if (loop_handles_table[i].handle == NULL) {
            loop_handles_table[i] =
                (struct loop_handle){.handle = handle, .fd = -1, .waiting_fd = -1};
            return &loop_handles_table[i];
        }
    abort(); /* more than any scenario needs */
}

unsigned loop_handles(void)
{
    unsigned n = 0;
    for (size_t i = 0; i < LOOP_HANDLES; i++)
        n += loop_handles_table[i].handle != NULL;
    return n;
}

void loop_note_streams(void)
{
    unsigned n = 0;
    for (size_t i = 0; i < LOOP_HANDLES; i++) {
        const struct loop_handle *h = &loop_handles_table[i];
        n += h->handle != NULL && h->guest != NULL && !h->closing;
    }
    if (n > loop.most_streams)
        loop.most_streams = n;
}

unsigned loop_most_streams(void)
{
    return loop.most_streams;
}

bool loop_is_stuck(void)
{
    return loop.stuck;
}

/* Turns --------------------------------------------------------------------------------------- */

/* The timer that is due first; of two, the one that was started first. NULL: none by then. */
static struct loop_handle *next_timer(uint64_t by_ms)
{
    struct loop_handle *next = NULL;
    for (size_t i = 0; i < LOOP_HANDLES; i++) {
        struct loop_handle *h = &loop_handles_table[i];
        if (h->handle == NULL || h->timer == NULL || h->due_ms > by_ms)
            continue;
        if (next == NULL || h->due_ms < next->due_ms ||
            (h->due_ms == next->due_ms && h->order < next->order))
            next = h;
    }
    return next;
}

static bool run_timer(uint64_t by_ms)
{
    struct loop_handle *h = next_timer(by_ms);
    if (h == NULL)
        return false;
    if (h->due_ms > clock_monotonic_ms())
        clock_advance_ms(h->due_ms - clock_monotonic_ms());
    uv_timer_cb callback = h->timer;
    h->timer = NULL;
    callback((uv_timer_t *)h->handle);
    return true;
}

static bool run_closed(void)
{
    bool any = false;
    for (size_t i = 0; i < LOOP_HANDLES; i++) {
        struct loop_handle h = loop_handles_table[i];
        if (h.handle == NULL || !h.closing)
            continue;
        any = true;
        if (h.write != NULL)
            h.written(h.write, UV_ECANCELED);
        loop_handles_table[i].handle = NULL;
        if (h.closed != NULL)
            h.closed(h.handle);
    }
    return any;
}

static bool run_sockets(void)
{
    bool any = false;
    for (size_t i = 0; i < LOOP_HANDLES; i++)
        if (loop_handles_table[i].handle != NULL && !loop_handles_table[i].closing)
            any |= loop_socket_turn(&loop_handles_table[i]);
    return any;
}

/* All that can be done without waiting. */
static void run_now(void)
{
    for (unsigned turns = 0; !loop.stuck; turns++) {
        bool any = false;
        while (run_timer(clock_monotonic_ms()) && turns < TURNS_AT_ONE_MOMENT)
            turns++;
        any |= run_sockets();
        any |= run_closed();
        if (!any && next_timer(clock_monotonic_ms()) == NULL)
            return;
        loop.stuck = turns >= TURNS_AT_ONE_MOMENT;
    }
}

void loop_run_until(uint64_t ms)
{
    enum world_side before = world_set_side(WORLD_SERVER);
    run_now();
    while (!loop.stuck && run_timer(ms))
        run_now();
    if (ms > clock_monotonic_ms())
        clock_advance_ms(ms - clock_monotonic_ms());
    world_set_side(before);
}

/* libuv: loop, timers, closing ---------------------------------------------------------------- */

uint64_t uv_now(const uv_loop_t *l)
{
    (void)l;
    return clock_monotonic_ms();
}

int uv_timer_init(uv_loop_t *l, uv_timer_t *timer)
{
    (void)l;
    loop_handle_add(timer);
    return 0;
}

int uv_timer_start(uv_timer_t *timer, uv_timer_cb callback, uint64_t timeout, uint64_t repeat)
{
    struct loop_handle *h = loop_handle_of(timer);
    (void)repeat; /* the daemon's timers do not */
    if (h->closing)
        return UV_EINVAL;
    h->timer = callback;
    h->due_ms = clock_monotonic_ms() + timeout;
    if (h->due_ms < timeout)
        h->due_ms = UINT64_MAX;
    h->order = loop.timers++;
    return 0;
}

void uv_close(uv_handle_t *handle, uv_close_cb callback)
{
    struct loop_handle *h = loop_handle_of(handle);
    if (h->closing)
        abort(); /* as libuv does */
    h->closing = true;
    h->closed = callback;
    h->timer = NULL;
    loop_socket_close(h);
}

const char *uv_strerror(int error)
{
    return strerror(-error);
}
