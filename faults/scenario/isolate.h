/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs of a scenario, each in a process of its own: whatever it does to memory, descriptors or
 * signals, and however it ends, the next run begins as it did.
 */
#ifndef SCENARIO_ISOLATE_H
#define SCENARIO_ISOLATE_H

#include "outcome.h"
#include "registry.h"

/* Seconds of processor time for one run, and of real time for one that waits. */
enum { ISOLATE_CPU_SECONDS = 2, ISOLATE_REAL_SECONDS = 20 };

/* Before the first run: what each would do anew, and an empty world. */
void isolate_begin(void);
/* Memory that the processes forked from now on share with this one; zero. Ends the program if there
   is none. */
void *isolate_share(size_t bytes);
/* This process, one of several that are told apart by a number from 0, stays on a processor of its
   own with its children: a run that begins on another one than its parent takes longer by half. */
void isolate_stay(unsigned number);
/* Runs work(context) in a child and waits for it. `out` is in shared memory, and says whatever the
   child wrote into it; its `ending` is right however it ended. */
void isolate_run(void (*work)(struct outcome *out, void *context), void *context,
                 struct outcome *out);
/* For `work`: one run of the scenario with these faults; fills in all of *out. `again`: whether it
   is tried once more without them. */
void isolate_try(const struct scenario *s, const struct sweep_armed *armed, bool again,
                 struct outcome *out);
/* For `work`: it is to end within so many seconds from now on. */
void isolate_hurry(unsigned seconds);
/* The library's functions on a stack, innermost first. */
void isolate_name_frames(void *const *stack, unsigned count, char *out, size_t capacity);

#endif
