/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The End that another thread makes while a call waits: of the handle that the call uses.
 */
#ifndef FUZZ_OTHER_END_H
#define FUZZ_OTHER_END_H

#include "execute.h"

struct other_end {
    struct execution *execution;
    const struct call *first; /* the call that waits */
    const struct outcome *of_first;
    bool came, returned;
    uint64_t came_ms; /* of virtual time */
    struct call call;
    struct outcome outcome; /* valid when the End has returned */
};

/* During the call, which is about to be made, a fault of class thread.call lets the other come. */
void other_end_expect(struct other_end *o, struct execution *x, const struct call *first,
                      const struct outcome *of_first);
/* Whether it has taken a handle and not returned: 1 or 0. */
size_t other_end_is_pending(const struct other_end *o);
/* How long the call has waited behind it, which cancels any but an End; but for a fault that lets
   waits go on. */
uint64_t other_end_waited_ms(const struct other_end *o);
/* The call has returned; the End does. False: there was none. */
bool other_end_finish(struct other_end *o);

#endif
