/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prepares the suite for the implementation that it is linked with: its profile, the functions that
 * it lacks, where its client connects to.
 */
#ifndef FUZZ_SUITE_START_H
#define FUZZ_SUITE_START_H

/* Once, before any program. Ends the process with 2 if the profile is wrong. */
void suite_start(void);

#endif
