/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scenarios: who comes to the daemon, what they do over hours of virtual time, and what must
 * become of them. Each is run with every fault at every fault point.
 */
#ifndef FUZZ_DAEMON_SCENARIO_H
#define FUZZ_DAEMON_SCENARIO_H

#include "story.h"

struct daemon_scenario {
    const char *name;
    const char *says; /* in one line, for --list */
    void (*play)(void);
    struct daemon_settings settings;
    unsigned every; /* N: of N fault points one is broken, because there are many; 0: each */
};

/* By index; NULL at the end. */
const struct daemon_scenario *daemon_scenario_at(size_t index);

#endif
