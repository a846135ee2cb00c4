/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much memory the connections and bytes that a side has received justify: what it holds at any
 * time, on the heap and in mappings, is at most a base, so much for each connection that was made,
 * and so much for each byte. Received is what came from the peer, and what is there to be read or
 * filled: a file that was opened, a buffer of the caller's, a text that the caller gives.
 * Holding more is a violation of the ledger, at the moment it is acquired: a size was taken from a
 * number, not from what came.
 */
#ifndef FAULTS_ALLOWANCE_H
#define FAULTS_ALLOWANCE_H

#include "world.h"

#include <stddef.h>

struct allowance {
    uint64_t base;    /* bytes; 0: no bound */
    uint64_t percent; /* of the bytes received */
    uint64_t each;    /* bytes for each connection */
};

/* Both until world_reset(). */
void allowance_set(enum world_side side, struct allowance a);
/* Says that the side has received that many bytes. */
void allowance_received(enum world_side side, size_t n);
/* Says that a connection of the side is being made. */
void allowance_connected(enum world_side side);

/* Sees what a side holds whenever it has acquired something; NULL: nobody does. Across resets. */
typedef void allowance_observer(enum world_side side, uint64_t connections, uint64_t received,
                                uint64_t held, void *context);
void allowance_observe(allowance_observer *observer, void *context);

#endif
