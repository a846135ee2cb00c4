/* SPDX-License-Identifier: Apache-2.0 */
#include "allowances.h"

/* The least that the corpus allows without faults, and a quarter. */
const struct allowance allowances[WORLD_SIDES] = {
    [WORLD_CLIENT] = {.base = 76690, .each = 21270, .percent = 401},
    [WORLD_SERVER] = {.base = 97423, .each = 11810, .percent = 222},
};

void allowances_apply(void)
{
    for (int side = 0; side < WORLD_SIDES; side++)
        allowance_set((enum world_side)side, allowances[side]);
}
