/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the time goes: samples of this process, told apart into target and suite.
 */
#ifndef FUZZ_PROFILE_H
#define FUZZ_PROFILE_H

#include <stdint.h>

struct profile {
    uint64_t target; /* samples in the target, or in a library that it called */
    uint64_t suite;  /* the same of all else */
};

/* Samples the running thread, each millisecond of its processor time. Not in a sanitized build. */
void profile_start(void);
struct profile profile_stop(void);

#endif
