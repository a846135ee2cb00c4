/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logs sessions, restores and refusals, each with the peer that made the call, and at
 * LOG_LEVEL_DEBUG every call. Never a password, a token or a file's bytes.
 */
#ifndef DAEMON_SESSION_LOG_H
#define DAEMON_SESSION_LOG_H

#include "../ntdsb_server.h"
#include "peer_connection.h"

struct session_log {
    const struct peer_table *peers; /* borrowed */
    struct ntdsb_server *service;   /* borrowed; set once there is one */
};

/* An observer that writes to the log; `log` must live as long as the server. */
struct ntdsb_server_observer session_log_observer(struct session_log *log);

#endif
