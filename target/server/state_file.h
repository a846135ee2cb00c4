/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small durable files. A write is all or nothing across a crash: temporary file, write, fsync,
 * rename, fsync of the directory. Reading returns exactly the bytes that were written, or refuses
 * the file as damaged.
 *
 * Layout, integers little-endian:  "NTDSBST1", u32 payload bytes, payload, SHA-256 of all before.
 */
#ifndef SERVER_STATE_FILE_H
#define SERVER_STATE_FILE_H

#include "../rpc/buffer.h"

enum { STATE_FILE_MAX_PAYLOAD = 8 << 20 };

/* Replaces `name` in `directory`. On failure the old content stands, and the temporary file is
   gone. If only the last step failed, the new content may stand: *out_renamed tells. */
uint32_t state_file_write(int directory, const char *name, const void *payload, size_t n,
                          bool *out_renamed);
/* 0 with the payload appended to `out`; ERROR_FILE_NOT_FOUND; hrLogFileCorrupt: damaged; or what
   reading failed with. */
uint32_t state_file_read(int directory, const char *name, struct buffer *out);
/* Removes it durably. Not there is success. */
uint32_t state_file_remove(int directory, const char *name);

#endif
