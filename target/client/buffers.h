/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The buffers that callers own until they hand them to DsBackupFree: expiry tokens and lists. Each
 * is registered here, so that NULL, a foreign pointer, a pointer into the middle of a buffer and an
 * already freed one are recognised without being dereferenced. Thread-safe.
 */
#ifndef CLIENT_BUFFERS_H
#define CLIENT_BUFFERS_H

#include <stdint.h>

/* A registered buffer of that many bytes, aligned as malloc() does. NULL: out of memory. */
void *buffers_allocate(uint64_t bytes);
/* Frees what buffers_allocate() gave; ignores everything else. */
void buffers_free(void *buffer);

uint32_t buffers_outstanding(void);
/* Frees all remaining buffers. Does nothing if the registry is locked, which in the child of a
   fork() may never end. */
void buffers_unload(void);

#endif
