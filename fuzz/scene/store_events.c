/* SPDX-License-Identifier: Apache-2.0 */
#include "store_events.h"

#include "faults/world/file.h"
#include "scene.h"

#include <stdio.h>

enum { PATH_BYTES = 64 };

static const char *path_of(enum scene_file file)
{
    static char paths[2][PATH_BYTES];
    static unsigned next;
    char *path = paths[next++ % 2];
    snprintf(path, PATH_BYTES, SCENE_STORE "/%s", scene_file_names[file]);
    return path;
}

static const char *kept_path(enum scene_file file)
{
    static char path[PATH_BYTES];
    snprintf(path, sizeof path, "/kept.%s", scene_file_names[file]);
    return path;
}

void store_events_keep(void)
{
    for (unsigned i = 0; i < SCENE_FILES; i++)
        file_link(path_of((enum scene_file)i), kept_path((enum scene_file)i));
}

static void put_another(const char *path)
{
    file_put(path, scene_content() + SCENE_OTHER_AT, SCENE_OTHER_BYTES);
}

void store_events_rotate(void)
{
    const uint8_t *bytes;
    uint64_t size;
    if (file_exists(path_of(FILE_LOG_3)) || !file_get(path_of(FILE_LOG_CURRENT), &bytes, &size))
        return;
    file_link(path_of(FILE_LOG_CURRENT), path_of(FILE_LOG_3));
    put_another(path_of(FILE_LOG_CURRENT));
}

void store_events_grow(enum scene_file file, uint32_t more)
{
    const uint8_t *bytes;
    uint64_t size;
    if (file_get(path_of(file), &bytes, &size))
        file_resize(path_of(file), scene_grown(bytes == NULL, size, more));
}

void store_events_shrink(enum scene_file file, uint32_t less)
{
    const uint8_t *bytes;
    uint64_t size;
    if (file_get(path_of(file), &bytes, &size))
        file_resize(path_of(file), size > less ? size - less : 0);
}

void store_events_remove(enum scene_file file)
{
    file_remove(path_of(file));
}

void store_events_replace(enum scene_file file, enum scene_place by)
{
    switch (by) {
    case PLACE_LINK:
        file_put_link(path_of(file), SCENE_STORE "/edb.chk");
        return;
    case PLACE_FIFO:
        file_put_fifo(path_of(file));
        return;
    case PLACE_FOLDER:
        file_make_directory(path_of(file));
        return;
    default:
        put_another(path_of(file));
    }
}

void store_events_deny(enum scene_file file)
{
    const uint8_t *bytes;
    uint64_t size;
    if (file_get(path_of(file), &bytes, &size))
        file_deny(path_of(file), true);
}

void store_events_restore(enum scene_file file)
{
    if (!file_link(kept_path(file), path_of(file)))
        return;
    file_resize(path_of(file), scene_size_of(file));
    file_deny(path_of(file), false);
}
