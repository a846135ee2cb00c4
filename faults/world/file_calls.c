/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls on files but for their content, on the simulated tree (file.c) or passed through.
 */
#include "fail.h"
#include "faults/fault/fault.h"
#include "faults/seam/wrap.h"
#include "file.h"
#include "file_internal.h"
#include "ledger.h"
#include "world_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static bool simulated(void)
{
    return world_mode(WORLD_FILE) == WORLD_SIMULATED;
}

struct open_file *file_of(int fd)
{
    struct descriptor *d = descriptor_get(fd, DESCRIPTOR_FILE);
    struct open_file *f = d != NULL ? d->object : NULL;
    if (f != NULL && f->dead) {
        errno = EIO;
        return NULL;
    }
    return f;
}

/* The directory that paths are relative to; NULL: the root. False: errno is set. */
static bool base_of(int directory, const char *path, const struct inode **out)
{
    *out = NULL;
    if (strlen(path) >= FILE_PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (path[0] == '/' || directory == AT_FDCWD)
        return true;
    const struct open_file *f = file_of(directory);
    if (f == NULL)
        return false;
    if (!f->inode->is_directory) {
        errno = ENOTDIR;
        return false;
    }
    *out = f->inode;
    return true;
}

/* What the name stands for once a symbolic link is followed; NULL: it is not there. */
static struct name *follow(struct name *n)
{
    return n != NULL && n->inode != NULL && n->inode->link != NULL ? file_find(n->inode->link) : n;
}

/* 0, or the error with which the kernel refuses to open what is there. */
static int refusal(const struct inode *inode, int flags)
{
    if ((flags & O_CREAT) && (flags & O_EXCL))
        return EEXIST;
    if (inode->link != NULL)
        return ELOOP;
    if (inode->is_denied)
        return EACCES;
    if ((flags & O_DIRECTORY) && !inode->is_directory)
        return ENOTDIR;
    if (inode->is_directory && (flags & O_ACCMODE) != O_RDONLY)
        return EISDIR;
    if (inode->is_fifo && !(flags & O_NONBLOCK)) {
        fprintf(stderr, "a FIFO is opened without O_NONBLOCK: the call would wait for ever\n");
        abort();
    }
    return 0;
}

int file_open_path(int directory, const char *path, int flags, mode_t mode)
{
    const struct inode *base;
    if (!base_of(directory, path, &base))
        return -1;
    struct name *n = file_find_in(base, path);
    if (!(flags & O_NOFOLLOW))
        n = follow(n);
    n = file_opened_for(n);
    bool exists = n != NULL && n->inode != NULL;
    int error = exists ? refusal(n->inode, flags) : 0;
    if (error != 0)
        return fail(error);
    if (!exists && !(flags & O_CREAT))
        return fail(ENOENT);
    if (!exists && (file_is_full() || (n = file_add_in(base, path, false)) == NULL))
        return fail(ENOSPC);
    if (!exists)
        process_own(n->inode, mode);
    if ((flags & O_TRUNC) && (flags & O_ACCMODE) != O_RDONLY)
        file_set_size(n->inode, 0);
    return file_open(n->inode, (flags & O_ACCMODE) != O_RDONLY);
}

/* The path without needless slashes and dots: there are no links in it. */
static char *absolute(const char *path, char out[FILE_PATH_MAX])
{
    size_t n = 0;
    while (*(path += strspn(path, "/")) != '\0') {
        size_t length = strcspn(path, "/");
        if (length != 1 || *path != '.') {
            out[n++] = '/';
            memcpy(out + n, path, length);
            n += length;
        }
        path += length;
    }
    memcpy(out + n, n > 0 ? "" : "/", n > 0 ? 1 : 2);
    return out;
}

/* In the simulation the current directory is the root. */
char *__wrap_realpath(const char *path, char *out)
{
    struct fault_effect effect = FILE_POINT(FAULT_FILE_PATH);
    const struct inode *base;
    char simple[FILE_PATH_MAX + 1];
    if (effect.action == FAULT_FAIL)
        return fail_null(effect.value);
    if (!simulated()) {
        char *found = realpath(path, out);
        if (found != NULL && out == NULL)
            ledger_acquire(LEDGER_MEMORY, (uint64_t)(uintptr_t)found, strlen(found) + 1);
        return found;
    }
    if (!base_of(AT_FDCWD, path, &base))
        return NULL;
    const struct name *n = file_find_in(base, path);
    if (n == NULL || n->inode == NULL)
        return fail_null(ENOENT);
    size_t bytes = strlen(absolute(path, simple)) + 1;
    if (out == NULL && (out = memory_take(bytes)) == NULL)
        return NULL;
    return memcpy(out, simple, bytes);
}

static mode_t mode_argument(int flags, va_list arguments)
{
    return flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
}

/* What may be written can fail in more ways. */
static enum fault_class class_of(int flags)
{
    return (flags & O_CREAT) || (flags & O_ACCMODE) != O_RDONLY ? FAULT_FILE_CREATE
                                                                : FAULT_FILE_OPEN;
}

int __wrap_open(const char *path, int flags, ...)
{
    struct fault_effect effect = FILE_POINT(class_of(flags));
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_argument(flags, arguments);
    va_end(arguments);
    return simulated() ? file_open_path(AT_FDCWD, path, flags, mode)
                       : descriptor_acquired(open(path, flags, mode));
}

int __wrap_openat(int directory, const char *path, int flags, ...)
{
    struct fault_effect effect = FILE_POINT(class_of(flags));
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_argument(flags, arguments);
    va_end(arguments);
    return simulated() ? file_open_path(directory, path, flags, mode)
                       : descriptor_acquired(openat(directory, path, flags, mode));
}

/* Somebody else was faster: the file is gone, durably. A directory is only missed. */
static int not_found(int directory, const char *path)
{
    const struct inode *base;
    struct name *n =
        simulated() && base_of(directory, path, &base) ? file_find_in(base, path) : NULL;
    if (n != NULL && n->inode != NULL && !n->inode->is_directory) {
        n->inode = n->durable = NULL;
        n->is_lost = true;
        file_changed();
    }
    return fail(ENOENT);
}

static void fill_stat(const struct inode *inode, struct stat *out)
{
    memset(out, 0, sizeof *out);
    out->st_mode = inode->permissions | (inode->is_directory   ? S_IFDIR
                                         : inode->link != NULL ? S_IFLNK
                                         : inode->is_fifo      ? S_IFIFO
                                                               : S_IFREG);
    out->st_uid = inode->owner;
    out->st_gid = inode->group;
    out->st_size = (off_t)inode->size;
    out->st_nlink = 1;
    out->st_ino = (ino_t)(uintptr_t)inode;
}

int __wrap_fstat(int fd, struct stat *out)
{
    struct fault_effect effect = FILE_POINT(FAULT_FILE_STAT);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (!descriptor_is_simulated(fd))
        return fstat(fd, out);
    const struct open_file *f = file_of(fd);
    if (f == NULL)
        return -1;
    fill_stat(f->inode, out);
    return 0;
}

int file_lookup(int directory, const char *path, struct stat *out, int flags, const void *caller)
{
    struct fault_effect effect = file_point(FAULT_FILE_LOOKUP, caller);
    if (effect.action == FAULT_FAIL)
        return effect.value == ENOENT ? not_found(directory, path) : fail(effect.value);
    if (!simulated())
        return fstatat(directory, path, out, flags);
    if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH))
        return fail(EINVAL);
    const struct inode *base;
    if (!base_of(directory, path, &base))
        return -1;
    struct name *n = file_find_in(base, path);
    if (!(flags & AT_SYMLINK_NOFOLLOW))
        n = follow(n);
    if (n == NULL || n->inode == NULL)
        return fail(ENOENT);
    fill_stat(n->inode, out);
    return 0;
}

