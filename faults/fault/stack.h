/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who called: return addresses by frame pointers, for the ledger and for faults that fire. A few
 * loads, no unwinder, no allocation; names are looked up when a report is printed
 * (faults/world/symbol.h).
 */
#ifndef FAULTS_STACK_H
#define FAULTS_STACK_H

#include "site.h"

/* By the unwinder: archives of other people keep no frame pointers. */
void stack_unwind(void **out, int most);
void stack_walk_frames(const void *frame, void **out, int most);

/* The stack above `frame`, a __builtin_frame_address(0), whose own return address is left out:
   innermost first, NULL behind the last one if there are fewer than `most`. Stops where the chain
   does, and at the end of the thread's stack. */
static inline void stack_walk(const void *frame, void **out, int most)
{
    if (site_has_entries())
        stack_unwind(out, most);
    else
        stack_walk_frames(frame, out, most);
}

#endif
