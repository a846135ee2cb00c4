/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real servers that scenarios talk to, each in a folder of its own. A keeper, which outlives this
 * process by moments, ends them and removes the folders, however this process ends.
 */
#ifndef SCENARIO_SERVER_H
#define SCENARIO_SERVER_H

#include <stdbool.h>

/* Starts all that the program has, and waits until they answer. False: one does not, which is said.
   They end with this process. */
bool servers_start(void);

#endif
