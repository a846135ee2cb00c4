/* SPDX-License-Identifier: Apache-2.0 */
/* The scenarios that the program is linked with. */
#ifndef SCENARIO_REGISTRY_H
#define SCENARIO_REGISTRY_H

#include "scenario.h"

struct scenario {
    const char *name, *what;
    const char *file; /* its source, as the compiler was told */
    int line;
    rundown_scenario *run;
};

enum { SCENARIOS_MOST = 64 };

unsigned scenario_count(void);
const struct scenario *scenario_at(unsigned index); /* in the order of their names */
const struct scenario *scenario_find(const char *name);
/* The claim that did not hold in this process, and where; "" if none. */
const char *scenario_claim(void);

#endif
