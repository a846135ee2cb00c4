/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Another thread of the client's process, which makes one call while the first one is in one.
 * There is one thread all the same: the other's call runs on a stack of its own, from the moment in
 * which a fault of class thread.call hits the first one's send(), recv() or poll() until it ends or
 * has to wait for the first one; and then from the first one's return to its end.
 */
#ifndef FAULTS_OTHER_CALLER_H
#define FAULTS_OTHER_CALLER_H

#include "fiber.h"

#include <stdbool.h>

/* During the call that is about to be made the other may come, and then calls this. NULL: nobody
   does. */
void other_caller_expect(fiber_entry *entry, void *context);
/* After that call: lets the other go on to its end, if it has come. */
void other_caller_finish(void);

/* For the world's functions. A call into the network, with its return address: the other may come.
 */
void other_caller_point(const void *caller);
/* Whether it is at work; whether it may wait; it waits until the first one has returned, if it
   may. */
extern bool other_caller_is_at_work;
static inline bool other_caller_works(void)
{
    return other_caller_is_at_work;
}
bool other_caller_may_wait(void);
bool other_caller_waits(void);
void other_caller_reset(void);

#endif
