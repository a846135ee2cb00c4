/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole transfers: interrupted and short calls are continued.
 */
#ifndef SERVER_FILE_IO_H
#define SERVER_FILE_IO_H

#include <stddef.h>
#include <stdint.h>

/* Reads until `n` bytes are there or the file ends. 0 or an errno_code(); *out_read is right either
   way. */
uint32_t file_read_at(int fd, void *room, size_t n, uint64_t offset, size_t *out_read);
uint32_t file_write_all(int fd, const void *bytes, size_t n);
/* openat(), fsync(): again when interrupted. -1 with errno. */
int file_open_at(int directory, const char *name, int flags, unsigned mode);
int file_sync(int fd);

#endif
