/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon in the scene: its connections, listeners, log and service, put together as its main()
 * does, on the simulated loop.
 */
#ifndef FUZZ_DAEMON_DAEMON_H
#define FUZZ_DAEMON_DAEMON_H

#include "guest.h"
#include "target/server/ntdsb_server.h"

/* What it logs. */
enum daemon_log { DAEMON_LOG_ALL, DAEMON_LOG_USUAL, DAEMON_LOG_FAILURES };

struct daemon_settings {
    uint32_t max_connections, max_sessions;
    size_t max_held; /* bytes that all connections may hold; 0: as many as by default */
    uint32_t idle_s, session_idle_s, request_s;
    bool accounts; /* there is a file of them, and the world watches for SCENE_PASSWORD */
    enum daemon_log log;
    bool no_group;     /* no group is trusted */
    bool restore_mode; /* the directory is offline */
    int32_t
        clock_set; /* seconds by which somebody sets the machine's clock whenever time goes on */
};

/* Who is who: the daemon's own user is not root. */
enum { DAEMON_USER = 990, DAEMON_GROUP = 991, TRUSTED_GROUP = 34, STRANGER = 1000 };

/* An empty world, a store, and the daemon listening on both transports. */
void daemon_open(const struct daemon_settings *settings);
/* It ends as on SIGTERM, and the loop has nothing left to do. */
void daemon_close(void);
struct ntdsb_server_counts daemon_counts(void);
/* Whether the password that the world watches is in the daemon's own memory. */
bool daemon_holds_secret(void);
/* What it has logged since it began. */
const char *daemon_log(void);

#endif
