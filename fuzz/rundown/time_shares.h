/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measures how much time is spent in the target and how much in the suite, by sampling
 * this process.
 */
#ifndef FUZZ_TIME_SHARES_H
#define FUZZ_TIME_SHARES_H

#include <stdint.h>

struct time_shares {
    uint64_t target; /* samples in the target, or in a library that it called */
    uint64_t suite;  /* samples in all other code */
};

/* Samples the running thread, each millisecond of its processor time. Not in a sanitized build. */
void time_shares_start(void);
struct time_shares time_shares_stop(void);

#endif
