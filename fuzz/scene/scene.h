/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scene of a program: an empty world, a store with known content, an accounts file, and the
 * backup service (service.h) listening in it. Everything is deterministic.
 */
#ifndef FUZZ_SCENE_H
#define FUZZ_SCENE_H

#include "faults/world/net.h"
#include "fuzz/program/program.h"
#include "target/idl/token.h"

#include <stdint.h>

enum { SCENE_STORES = 3 };

#define SCENE_SOCKET   "/run/ntdsbsrvd/ncalrpc"
#define SCENE_STORE    "/store"
#define SCENE_USER     "operator"
#define SCENE_PASSWORD "correct horse battery staple"
enum { SCENE_PORT = 1350 };

/* Resets the world, lays out the store and starts the backup service, or listens with `service`
   instead if that is not NULL. Aborts if the service cannot start: no fault is armed yet, so that
   would be a bug of the scene. */
void scene_open(const struct program_world *world, const struct net_service *service);
/* The same, and the ledger looks for SCENE_PASSWORD in all memory that is released. Costs time, so
   it is for programs that use it. Of no use with another service, which may send the very same
   bytes. */
void scene_open_with_secret(const struct program_world *world);

/* Whether `n` bytes read at `offset` of the file with that (last) name are what the store holds.
   False: they differ, no such file, or the range ends beyond its end. */
bool scene_compare(const char *name, uint64_t offset, const uint8_t *bytes, size_t n);
/* Its size in bytes, 0 if it does not exist. */
uint64_t scene_file_size(const char *name, bool *exists);

/* A token of the scene's server, of this moment, into `out`: how a program gets one in restore
 * mode. Returns its bytes. */
uint32_t scene_make_token(uint8_t out[EXPIRY_TOKEN_BYTES]);
/* Whether the restore interlock would stand after a crash now; valid until the next scene_open().
 */
bool scene_interlock_is_durable(void);
/* What the service's files hold: the number that was set last, -1: none; the registered restore as
   it lies in its file, NULL: none, or another implementation keeps it in a form of its own. */
int64_t scene_current_log(void);
const uint8_t *scene_registration(uint64_t *out_bytes);

/* The UNC name of the store, as lists have it. */
const char *scene_unc(void);
/* A program's name of a file, with that in the place of the store's UNC name; valid until the next
   call. */
const char *scene_name(const char *name);

/* Which of edb00001.log, edb00002.log and edb.log exist: bits 2, 3, 4. */
uint8_t scene_logs(void);

#endif
