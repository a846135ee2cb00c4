/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose code runs, in which call of the program, after how many steps. Fault points, the ledger and
 * reports note it with each event.
 */
#ifndef FAULTS_MOMENT_H
#define FAULTS_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

enum world_side { WORLD_CLIENT, WORLD_SERVER, WORLD_SIDES };

/* Call numbers for the time around a program's calls: before the first, while its handles and
   buffers are released, and after that. */
#define WORLD_CALL_SET_UP     (UINT32_MAX - 2)
#define WORLD_CALL_CLEAN_UP   (UINT32_MAX - 1)
#define WORLD_CALL_AFTERWARDS UINT32_MAX

/* The moment itself, for those who look at it at each fault point. */
extern struct world_moment {
    enum world_side side;
    uint32_t call;
    uint64_t steps;
} world_moment;

/* The client's side, call 0, no steps. */
void world_moment_reset(void);

/* Sets whose code runs, and so who owns what is acquired. net.c switches it around a service. Each
   side is a process of its own, with its own errno. Returns the previous side. */
enum world_side world_set_side(enum world_side side);
static inline enum world_side world_side(void)
{
    return world_moment.side;
}

/* Sets which call of the program runs, from 0; reports count from 1. */
void world_set_call(uint32_t call);
uint32_t world_call(void);
/* "call 4", "the set-up". */
void world_call_text(uint32_t call, char out[32]);

/* Fault points passed since the reset. Beyond the limit everything fails, so that a loop ends. */
enum { WORLD_STEP_LIMIT = 4000000 };
static inline void world_count_step(void)
{
    world_moment.steps++;
}
uint64_t world_steps(void);
static inline bool world_steps_exceeded(void)
{
    return world_moment.steps > WORLD_STEP_LIMIT;
}

#endif
