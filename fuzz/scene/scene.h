/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets up the scene in which a program runs: an empty world, a store with known content, an
 * accounts file, and the backup service (service.h) listening. Everything is deterministic.
 */
#ifndef FUZZ_SCENE_H
#define FUZZ_SCENE_H

#include "faults/world/net.h"
#include "fuzz/program/program.h"

#include <stdint.h>

#define SCENE_SOCKET "/run/ntdsbsrvd/ncalrpc"
#define SCENE_STORE  "/store"
#define SCENE_USER   "operator"
#define SCENE_FAR_USER                                                                             \
    "\x01\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"
#define SCENE_PASSWORD "correct horse battery staple"
enum { SCENE_PORT = 1350 };

/* From now on the scene is that of another implementation: its service listens there, on no port if
   that is 0, and keeps no files of a form that is known. */
void scene_is_of_another(const char *socket, uint16_t port);
bool scene_has_another_wire(void); /* which is not DCE/RPC */
const char *scene_socket(void);
uint16_t scene_port(void);

/* Resets the world, lays out the store and starts the backup service, or listens with `service`
   instead if that is not NULL. Aborts if the service cannot start: no fault is armed yet, so that
   would be a bug in the scene. */
void scene_open(const struct program_world *world, const struct net_service *service);
/* The same, and the world looks for SCENE_PASSWORD (faults/world/secret.h). Costs
   time, so it is for programs that use it. Of no use with another service, which may send the
   very same bytes. */
void scene_open_with_secret(const struct program_world *world);

/* Whether the restore interlock would stand after a crash now; valid until the next scene_open().
 */
bool scene_interlock_is_durable(void);
/* Whether the reference's file of the restore interlock, or of the current log's number, is there
   and would be lost, or another one, after a crash now. */
bool scene_registration_is_fleeting(void);
bool scene_current_log_is_fleeting(void);
/* Ends DiskFull(), where a disk can be filled. */
void scene_free_disk(void);
/* Which names of the store's files are there, whatever bears them: a bit for each enum scene_file
   but the checkpoint. */
uint8_t scene_files(void);
/* The same of the further patch files: a bit for each, in their order. */
uint64_t scene_further_files(void);

#endif
