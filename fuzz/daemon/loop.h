/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libuv as the daemon sees it, on the virtual clock: timers, listening sockets, streams. The
 * functions of libuv that the daemon calls are defined here, and do what libuv's manual and its
 * sources for UNIX say: timers before input, callbacks of closed handles last, accept() with a
 * spare descriptor when there is no other one. Each call of the kernel that libuv would make is at
 * a fault point of its own.
 */
#ifndef FUZZ_DAEMON_LOOP_H
#define FUZZ_DAEMON_LOOP_H

#include "guest.h"

/* Forgets all handles and guests, and registers the fault points. */
void loop_reset(void);
/* Registers the names of the fault points, for lists. */
void loop_register_sites(void);
/* Runs all that is to be done until this moment of the virtual clock, which is then now. */
void loop_run_until(uint64_t ms);
/* Handles that are not closed. */
unsigned loop_handles(void);
/* The most connections that the daemon held at one moment. */
unsigned loop_most_streams(void);
/* Whether the daemon kept the loop busy without an end at one moment. */
bool loop_is_stuck(void);

#endif
