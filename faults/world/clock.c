/* SPDX-License-Identifier: Apache-2.0 */
#include "clock.h"

#include "fail.h"
#include "faults/seam/wrap.h"
#include "world_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

/* Nobody is asked for the time in the first moment of a machine: some take 0 for an error. */
enum { START_SECONDS = 1700000000, UP_SECONDS = 1 };

static struct {
    uint64_t monotonic_ms;
    const void *waiter;
    int32_t drift;       /* seconds that real time is set by at each wait */
    int64_t real_offset; /* seconds: real time is START_SECONDS + this + the monotonic seconds */
} virtual_clock;

/* What tells the local time where it should tell UTC is wrong in few places of the world: not in
   this one. */
static void leave_utc(void)
{
    static bool left;
    if (left)
        return;
    left = true;
    if (setenv("TZ", "<+0545>-05:45", 1) != 0)
        abort(); /* the harness itself is out of memory */
    tzset();
}

void clock_reset(void)
{
    leave_utc();
    virtual_clock.monotonic_ms = 0;
    virtual_clock.real_offset = 0;
    virtual_clock.drift = 0;
    virtual_clock.waiter = NULL;
}

static struct timespec now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t;
}

uint64_t clock_monotonic_ms(void)
{
    if (world_mode(WORLD_CLOCK) == WORLD_PASS_THROUGH) {
        struct timespec t = now(CLOCK_MONOTONIC);
        return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
    }
    return virtual_clock.monotonic_ms;
}

int64_t clock_real_seconds(void)
{
    if (world_mode(WORLD_CLOCK) == WORLD_PASS_THROUGH)
        return now(CLOCK_REALTIME).tv_sec;
    return START_SECONDS + virtual_clock.real_offset + (int64_t)(virtual_clock.monotonic_ms / 1000);
}

void clock_advance_ms(uint64_t ms)
{
    virtual_clock.monotonic_ms += ms;
    if (ms > 0)
        virtual_clock.real_offset += virtual_clock.drift;
}

void clock_wait_ms(uint64_t ms, const void *caller)
{
    clock_advance_ms(ms);
    virtual_clock.waiter = caller;
}

const void *clock_waiter(void)
{
    return virtual_clock.waiter;
}

void clock_set_real_seconds(int64_t seconds)
{
    virtual_clock.real_offset += seconds - clock_real_seconds();
}

void clock_set_drift(int32_t seconds)
{
    virtual_clock.drift = seconds;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *out)
{
    /* Cannot fail with a clock that exists, so it is no fault point; but it counts as a step. */
    world_count_step();
    if (world_mode(WORLD_CLOCK) == WORLD_PASS_THROUGH)
        return clock_gettime(clock, out);
    uint64_t ms = virtual_clock.monotonic_ms;
    int64_t seconds;
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        seconds = clock_real_seconds();
        break;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
        seconds = UP_SECONDS + (int64_t)(ms / 1000);
        break;
    case CLOCK_PROCESS_CPUTIME_ID:
    case CLOCK_THREAD_CPUTIME_ID: /* nothing of it passes in a wait */
        ms = 0;
        seconds = 0;
        break;
    default:
        return fail(EINVAL);
    }
    /* A loop that waits without poll() must still reach its deadline. */
    if (world_steps_exceeded())
        seconds += (int64_t)world_steps();
    *out = (struct timespec){.tv_sec = seconds, .tv_nsec = (long)(ms % 1000) * 1000000};
    return 0;
}
