/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An empty world: every module's part of it, in one place, so that no module knows the others.
 */
#include "faults/fault/fault.h"
#include "other_caller.h"
#include "world_internal.h"

void world_reset(void)
{
    world_moment_reset();
    for (int i = 0; i < WORLD_PARTS; i++)
        world_modes[i] = WORLD_SIMULATED;
    fault_reset();
    ledger_reset();
    secret_reset();
    allowance_reset();
    descriptor_reset();
    net_reset();
    file_reset();
    clock_reset();
    environment_reset();
    names_reset();
    random_reset();
    lock_reset();
    other_caller_reset();
    stream_reset();
    process_reset();
}
