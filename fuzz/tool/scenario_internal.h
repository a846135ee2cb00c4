/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the tables of scenarios.
 */
#ifndef FUZZ_TOOL_SCENARIO_INTERNAL_H
#define FUZZ_TOOL_SCENARIO_INTERNAL_H

#include "scenario.h"

extern const struct scenario scenarios_of_words[], scenarios_of_strangers[], scenarios_of_servers[];
extern const size_t scenarios_of_words_count, scenarios_of_strangers_count,
    scenarios_of_servers_count;

#endif
