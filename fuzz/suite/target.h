/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the suite needs to know of an implementation of ntdsbcli.h beyond its functions
 * (docs/your-implementation.md). Everything has a default: a member that is left out, or no
 * definition at all. What is given decides what can be judged:
 *
 *   nothing, or a peer    the client alone, by the rules of the API
 *   server                the client with its own server: each answer, by the model
 *   counts                what both hold, too
 *
 *     const struct rundown_target rundown_target = {.socket = "/run/mine", .server = &mine};
 *
 * Client and server run in one thread on the simulated world: the client's send() calls received(),
 * which answers by rundown_send(). Files, clocks and memory of the server are the world's.
 */
#ifndef RUNDOWN_TARGET_H
#define RUNDOWN_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the client holds. */
struct rundown_client_counts {
    uint32_t handles; /* prepared and not ended */
    uint32_t buffers; /* handed out and not given to DsBackupFree */
};

/* What the server holds. */
struct rundown_server_counts {
    uint32_t connections, backup_sessions, restore_sessions;
    uint32_t open_files; /* of the store, by sessions */
    bool online;         /* the directory is online */
    bool registered;     /* a restore is registered and not completed */
};

/* What the server starts with. */
struct rundown_settings {
    const char *store;       /* folder of ntds.dit, edb*.log, edb.chk and *.pat */
    const char *host;        /* for the UNC names in lists */
    bool restore_mode;       /* Directory Services Restore Mode */
    uint32_t most_sessions;  /* at one time */
    uint32_t tombstone_days; /* how long a token is good */
};

struct rundown_connection;
/* Queues bytes for the client; they are copied. */
void rundown_send(struct rundown_connection *to, const void *bytes, size_t n);
/* The connection ends when they are sent; disconnected() is called then. */
void rundown_close(struct rundown_connection *c);

/* The server as callbacks. All but connected() and received() may be left out. */
struct rundown_server {
    /* 0, or the code why it cannot start. */
    int32_t (*start)(const struct rundown_settings *s);
    /* All connections were disconnected before. Also how it dies: files then do not change. */
    void (*stop)(void);
    /* The server's side of a connection; NULL: it refuses. */
    void *(*connected)(struct rundown_connection *c);
    void (*received)(void *side, const void *bytes, size_t n);
    void (*disconnected)(void *side);
    void (*counts)(struct rundown_server_counts *out);
};

struct rundown_target {
    const char *socket;  /* where the client connects to: UNIX domain, "" or left out: a default */
    unsigned short port; /* and 127.0.0.1; 0: none */
    /* The client library as it is when a process begins. Left out: no program has ClientExit(). */
    void (*unload)(void);
    void (*counts)(struct rundown_client_counts *out);
    /* Makes a token of the server's that is good, as if made then (seconds since 1970), for
       programs that restore without a backup of their own; returns its bytes, at most 4096. Left
       out: such programs have an empty one. */
    uint32_t (*token)(int64_t made, void *out);
    const struct rundown_server *server;
    /* Without a server, what answers in its place: lines "> TEXT" and below each "< TEXT". What was
       sent and has a TEXT in it is answered with that below. Of lines with the same TEXT each
       answers once, in their order, and then the last: so a recorded conversation can stand here.
       TEXT is as in <rundown/scenario.h>. NULL: answers are noise. */
    const char *peer;
    /* Half of the answers, of the peer or of the server, are changed, cut, doubled, lost or
       followed by noise. What the server answers is then not held against the model. */
    bool hostile;
};
extern const struct rundown_target rundown_target;

#endif
