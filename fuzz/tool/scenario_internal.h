/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the tables of scenarios.
 */
#ifndef FUZZ_TOOL_SCENARIO_INTERNAL_H
#define FUZZ_TOOL_SCENARIO_INTERNAL_H

#include "scenario.h"

/* By index; NULL at the end. */
const struct scenario *scenario_of_strangers(size_t index);

#endif
