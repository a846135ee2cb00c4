/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the backup service in the scene as the daemon does, but on simulated sockets and processes
 * (service.c). It runs in the client's thread: the client's send() is its input. Between them lies
 * a wire (faults/wire/wire.h), on which each PDU can break.
 *
 * fuzz/real/service_real.c does the same with real processes and sockets.
 */
#ifndef FUZZ_SERVICE_H
#define FUZZ_SERVICE_H

#include "target/server/ntdsb_server.h"

#include <stdbool.h>

enum { SERVICE_SESSIONS = 12 };

enum service_mode { SERVICE_SAME_MODE, SERVICE_NORMAL, SERVICE_RESTORE_MODE, SERVICE_MODES };

/* Registers the names of the wire's fault points, for lists; service_open() does so as well. */
void service_register_sites(void);
/* A new scene: no process runs. */
void service_open(bool restore_mode);
/* Starts the process, unless it runs: 0, or the code of ntdsb_server_create(). */
uint32_t service_start(enum service_mode mode);
/* It ends as on SIGTERM: its connections are closed. */
void service_stop(void);
/* It ends as on SIGKILL: its connections are reset. Data that it wrote stays. */
void service_kill(void);
/* Its machine stops: as above, and unsynced data is lost. */
void service_power_fail(void);

/* The resources that it holds; false: it does not run. */
bool service_inspect(struct ntdsb_server_counts *out);
/* The simulated server; NULL while it does not run. */
struct ntdsb_server *service_server(void);
/* Its endpoint for clients: a string binding, valid until the next call. */
const char *service_endpoint(bool tcp);

struct fault;
/* Arms a fault in the process that its fault points belong to, if that is not this one. */
bool service_arm(const struct fault *f);
/* After a call: waits until bytes under way have arrived, and enters faults that fired elsewhere
   into the report. */
void service_settle(void);
/* How often its process died since service_open(), by events and by faults. */
unsigned service_deaths(void);

/* Rewrites the service's answers, PDU by PDU, in place; there is room for `capacity` bytes. Returns
   the new length. NULL: answers are not changed. */
typedef size_t service_liar(uint8_t *pdu, size_t n, size_t capacity);
void service_set_liar(service_liar *liar);

/* Sees all bytes between clients and the service: connections are numbered from 0 in each scene.
   NULL: no tap. */
typedef void service_tap(unsigned connection, bool from_client, const void *bytes, size_t n);
void service_set_tap(service_tap *tap);

#endif
