/* SPDX-License-Identifier: Apache-2.0 */
#include "world_internal.h"

enum world_mode world_modes[WORLD_PARTS];
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
    world_modes[part] = mode;
}

enum world_mode world_mode(enum world_part part)
{
    return world_modes[part];
}
