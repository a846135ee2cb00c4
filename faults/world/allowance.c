/* SPDX-License-Identifier: Apache-2.0 */
#include "allowance.h"

#include "world_internal.h"

#include <string.h>

uint64_t allowance_held[WORLD_SIDES];
static struct {
    struct allowance allowed;
    uint64_t connections, received;
} sides[WORLD_SIDES];

static allowance_observer *observer;
static void *observer_context;

void allowance_reset(void)
{
    memset(sides, 0, sizeof sides);
    memset(allowance_held, 0, sizeof allowance_held);
}

void allowance_set(enum world_side side, struct allowance a)
{
    sides[side].allowed = a;
}

void allowance_received(enum world_side side, size_t n)
{
    sides[side].received += n;
}

void allowance_connected(enum world_side side)
{
    sides[side].connections++;
}

void allowance_observe(allowance_observer *o, void *context)
{
    observer = o;
    observer_context = context;
}

bool allowance_covers(enum world_side side, size_t more)
{
    const struct allowance *a = &sides[side].allowed;
    uint64_t held = allowance_held[side] += more;
    if (observer != NULL)
        observer(side, sides[side].connections, sides[side].received, held, observer_context);
    if (a->base == 0 || held <= a->base)
        return true;
    return held <=
           a->base + sides[side].connections * a->each + sides[side].received * a->percent / 100;
}
