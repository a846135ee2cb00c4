/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The backup service in the scene: what the daemon does with sockets and processes, done with
 * simulated ones. It runs in the client's thread: the client's send() is its input. Between them
 * lies a wire (faults/wire.h), on which each PDU can break.
 */
#ifndef FUZZ_SERVICE_H
#define FUZZ_SERVICE_H

#include "target/server/ntdsb_server.h"

#include <stdbool.h>

enum { SERVICE_SESSIONS = 12 };

enum service_mode { SERVICE_SAME_MODE, SERVICE_NORMAL, SERVICE_RESTORE_MODE, SERVICE_MODES };

/* Makes the names of the wire's sites known, for lists; service_open() does, too. */
void service_register_sites(void);
/* A new scene: no process is there. */
void service_open(bool restore_mode);
/* Starts the process, unless it is there: 0, or what ntdsb_server_create() says. */
uint32_t service_start(enum service_mode mode);
/* It ends as on SIGTERM: its connections are closed. */
void service_stop(void);
/* It ends as on SIGKILL: its connections are reset. What it wrote stays. */
void service_kill(void);
/* Its machine stops: as above, and what was not synced is lost. */
void service_power_fail(void);

/* For inspection; NULL while it is not there. */
struct ntdsb_server *service_server(void);
/* A fault restarted the process, and it did not start: 0, or the code. For the judge. */
uint32_t service_restart_failure(void);
/* How often its process died since service_open(), by events and by faults. */
unsigned service_deaths(void);

/* Sees all bytes between clients and the service: connections are numbered from 0 in each scene.
   NULL: nobody. */
typedef void service_tap(unsigned connection, bool from_client, const void *bytes, size_t n);
void service_set_tap(service_tap *tap);

#endif
