/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulated files: a tree of directories and files in memory. file_crash() loses everything
 * that was written but not synced, as a kernel may: contents need fsync() of the file, names
 * fsync() of the directory.
 */
#ifndef FAULTS_FILE_H
#define FAULTS_FILE_H

#include "file_pattern.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Set-up by the harness; durable at once. Paths are absolute. Parents must exist. The bytes
   of file_put() are borrowed until world_reset(). False: no room (64 files), no parent,
   path too long. */
bool file_make_directory(const char *path);
bool file_put(const char *path, const void *bytes, size_t n);
/* A file of any size whose content is file_pattern_byte(). */
bool file_put_pattern(const char *path, uint64_t size);

/* The same for what may stand in the place of a file: a FIFO, a symbolic link to a path (borrowed
   as well). A call that would wait at a FIFO ends the process. */
bool file_put_fifo(const char *path);
bool file_put_link(const char *path, const char *target);

/* Changes from outside of the process, durable at once, while it runs. False: no such file.
   file_resize(): of file_put() and file_put_pattern(); the bytes lent must reach as far.
   file_link(): a second name, in place of what had it. file_deny(): opening it fails. */
bool file_resize(const char *path, uint64_t size);
bool file_remove(const char *path);
/* Whether a fault has removed what had that name, and nothing has it since. */
bool file_is_lost(const char *path);
bool file_link(const char *from, const char *to);
bool file_deny(const char *path, bool denied);
/* Who opens `path`, which need not be there, opens what `other` names instead: until NULL and NULL
   are given, or world_reset(). False: no parent, or no room. */
bool file_stand_in(const char *path, const char *other);
/* The disk is full, until world_reset(): the process can write no byte and make no file (ENOSPC).
 */
void file_set_full(bool full);
bool file_is_full(void);
/* A disk that is slow: each read and write of a file by the client takes so long, unless it fails.
   One that is bad: at the next fsync() of what has that name then, its last byte becomes another
   one than was written, once. Both until world_reset(); the path is borrowed. */
void file_set_pace(uint32_t ms);
void file_spoil(const char *path);
/* Whether anything has that name. */
bool file_exists(const char *path);
/* Permissions (S_IRWXU | S_IRWXG | S_IRWXO) and owner, which fstat() tells and nothing checks; at
   first 0700 or 0600, of the first user and group. False: no such file. */
bool file_set_access(const char *path, mode_t permissions, uid_t owner, gid_t group);
bool file_get_access(const char *path, mode_t *permissions, uid_t *owner, gid_t *group);
/* The names in a directory, one after the other: `cursor` is 0 at the beginning. NULL: no more. */
const char *file_list(const char *directory, unsigned *cursor);

/* file_remember() saves the tree as it was set up, and file_recall() restores it at once after
   world_reset(). Slots 0 to FILE_SLOTS - 1. False: nothing was remembered there. Files that were
   written to since the set-up are not remembered. */
enum { FILE_SLOTS = 6 };
void file_remember(unsigned slot);
bool file_recall(unsigned slot);
/* Another number whenever a name is added, removed or renamed; where it is the same, so are the
   names. */
uint64_t file_version(void);

/* The content as a reader would see it now; false: no such file. `*bytes` is NULL for
   a pattern file, and for no other. */
bool file_get(const char *path, const uint8_t **bytes, uint64_t *size);
/* Whether the file is there, and would be after a crash at this moment, as it is now. */
bool file_is_durable(const char *path);
/* The machine dies and comes back: everything that was not synced is gone. Open
   descriptors are dead. */
void file_crash(void);
/* The process that uses the files dies: until file_power_on() each of its operations fails and
   changes nothing, so that the code that still runs while it is torn down has no effect. Faults of
   the kinds "crash" and "kill" do this. Closing still works. */
void file_power_off(void);
void file_power_on(void);
bool file_is_off(void);
/* Whether the machine has stopped with it: a fault of the kind "crash" has done so, and
   file_crash() is to follow. */
bool file_stopped_machine(void);

#endif
