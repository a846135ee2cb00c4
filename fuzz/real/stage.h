/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stage of programs that run between real processes: a process that owns the server
 * (ntdsbsrvd) and the proxy in front of it (faults/wire/proxy.h), so that both go on while the
 * client, which is the process of the runner, is inside a call.
 */
#ifndef FUZZ_REAL_STAGE_H
#define FUZZ_REAL_STAGE_H

#include "faults/fault/fault.h"
#include "target/server/ntdsb_server.h"

#include <stdbool.h>

/* What all of it needs to know. Paths are absolute. */
struct real_settings {
    const char *server;    /* the program ntdsbsrvd */
    const char *directory; /* for the store, the sockets and the server's log; exists */
    bool tcp;              /* else over UNIX sockets */
    unsigned sessions;     /* --max-sessions */
};

enum stage_request {
    STAGE_START,   /* argument: restore mode */
    STAGE_STOP,    /* SIGTERM; argument: no client has anything left */
    STAGE_KILL,    /* SIGKILL */
    STAGE_ARM,     /* the fault */
    STAGE_SETTLE,  /* waits until nothing is on its way; disarms all */
    STAGE_INSPECT, /* asks the server itself */
};

/* What came of a request, and what happened since the last one. */
struct stage_reply {
    uint32_t code; /* START: what the server said; STOP: its exit status; INSPECT: of the call */
    bool up;
    unsigned deaths; /* since the stage began */
    int descriptors; /* STOP: that the server held beyond those that it began with */
    struct fault_firing fired[FAULT_DISTINCT];
    uint32_t fired_count;
    struct ntdsb_server_counts counts;
};

/* Forks the stage. False: said why. */
bool stage_open(const struct real_settings *s);
void stage_close(void);
/* A string binding for clients: the proxy's. */
const char *stage_endpoint(void);
/* Ends the process if the stage is gone. */
struct stage_reply stage_ask(enum stage_request request, uint32_t argument,
                             const struct fault *fault);

#endif
