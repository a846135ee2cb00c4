/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stage is the process that owns the server (ntdsbsrvd) and the proxy in front of it
 * (faults/wire/proxy.h) when programs run between real processes. Server and proxy go on working
 * while the client, which is the runner's process, is inside a call.
 */
#ifndef FUZZ_REAL_STAGE_H
#define FUZZ_REAL_STAGE_H

#include "faults/fault/fault.h"
#include "target/server/ntdsb_server.h"

#include <stdbool.h>

/* Settings of the stage. Paths are absolute. */
struct real_settings {
    const char *server;    /* the program ntdsbsrvd */
    const char *directory; /* for the store, the sockets and the server's log; exists */
    bool tcp;              /* otherwise over UNIX sockets */
    unsigned sessions;     /* --max-sessions */
};

enum stage_request {
    STAGE_START,   /* argument: restore mode */
    STAGE_STOP,    /* SIGTERM; argument: the clients hold nothing any more */
    STAGE_KILL,    /* SIGKILL */
    STAGE_ARM,     /* the fault */
    STAGE_SETTLE,  /* waits until nothing is under way; disarms all */
    STAGE_QUIET,   /* waits until the server has dealt with what it was sent, and its answers are on
                      their way */
    STAGE_INSPECT, /* asks the server itself */
};

/* The result of a request, and events since the last one. */
struct stage_reply {
    uint32_t code; /* START: the server's code; STOP: its exit status; INSPECT: the call's result */
    bool up;
    unsigned deaths; /* since the stage began */
    int descriptors; /* STOP: descriptors of the server beyond those that it began with */
    struct fault_firing fired[FAULT_DISTINCT];
    uint32_t fired_count;
    struct ntdsb_server_counts counts;
};

/* Forks the stage. False: the reason is on standard error. */
bool stage_open(const struct real_settings *s);
void stage_close(void);
/* The string binding for clients: the proxy's. */
const char *stage_endpoint(void);
/* Ends the process if the stage is gone. */
struct stage_reply stage_ask(enum stage_request request, uint32_t argument,
                             const struct fault *fault);

#endif
