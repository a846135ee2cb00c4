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
/* The target waits, in a call that returns to `caller`. */
void clock_wait_ms(uint64_t ms, const void *caller);
/* The return address of the last call that waited since world_reset(); NULL: none did. */
const void *clock_waiter(void);
/* Sets the real clock alone, forward or back. */
void clock_set_real_seconds(int64_t seconds);
/* From now on, until world_reset(), whenever time passes somebody sets the real clock by so many
   seconds. */
void clock_set_drift(int32_t seconds);

#endif
