/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directory streams, on the simulated tree or passed through.
 */
#include "fail.h"
#include "faults/fault/fault.h"
#include "faults/seam/wrap.h"
#include "file_internal.h"
#include "ledger.h"
#include "world_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* Directory streams take over their descriptor: closedir() closes it. In the simulation the DIR is
   the open file itself. */

static DIR *take_over(int fd)
{
    DIR *stream;
    if (descriptor_is_simulated(fd)) {
        struct open_file *f = file_of(fd);
        if (f == NULL)
            return NULL;
        if (!f->inode->is_directory) {
            errno = ENOTDIR;
            return NULL;
        }
        f->list_at = 0;
        f->position = (uint64_t)fd; /* a directory has no position of its own */
        stream = (DIR *)(void *)f;
    } else {
        stream = fdopendir(fd);
    }
    if (stream != NULL && ledger_release(LEDGER_DESCRIPTOR, (uint64_t)fd + 1))
        ledger_acquire(LEDGER_DIRECTORY, (uint64_t)(uintptr_t)stream, 0);
    return stream;
}

DIR *__wrap_fdopendir(int fd)
{
    struct fault_effect effect = FILE_POINT(FAULT_FILE_LIST);
    if (effect.action == FAULT_FAIL)
        return fail_null(effect.value);
    return take_over(fd);
}

/* opendir() opens the directory itself. */
DIR *__wrap_opendir(const char *path)
{
    struct fault_effect effect = FILE_POINT(FAULT_FILE_OPENDIR);
    if (effect.action == FAULT_FAIL)
        return fail_null(effect.value);
    bool simulated = world_mode(WORLD_FILE) == WORLD_SIMULATED;
    int fd = simulated ? file_open_path(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0) : -1;
    if (fd >= 0)
        return take_over(fd);
    DIR *stream = simulated ? NULL : opendir(path);
    if (stream != NULL)
        ledger_acquire(LEDGER_DIRECTORY, (uint64_t)(uintptr_t)stream, 0);
    return stream;
}

static bool is_ours(const void *stream)
{
    return (const char *)stream >= (const char *)file_open_files &&
           (const char *)stream < (const char *)(file_open_files + OPEN_FILES);
}

struct dirent *__wrap_readdir(DIR *stream)
{
    struct fault_effect effect = FILE_POINT(FAULT_FILE_LIST);
    if (effect.action == FAULT_FAIL)
        return fail_null(effect.value);
    if (!is_ours(stream))
        return readdir(stream);
    struct open_file *f = (struct open_file *)(void *)stream;
    if (!f->used || f->dead) {
        if (!f->used)
            ledger_violate(LEDGER_USE_AFTER_RELEASE, LEDGER_DIRECTORY, (uint64_t)(uintptr_t)stream);
        errno = f->used ? EIO : EBADF;
        return NULL;
    }
    for (const struct name *n; (n = file_name_at(f->list_at)) != NULL;) {
        f->list_at++;
        if (n->inode == NULL || n->in != f->inode)
            continue;
        f->entry.d_type = n->inode->is_directory ? DT_DIR : DT_REG;
        memcpy(f->entry.d_name, n->last, strlen(n->last) + 1);
        return &f->entry;
    }
    return NULL;
}

int __wrap_closedir(DIR *stream)
{
    world_count_step();
    if (!ledger_release(LEDGER_DIRECTORY, (uint64_t)(uintptr_t)stream)) {
        errno = EBADF;
        return -1;
    }
    if (!is_ours(stream))
        return closedir(stream);
    struct open_file *f = (struct open_file *)(void *)stream;
    descriptor_any((int)f->position)->kind = DESCRIPTOR_FREE;
    f->used = false;
    return 0;
}
