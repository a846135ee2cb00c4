/* SPDX-License-Identifier: Apache-2.0 */
#include "world_internal.h"

#include <errno.h>
#include <inttypes.h>

struct world_state world;
static int errnos[WORLD_SIDES]; /* a side is a process: it has an errno of its own */

void world_reset(void)
{
    world.side = WORLD_CLIENT;
    errnos[WORLD_SERVER] = 0;
    world.call = 0;
    world.steps = 0;
    for (int i = 0; i < WORLD_PARTS; i++)
        world.modes[i] = WORLD_SIMULATED;
    fault_reset();
    ledger_reset();
    descriptor_reset();
    net_reset();
    file_reset();
    clock_reset();
    misc_reset();
    lock_reset();
}

static int fill = WORLD_NO_FILL;

void world_set_fill(int byte)
{
    fill = byte;
}

int world_fill(void)
{
    return fill;
}

void world_set_mode(enum world_part part, enum world_mode mode)
{
    world.modes[part] = mode;
}

enum world_mode world_mode(enum world_part part)
{
    return world.modes[part];
}

enum world_side world_set_side(enum world_side side)
{
    enum world_side before = world.side;
    errnos[before] = errno;
    errno = errnos[side];
    world.side = side;
    return before;
}

enum world_side world_side(void)
{
    return world.side;
}

void world_set_call(uint32_t call)
{
    world.call = call;
}

uint32_t world_call(void)
{
    return world.call;
}

void world_call_text(uint32_t call, char out[32])
{
    if (call == WORLD_CALL_SET_UP)
        snprintf(out, 32, "the set-up");
    else if (call == WORLD_CALL_CLEAN_UP || call == WORLD_CALL_AFTERWARDS)
        snprintf(out, 32, "the clean-up");
    else
        snprintf(out, 32, "call %" PRIu32, call + 1);
}

uint64_t world_steps(void)
{
    return world.steps;
}

bool world_steps_exceeded(void)
{
    return world.steps > WORLD_STEP_LIMIT;
}