static int sync_file(int fd, int (*kernel)(int fd), const void *caller)
{
    struct fault_effect effect = file_point(FAULT_FILE_SYNC, caller);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (!descriptor_is_simulated(fd))
        return kernel(fd);
    const struct open_file *f = file_of(fd);
    if (f == NULL)
        return -1;
    file_spoil_synced(f->inode);
    file_tree_sync(f->inode);
    return 0;
}

int __wrap_fsync(int fd)
{
    return sync_file(fd, fsync, __builtin_return_address(0));
}

int __wrap_fdatasync(int fd)
{
    return sync_file(fd, fdatasync, __builtin_return_address(0));
}

/* 0, or the error with which the kernel refuses to put one in the place of the other. */
static int obstacle(const struct inode *moved, const struct inode *there)
{
    if (!there->is_directory)
        return moved->is_directory ? ENOTDIR : 0;
    if (!moved->is_directory)
        return EISDIR;
    return file_is_empty(there) ? 0 : ENOTEMPTY;
}

int file_rename(int from_directory, const char *from, int to_directory, const char *to,
                const void *caller)
{
    struct fault_effect effect = file_point(FAULT_FILE_RENAME, caller);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (!simulated())
        return renameat(from_directory, from, to_directory, to);
    const struct inode *old_base, *new_base;
    if (!base_of(from_directory, from, &old_base) || !base_of(to_directory, to, &new_base))
        return -1;
    struct name *s = file_find_in(old_base, from);
    if (s == NULL || s->inode == NULL)
        return fail(ENOENT);
    struct name *t = file_name_in(new_base, to);
    if (t == NULL)
        return fail(ENOSPC);
    int error = t->inode != NULL && t->inode != s->inode ? obstacle(s->inode, t->inode) : 0;
    if (error != 0)
        return fail(error);
    struct inode *moved = s->inode;
    s->inode = NULL;
    t->inode = moved;
    file_changed();
    return 0;
}

