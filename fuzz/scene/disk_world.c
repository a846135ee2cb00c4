/* SPDX-License-Identifier: Apache-2.0 */
#include "disk.h"

#include "faults/world/file.h"
#include "faults/world/world.h"

/* world_reset() has done it. */
void disk_reset(void)
{
}

bool disk_make_directory(const char *path)
{
    return file_make_directory(path);
}

bool disk_put(const char *path, const void *bytes, size_t n)
{
    return file_put(path, bytes, n);
}

bool disk_put_pattern(const char *path, uint64_t size)
{
    return file_put_pattern(path, size);
}

bool disk_get(const char *path, const uint8_t **bytes, uint64_t *size)
{
    return file_get(path, bytes, size);
}

uint32_t disk_changes(void)
{
    return file_changes();
}

bool disk_is_durable(const char *path)
{
    return file_is_durable(path);
}

void disk_remember(unsigned slot)
{
    file_remember(slot);
}

bool disk_recall(unsigned slot)
{
    return file_recall(slot);
}

const char *disk_path(const char *path)
{
    return path;
}

const char *disk_hash(const char *password)
{
    return world_hash(password);
}
