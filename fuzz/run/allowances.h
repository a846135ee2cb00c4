/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory that the bytes received justify in the scene: one pair a side, for programs and for
 * peers. tests/suite/allowances.c measures it.
 */
#ifndef FUZZ_RUN_ALLOWANCES_H
#define FUZZ_RUN_ALLOWANCES_H

#include "faults/world/allowance.h"

/* By side. */
extern const struct allowance allowances[WORLD_SIDES];

/* Both sides are held to them until world_reset(). */
void allowances_apply(void);

#endif
