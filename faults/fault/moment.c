/* SPDX-License-Identifier: Apache-2.0 */
#include "moment.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

struct world_moment world_moment;
static int errnos[WORLD_SIDES];

void world_moment_reset(void)
{
    world_moment = (struct world_moment){.side = WORLD_CLIENT};
    errnos[WORLD_SERVER] = 0;
}

enum world_side world_set_side(enum world_side side)
{
    enum world_side before = world_moment.side;
    errnos[before] = errno;
    errno = errnos[side];
    world_moment.side = side;
    return before;
}

void world_set_call(uint32_t call)
{
    world_moment.call = call;
}

uint32_t world_call(void)
{
    return world_moment.call;
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
    return world_moment.steps;
}
