/* SPDX-License-Identifier: Apache-2.0 */
#include "allowance.h"

#include "world_internal.h"

#include <string.h>

static struct {
    struct allowance allowed;
    uint64_t connections, received, held;
} sides[WORLD_SIDES];

static allowance_observer *observer;
static void *observer_context;

void allowance_reset(void)
{
    memset(sides, 0, sizeof sides);
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
    sides[side].held += more;
    if (observer != NULL)
        observer(side, sides[side].connections, sides[side].received, sides[side].held,
                 observer_context);
    if (a->base == 0 || sides[side].held <= a->base)
        return true;
    return sides[side].held <=
           a->base + sides[side].connections * a->each + sides[side].received * a->percent / 100;
}

void allowance_returned(enum world_side side, size_t n)
{
    sides[side].held -= n;
}
