/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The buffers that callers own until they hand them to DsBackupFree: expiry tokens and lists. Each
 * is registered here, so that NULL, a foreign pointer, one into the middle of a buffer and one that
 * was freed already are told apart without ever being dereferenced. Thread-safe.
 */
#ifndef CLIENT_BUFFERS_H
#define CLIENT_BUFFERS_H

#include <stdint.h>

/* A registered buffer of that many bytes, aligned as malloc() does. NULL: out of memory. */
void *buffers_allocate(uint64_t bytes);
/* Frees what buffers_allocate() gave; ignores everything else. */
void buffers_free(void *buffer);

uint32_t buffers_outstanding(void);
/* Frees all that is left. Does nothing if the registry is locked: in the child of a fork() that may
   be for ever. */
void buffers_unload(void);

#endif