int file_unlink(int directory, const char *path, int flags, const void *caller)
{
    struct fault_effect effect = file_point(FAULT_FILE_UNLINK, caller);
    if (effect.action == FAULT_FAIL)
        return effect.value == ENOENT ? not_found(directory, path) : fail(effect.value);
    if (!simulated())
        return unlinkat(directory, path, flags);
    if (flags & ~AT_REMOVEDIR)
        return fail(EINVAL);
    const struct inode *base;
    if (!base_of(directory, path, &base))
        return -1;
    struct name *n = file_find_in(base, path);
    if (n == NULL || n->inode == NULL)
        return fail(ENOENT);
    bool as_directory = flags & AT_REMOVEDIR;
    if (n->inode->is_directory != as_directory)
        return fail(as_directory ? ENOTDIR : EISDIR);
    if (as_directory && !file_is_empty(n->inode))
        return fail(ENOTEMPTY);
    n->inode = NULL;
    file_changed();
    return 0;
}

int file_mkdir(int directory, const char *path, mode_t mode, const void *caller)
{
    struct fault_effect effect = file_point(FAULT_FILE_MKDIR, caller);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (!simulated())
        return mkdirat(directory, path, mode);
    const struct inode *base;
    if (!base_of(directory, path, &base))
        return -1;
    struct name *n = file_find_in(base, path);
    if (n != NULL && n->inode != NULL)
        return fail(EEXIST);
    if (file_is_full())
        return fail(ENOSPC);
    if ((n = file_add_in(base, path, true)) == NULL)
        return fail(ENOENT);
    process_own(n->inode, mode);
    return 0;
}

int __wrap_fchown(int fd, uid_t owner, gid_t group)
{
    struct fault_effect effect = FILE_POINT(FAULT_FILE_OWNER);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (!descriptor_is_simulated(fd))
        return fchown(fd, owner, group);
    const struct open_file *f = file_of(fd);
    if (f == NULL)
        return -1;
    if (!process_may_give(f->inode, owner, group))
        return fail(EPERM);
    f->inode->owner = owner;
    f->inode->group = group;
    return 0;
}

int __wrap_flock(int fd, int operation)
{
    struct fault_effect effect = FILE_POINT(FAULT_FILE_LOCK);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (!descriptor_is_simulated(fd))
        return flock(fd, operation);
    struct open_file *f = file_of(fd);
    if (f == NULL)
        return -1;
    const int asked = operation & ~LOCK_NB;
    if (asked != LOCK_SH && asked != LOCK_EX && asked != LOCK_UN)
        return fail(EINVAL);
    if (asked == LOCK_UN) {
        if (f->inode->lock_owner == f)
            f->inode->lock_owner = NULL;
        return 0;
    }
    /* Shared locks are not told apart: the target takes none. */
    if (f->inode->lock_owner != NULL && f->inode->lock_owner != f)
        return fail(EWOULDBLOCK);
    f->inode->lock_owner = f;
    return 0;
}
