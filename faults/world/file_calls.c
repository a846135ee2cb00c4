/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls on files, on the simulated tree (file.c) or passed through.
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

/* The absolute path of a name relative to a directory descriptor. False: errno is set. */
static bool resolve(int directory, const char *path, char out[FILE_PATH_MAX])
{
    const char *base = "";
    if (path[0] != '/' && directory != AT_FDCWD) {
        const struct open_file *f = file_of(directory);
        if (f == NULL)
            return false;
        if (!f->inode->is_directory) {
            errno = ENOTDIR;
            return false;
        }
        base = f->name->path;
    }
    bool itself = strcmp(path, ".") == 0;
    size_t prefix = path[0] == '/' ? 0 : strlen(base), slash = path[0] != '/' && !itself,
           rest = itself ? 0 : strlen(path);
    size_t n = prefix + slash + rest;
    if (n >= FILE_PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(out, base, prefix);
    out[prefix] = '/';
    memcpy(out + prefix + slash, path, rest);
    out[n] = '\0';
    if (n > 1 && out[n - 1] == '/')
        out[n - 1] = '\0';
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

static int open_simulated(int directory, const char *path, int flags)
{
    char full[FILE_PATH_MAX];
    if (!resolve(directory, path, full))
        return -1;
    struct name *n = file_find(full);
    if (!(flags & O_NOFOLLOW))
        n = follow(n);
    bool exists = n != NULL && n->inode != NULL;
    int error = exists ? refusal(n->inode, flags) : 0;
    if (error != 0)
        return fail(error);
    if (!exists && !(flags & O_CREAT))
        return fail(ENOENT);
    if (!exists && (file_is_full() || (n = file_add(full, false)) == NULL))
        return fail(ENOSPC);
    if ((flags & O_TRUNC) && (flags & O_ACCMODE) != O_RDONLY)
        file_truncate(n->inode);
    return file_open(n, (flags & O_ACCMODE) != O_RDONLY);
}

static mode_t mode_argument(int flags, va_list arguments)
{
    return flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
}

int __wrap_open(const char *path, int flags, ...)
{
    struct fault_effect effect = FILE_POINT(FAULT_FILE_OPEN);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_argument(flags, arguments);
    va_end(arguments);
    return simulated() ? open_simulated(AT_FDCWD, path, flags)
                       : descriptor_acquired(open(path, flags, mode));
}

int __wrap_openat(int directory, const char *path, int flags, ...)
{
    struct fault_effect effect = FILE_POINT(FAULT_FILE_OPEN);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_argument(flags, arguments);
    va_end(arguments);
    return simulated() ? open_simulated(directory, path, flags)
                       : descriptor_acquired(openat(directory, path, flags, mode));
}

ssize_t __wrap_pread(int fd, void *room, size_t n, off_t offset)
{
    struct fault_effect effect = FILE_POINT(FAULT_FILE_READ);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (effect.action == FAULT_END)
        return 0;
    if (effect.action == FAULT_SHORT && n > 1)
        n /= 2;
    if (!descriptor_is_simulated(fd))
        return pread(fd, room, n, offset);
    const struct open_file *f = file_of(fd);
    if (f == NULL)
        return -1;
    if (f->inode->is_directory)
        return fail(EISDIR);
    if (f->inode->is_fifo)
        return fail(ESPIPE);
    if (offset < 0)
        return fail(EINVAL);
    uint64_t at = (uint64_t)offset;
    if (at >= f->inode->size)
        return 0;
    if (n > f->inode->size - at)
        n = (size_t)(f->inode->size - at);
    uint8_t *out = room;
    if (f->inode->is_pattern)
        for (size_t i = 0; i < n; i++)
            out[i] = file_pattern_byte(at + i);
    else
        memcpy(out, file_bytes(f->inode) + at, n);
    return (ssize_t)n;
}

ssize_t file_descriptor_write(struct descriptor *d, const void *bytes, size_t n)
{
    struct open_file *f = d->object;
    if (f->dead || !f->writable || f->inode->is_pattern)
        return fail(f->dead ? EIO : EBADF);
    if (file_is_full() && n > 0)
        return fail(ENOSPC);
    file_store(f->inode, f->position, bytes, n);
    f->position += n;
    return (ssize_t)n;
}

static void fill_stat(const struct inode *inode, struct stat *out)
{
    memset(out, 0, sizeof *out);
    out->st_mode = inode->is_directory   ? S_IFDIR | 0700
                   : inode->link != NULL ? S_IFLNK | 0777
                   : inode->is_fifo      ? S_IFIFO | 0600
                                         : S_IFREG | 0600;
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

int __wrap_fstatat(int directory, const char *path, struct stat *out, int flags)
{
    struct fault_effect effect = FILE_POINT(FAULT_FILE_STAT);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (!simulated())
        return fstatat(directory, path, out, flags);
    char full[FILE_PATH_MAX];
    if (!resolve(directory, path, full))
        return -1;
    const struct name *n = file_find(full);
    if (!(flags & AT_SYMLINK_NOFOLLOW))
        n = follow(file_find(full));
    if (n == NULL || n->inode == NULL)
        return fail(ENOENT);
    fill_stat(n->inode, out);
    return 0;
}

int __wrap_fsync(int fd)
{
    struct fault_effect effect = FILE_POINT(FAULT_FILE_SYNC);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (!descriptor_is_simulated(fd))
        return fsync(fd);
    struct open_file *f = file_of(fd);
    if (f == NULL)
        return -1;
    file_tree_sync(f->name, f->inode);
    return 0;
}

int __wrap_renameat(int from_directory, const char *from, int to_directory, const char *to)
{
    struct fault_effect effect = FILE_POINT(FAULT_FILE_RENAME);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (!simulated())
        return renameat(from_directory, from, to_directory, to);
    char source[FILE_PATH_MAX], target[FILE_PATH_MAX];
    if (!resolve(from_directory, from, source) || !resolve(to_directory, to, target))
        return -1;
    struct name *s = file_find(source);
    if (s == NULL || s->inode == NULL)
        return fail(ENOENT);
    struct inode *moved = s->inode;
    struct name *t = file_find(target);
    if (t == NULL && (t = file_add(target, false)) == NULL)
        return fail(ENOSPC);
    s->inode = NULL;
    t->inode = moved;
    file_changed();
    return 0;
}

int __wrap_unlinkat(int directory, const char *path, int flags)
{
    struct fault_effect effect = FILE_POINT(FAULT_FILE_UNLINK);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (!simulated())
        return unlinkat(directory, path, flags);
    char full[FILE_PATH_MAX];
    if (!resolve(directory, path, full))
        return -1;
    struct name *n = file_find(full);
    if (n == NULL || n->inode == NULL)
        return fail(ENOENT);
    if (n->inode->is_directory)
        return fail(EISDIR);
    n->inode = NULL;
    file_changed();
    return 0;
}

int __wrap_mkdirat(int directory, const char *path, mode_t mode)
{
    struct fault_effect effect = FILE_POINT(FAULT_FILE_MKDIR);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (!simulated())
        return mkdirat(directory, path, mode);
    char full[FILE_PATH_MAX];
    if (!resolve(directory, path, full))
        return -1;
    const struct name *n = file_find(full);
    if (n != NULL && n->inode != NULL)
        return fail(EEXIST);
    if (file_is_full())
        return fail(ENOSPC);
    return file_add(full, true) != NULL ? 0 : fail(ENOENT);
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
    if ((operation & ~LOCK_NB) == LOCK_UN) {
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

/* The target writes to files alone. */
ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
    struct fault_effect effect = file_point(FAULT_FILE_WRITE, __builtin_return_address(0));
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (effect.action == FAULT_SHORT && n > 1)
        n /= 2;
    if (!descriptor_is_simulated(fd))
        return write(fd, bytes, n);
    struct descriptor *d = descriptor_get(fd, DESCRIPTOR_FILE);
    return d != NULL ? file_descriptor_write(d, bytes, n) : -1;
}
