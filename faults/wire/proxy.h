/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breaks PDUs between real processes: each connection to one endpoint is relayed to another, PDU by
 * PDU, over the wire of the simulation (wire.h), and each PDU is a fault point. It understands only
 * the framing of DCE/RPC, so it works for any connection-oriented service.
 *
 * One proxy in a process: faults are armed with fault_arm().
 */
#ifndef FAULTS_PROXY_H
#define FAULTS_PROXY_H

#include "endpoint.h"
#include "faults/fault/fault.h"
#include "wire.h"

struct proxy;

/* Callbacks; each may be NULL. */
struct proxy_events {
    /* A connection was made, or has ended for the given reason. */
    void (*connection)(void *context, unsigned number, const char *what);
    /* A PDU was received; a fault for it may be armed now. */
    void (*ask)(void *context, unsigned number, const struct wire_pdu *pdu);
    /* It is about to be carried, or broken. */
    void (*pdu)(void *context, unsigned number, const struct wire_pdu *pdu);
    /* A fault wants the server dead (and back). Its connections are reset afterwards. */
    void (*kill)(void *context, bool restart);
    void *context;
};

/* Listens; NULL with errno set. `events` is borrowed. */
struct proxy *proxy_open(const struct endpoint *listen, const struct endpoint *to,
                         const struct proxy_events *events);
void proxy_close(struct proxy *p);
/* Stops listening (clients are refused), or starts again at the same address. False: errno. */
bool proxy_listen(struct proxy *p, bool on);
/* New connections go there from now on. */
void proxy_aim(struct proxy *p, const struct endpoint *to);
/* The address, with the actual port in place of port 0. */
struct endpoint proxy_address(const struct proxy *p);

/* Waits up to timeout_ms (-1: without limit) for something to do, and does it. Also waits for the
   descriptor `also` (-1: none), and returns whether it is readable. */
bool proxy_step(struct proxy *p, int timeout_ms, int also);
/* Runs until there is nothing left to carry. */
void proxy_settle(struct proxy *p);

#endif
