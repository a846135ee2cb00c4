/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulated files: a tree of directories and files in memory. What was written but not synced
 * is lost by file_crash(), as a kernel may lose it: contents need fsync() of the file, names
 * fsync() of the directory.
 */
#ifndef FAULTS_FILE_H
#define FAULTS_FILE_H

#include "file_pattern.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Set-up by the harness; durable at once. Paths are absolute. Parents must exist. The bytes of
   file_put() are borrowed until world_reset(). False: no room (64 files), no parent, path too long.
 */
bool file_make_directory(const char *path);
bool file_put(const char *path, const void *bytes, size_t n);
/* A file of any size whose content is file_pattern_byte(). */
bool file_put_pattern(const char *path, uint64_t size);

/* Remembers the tree as it was set up, and sets it up again at once after world_reset(). Slots 0 to
   3. False: nothing was remembered there. What was written to since is not remembered. */
void file_remember(unsigned slot);
bool file_recall(unsigned slot);
/* Changes with every name that comes, goes or moves. */
uint32_t file_changes(void);

/* The content as a reader would see it now; false: no such file. `*bytes` is NULL for a pattern
 * file. */
bool file_get(const char *path, const uint8_t **bytes, uint64_t *size);
/* Whether the file would be there after a crash at this moment. */
bool file_is_durable(const char *path);
/* The machine dies and comes back: everything that was not synced is gone. Open descriptors are
 * dead. */
void file_crash(void);
/* The process that works on the files is dying: until file_power_on() each of its operations fails
   and changes nothing, so that what its code still does on the way out has no effect. A fault of
   the kind "crash" does this. Closing still works. */
void file_power_off(void);
void file_power_on(void);
bool file_is_off(void);

#endif
