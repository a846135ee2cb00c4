/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Virtual time: it moves only when the target waits and when the harness moves it.
 */
#ifndef FAULTS_CLOCK_H
#define FAULTS_CLOCK_H

#include <stdint.h>

/* Monotonic milliseconds since world_reset(), and real seconds since 1970 (the start is fixed);
   where the clock is passed through, the machine's. */
uint64_t clock_monotonic_ms(void);
int64_t clock_real_seconds(void);
void clock_advance_ms(uint64_t ms);
/* Sets the real clock alone, forward or back. */
void clock_set_real_seconds(int64_t seconds);

#endif
