/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wire of the simulation (wire.h) between real processes: what connects to one endpoint is
 * relayed to another, PDU by PDU, and each PDU is a fault point. It understands the framing of
 * DCE/RPC alone, so any connection-oriented service can stand behind it.
 *
 * One proxy in a process: what breaks is armed with fault_arm().
 */
#ifndef FAULTS_PROXY_H
#define FAULTS_PROXY_H

#include "endpoint.h"
#include "faults/fault/fault.h"
#include "wire.h"

struct proxy;

/* Who wants to know; each may be NULL. */
struct proxy_events {
    /* A connection was made, or has ended: why. */
    void (*connection)(void *context, unsigned number, const char *what);
    /* A PDU came, and a fault for it may be armed. */
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
/* The address, the port filled in that port 0 has become. */
struct endpoint proxy_address(const struct proxy *p);

/* Waits up to timeout_ms (-1: for ever) for something to do, and does it. `also` (-1: none) is
   waited for, too. Returns whether that one is readable. */
bool proxy_step(struct proxy *p, int timeout_ms, int also);
/* Goes on until nothing is left to be carried. */
void proxy_settle(struct proxy *p);

#endif
