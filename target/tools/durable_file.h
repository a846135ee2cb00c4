/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that are on the disk when the function that finishes them returns true. All are made with
 * O_NOFOLLOW under a directory's descriptor. On false errno says why.
 */
#ifndef DURABLE_FILE_H
#define DURABLE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct durable_file {
    int fd;          /* -1: not open */
    uint64_t offset; /* bytes that are correct so far */
    bool keep;       /* existing blocks are compared, and not written again */
    unsigned char *scratch;
    size_t scratch_bytes;
};

/* The file must not exist, unless `keep`. */
bool durable_open(struct durable_file *f, int directory, const char *name, bool keep);
bool durable_append(struct durable_file *f, const void *bytes, size_t n);
/* Truncates after the last byte, syncs, closes. Syncing the directory is left to the caller. */
bool durable_finish(struct durable_file *f);
/* Closes without making anything durable. Does nothing after durable_finish(). */
void durable_abandon(struct durable_file *f);

/* Replaces `name`: temporary file, sync, rename, sync of the directory. */
bool durable_write(int directory, const char *name, const void *bytes, size_t n);

/* Reads a regular file of at most `capacity` bytes whole. Fails with EFBIG if it has more, EINVAL
   if it is not a regular file. */
bool durable_read(int directory, const char *name, void *out, size_t capacity, size_t *out_n);

#endif
