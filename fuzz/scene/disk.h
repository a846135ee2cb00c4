/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the scene's store lies: in the simulated files (disk_world.c), or in a folder of the
 * machine for a server that is a process of its own (disk_real.c). Paths as in the scene:
 * "/store/ntds.dit".
 */
#ifndef FUZZ_DISK_H
#define FUZZ_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Nothing is there. */
void disk_reset(void);
/* False: no room, or no parent. The bytes are borrowed until disk_reset(). */
bool disk_make_directory(const char *path);
bool disk_put(const char *path, const void *bytes, size_t n);
/* Its content is file_pattern_byte() of faults/world/file.h. */
bool disk_put_pattern(const char *path, uint64_t size);
/* The content; valid until the next disk_get(). False: no such file. */
bool disk_get(const char *path, const uint8_t **bytes, uint64_t *size);
/* Changes with every name that comes, goes or moves. */
uint32_t disk_changes(void);
/* Whether the file would be there after a crash at this moment. */
bool disk_is_durable(const char *path);
/* Remembers what was put, to be recalled at once after disk_reset(). False: nothing was. */
void disk_remember(unsigned slot);
bool disk_recall(unsigned slot);
/* The path as the server knows it; valid until the next call. */
const char *disk_path(const char *path);
/* What an accounts file holds for that password; valid until the next call. */
const char *disk_hash(const char *password);

#endif
