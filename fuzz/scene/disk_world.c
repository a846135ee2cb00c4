/* SPDX-License-Identifier: Apache-2.0 */
#include "backend.h"

#include "faults/world/file.h"
#include "faults/world/world.h"
#include "store_events.h"

/* world_reset() has done it. */
static void reset(void)
{
}

static const char *same_path(const char *path)
{
    return path;
}

const struct disk_backend disk_world = {
    .reset = reset,
    .make_directory = file_make_directory,
    .put = file_put,
    .put_pattern = file_put_pattern,
    .get = file_get,
    .exists = file_exists,
    .keep = store_events_keep,
    .version = file_version,
    .is_durable = file_is_durable,
    .remember = file_remember,
    .recall = file_recall,
    .path = same_path,
    .hash = world_hash,
};
