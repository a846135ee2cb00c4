/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The backup service in the scene: what the daemon does with sockets and processes, done with
 * simulated ones (service.c). It runs in the client's thread: the client's send() is its input.
 * Between them lies a wire (faults/wire/wire.h), on which each PDU can break.
 *
 * fuzz/real/service_real.c does the same with real processes and sockets.
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

/* What it holds; false: it is not there. */
bool service_inspect(struct ntdsb_server_counts *out);
/* The simulated one; NULL while it is not there. */
struct ntdsb_server *service_server(void);
/* Where clients find it: a string binding, valid until the next call. */
const char *service_endpoint(bool tcp);

struct fault;
/* Arms a fault where its crossings are, if that is not in this process. */
bool service_arm(const struct fault *f);
/* After a call: what is on its way has arrived, and faults that fired elsewhere are in the report.
 */
void service_settle(void);
/* How often its process died since service_open(), by events and by faults. */
unsigned service_deaths(void);

/* Rewrites what the service says, PDU by PDU, in place; there is room for `capacity` bytes. Returns
   how many there are then. NULL: nobody lies. */
typedef size_t service_liar(uint8_t *pdu, size_t n, size_t capacity);
void service_set_liar(service_liar *liar);

/* Sees all bytes between clients and the service: connections are numbered from 0 in each scene.
   NULL: nobody. */
typedef void service_tap(unsigned connection, bool from_client, const void *bytes, size_t n);
void service_set_tap(service_tap *tap);

#endif
