/* SPDX-License-Identifier: Apache-2.0 */
#include "world_internal.h"

enum world_mode world_modes[WORLD_PARTS];
int world_fill_byte = WORLD_NO_FILL;

void world_set_fill(int byte)
{
    world_fill_byte = byte;
}

void world_set_mode(enum world_part part, enum world_mode mode)
{
    world_modes[part] = mode;
}
