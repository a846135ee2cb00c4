/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client of the daemon, as its machine and the network see it: what it sends and takes, and when
 * it was turned away. It does what our own clients never do: it sends single bytes, closes half of
 * its connection, takes no answers, resets.
 */
#ifndef FUZZ_DAEMON_GUEST_H
#define FUZZ_DAEMON_GUEST_H

#include "faults/world/net.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that its machine holds for it while it takes none. */
enum { GUEST_ROOM = 4096 };

enum guest_state {
    GUEST_WAITS,  /* not accepted yet */
    GUEST_SERVED, /* accepted */
    GUEST_CLOSED, /* by the daemon */
    GUEST_LEFT    /* by itself: both directions, at once */
};

struct guest {
    bool tcp;
    bool deaf;            /* takes no answers */
    struct net_peer peer; /* who it is, over the local socket */
    enum guest_state state;
    bool failed;           /* the daemon was told that its connection has failed or ended ... */
    uint64_t failed_ms;    /* ... at that moment */
    uint64_t closed_ms;    /* when the daemon closed its end */
    bool shut;             /* it sends no more */
    bool reset;            /* it has reset its connection */
    uint8_t *sent;         /* owned: all that it has sent */
    size_t sent_n, read_n; /* how much that is, and how much of it the daemon has read */
    uint8_t room[GUEST_ROOM];
    size_t held; /* bytes that wait in its machine, in `room` */
    /* Sees the bytes that it takes. */
    void (*take)(struct guest *g, const uint8_t *bytes, size_t n);
};

/* Connects; it is the caller's, and must live until loop_reset(). */
void guest_connect(struct guest *g);
/* Its bytes arrive at once, and are read when the loop runs. */
void guest_send(struct guest *g, const void *bytes, size_t n);
/* Takes answers again, first those that wait. */
void guest_hear(struct guest *g);
/* Sends no more. */
void guest_shut(struct guest *g);
/* Its process is gone; `reset`: with a reset. */
void guest_leave(struct guest *g, bool reset);
/* Whether the daemon holds its connection. */
bool guest_is_served(const struct guest *g);

#endif
