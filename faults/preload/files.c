/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files by their descriptors and names.
 */
#include "next.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

bool preload_is_socket(int fd)
{
    struct stat about;
    int saved = errno;
    bool is = NEXT(fstat)(fd, &about) == 0 && S_ISSOCK(about.st_mode);
    errno = saved;
    return is;
}

ssize_t preload_allowed(struct fault_effect effect, size_t count)
{
    switch (effect.action) {
    case FAULT_GO_ON:
        return (ssize_t)count;
    case FAULT_SHORT:
        return count > 1 ? (ssize_t)(count / 2) : (ssize_t)count;
    case FAULT_END:
        return 0;
    default:
        return -1;
    }
}

/* Opening and closing ------------------------------------------------------------------------- */

/* The modes of open() and its like: only some of them are passed one. */
static mode_t mode_of(int flags, va_list rest)
{
    bool has_mode = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
    return has_mode ? va_arg(rest, mode_t) : 0;
}

static int opened(int directory, const char *path, int flags, mode_t mode, const void *caller)
{
    int place;
    enum fault_class class = (flags & O_CREAT) != 0 ? FAULT_FILE_CREATE : FAULT_FILE_OPEN;
    if (preload_cross(class, caller, &place).action != FAULT_GO_ON)
        return -1;
    return preload_keep_descriptor(NEXT(openat)(directory, path, flags, mode), place);
}

// NOLINTBEGIN(bugprone-macro-parentheses): the parameters of a function
#define OPEN(name, directory, parameters)                                                          \
    int name parameters                                                                            \
    {                                                                                              \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode_t mode = mode_of(flags, rest);                                                        \
        va_end(rest);                                                                              \
        return opened(directory, path, flags, mode, __builtin_return_address(0));                  \
    }
// NOLINTEND(bugprone-macro-parentheses)
OPEN(open, AT_FDCWD, (const char *path, int flags, ...))
OPEN(open64, AT_FDCWD, (const char *path, int flags, ...))
OPEN(openat, at, (int at, const char *path, int flags, ...))
OPEN(openat64, at, (int at, const char *path, int flags, ...))

/* As _FORTIFY_SOURCE calls them: without a mode. */
// NOLINTBEGIN(bugprone-macro-parentheses, bugprone-reserved-identifier): as above
#define OPEN_2(name, directory, parameters)                                                        \
    extern int name parameters;                                                                    \
    int name parameters                                                                            \
    {                                                                                              \
        return opened(directory, path, flags, 0, __builtin_return_address(0));                     \
    }
OPEN_2(__open_2, AT_FDCWD, (const char *path, int flags))
OPEN_2(__open64_2, AT_FDCWD, (const char *path, int flags))
OPEN_2(__openat_2, at, (int at, const char *path, int flags))
OPEN_2(__openat64_2, at, (int at, const char *path, int flags))
// NOLINTEND(bugprone-macro-parentheses, bugprone-reserved-identifier)

#define CREAT(name)                                                                                \
    int name(const char *path, mode_t mode)                                                        \
    {                                                                                              \
        return opened(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode,                          \
                      __builtin_return_address(0));                                                \
    }
CREAT(creat)
CREAT(creat64)

// NOLINTBEGIN(bugprone-macro-parentheses): the parameters of a function
#define MAKE(name, parameters, arguments)                                                          \
    int name parameters                                                                            \
    {                                                                                              \
        int place;                                                                                 \
        return FAILS(FAULT_FILE_CREATE, &place)                                                    \
                   ? -1                                                                            \
                   : preload_keep_descriptor(NEXT(name) arguments, place);                         \
    }
// NOLINTEND(bugprone-macro-parentheses)
MAKE(mkstemp, (char *path), (path))
MAKE(mkstemp64, (char *path), (path))
MAKE(mkostemp, (char *path, int flags), (path, flags))
MAKE(mkostemp64, (char *path, int flags), (path, flags))
MAKE(mkstemps, (char *path, int suffix), (path, suffix))
MAKE(mkstemps64, (char *path, int suffix), (path, suffix))
MAKE(mkostemps, (char *path, int suffix, int flags), (path, suffix, flags))
MAKE(mkostemps64, (char *path, int suffix, int flags), (path, suffix, flags))

char *mkdtemp(char *path)
{
    int place;
    return FAILS(FAULT_FILE_MKDIR, &place) ? NULL : NEXT(mkdtemp)(path);
}

/* As on Linux, the descriptor is closed whatever close() says. Of a socket it says nothing. */
int close(int fd)
{
    int place;
    struct fault_effect effect = {FAULT_GO_ON, 0};
    if (!preload_is_socket(fd))
        effect = preload_cross(FAULT_FILE_CLOSE, __builtin_return_address(0), &place);
    preload_drop_descriptor(fd);
    int result = NEXT(close)(fd);
    if (effect.action != FAULT_FAIL)
        return result;
    errno = effect.value;
    return -1;
}

/* Bytes --------------------------------------------------------------------------------------- */

static ssize_t allowed_to_read(int fd, size_t count, const void *caller)
{
    int place;
    return preload_allowed(
        preload_cross(preload_is_socket(fd) ? FAULT_NET_RECV : FAULT_FILE_READ, caller, &place),
        count);
}

ssize_t read(int fd, void *out, size_t count)
{
    ssize_t n = allowed_to_read(fd, count, __builtin_return_address(0));
    return n <= 0 && count != 0 ? n : NEXT(read)(fd, out, (size_t)n);
}

extern ssize_t __read_chk(int fd, void *out, size_t count, size_t room); // NOLINT

ssize_t __read_chk(int fd, void *out, size_t count, size_t room) // NOLINT
{
    ssize_t n = allowed_to_read(fd, count, __builtin_return_address(0));
    return n <= 0 && count != 0 ? n : NEXT(__read_chk)(fd, out, (size_t)n, room);
}

#define PREAD(name, offset_type)                                                                   \
    ssize_t name(int fd, void *out, size_t count, offset_type offset)                              \
    {                                                                                              \
        ssize_t n = allowed_to_read(fd, count, __builtin_return_address(0));                       \
        return n <= 0 && count != 0 ? n : NEXT(name)(fd, out, (size_t)n, offset);                  \
    }
PREAD(pread, off_t)
PREAD(pread64, off64_t)

#define PREAD_CHK(name, offset_type)                                                               \
    extern ssize_t name(int fd, void *out, size_t count, offset_type offset, size_t room);         \
    ssize_t name(int fd, void *out, size_t count, offset_type offset, size_t room)                 \
    {                                                                                              \
        ssize_t n = allowed_to_read(fd, count, __builtin_return_address(0));                       \
        return n <= 0 && count != 0 ? n : NEXT(name)(fd, out, (size_t)n, offset, room);            \
    }
PREAD_CHK(__pread_chk, off_t)     // NOLINT
PREAD_CHK(__pread64_chk, off64_t) // NOLINT

ssize_t write(int fd, const void *in, size_t count)
{
    int place;
    enum fault_class class = preload_is_socket(fd) ? FAULT_NET_SEND : FAULT_FILE_WRITE;
    ssize_t n = preload_allowed(preload_cross(class, __builtin_return_address(0), &place), count);
    return n < 0 ? n : NEXT(write)(fd, in, (size_t)n);
}

#define PWRITE(name, offset_type)                                                                  \
    ssize_t name(int fd, const void *in, size_t count, offset_type offset)                         \
    {                                                                                              \
        int place;                                                                                 \
        ssize_t n = preload_allowed(                                                               \
            preload_cross(FAULT_FILE_WRITE, __builtin_return_address(0), &place), count);          \
        return n < 0 ? n : NEXT(name)(fd, in, (size_t)n, offset);                                  \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t getrandom(void *out, size_t count, unsigned flags)
{
    int place;
    ssize_t n =
        preload_allowed(preload_cross(FAULT_RAND_GET, __builtin_return_address(0), &place), count);
    return n < 0 ? n : NEXT(getrandom)(out, (size_t)n, flags);
}

/* What succeeds or fails ---------------------------------------------------------------------- */

// NOLINTBEGIN(bugprone-macro-parentheses): the parameters of a function
#define PLAIN(class, name, parameters, arguments)                                                  \
    int name parameters                                                                            \
    {                                                                                              \
        int place;                                                                                 \
        return FAILS(class, &place) ? -1 : NEXT(name) arguments;                                   \
    }
// NOLINTEND(bugprone-macro-parentheses)
PLAIN(FAULT_FILE_STAT, fstat, (int fd, struct stat *out), (fd, out))
PLAIN(FAULT_FILE_STAT, fstat64, (int fd, struct stat64 *out), (fd, out))
PLAIN(FAULT_FILE_LOOKUP, stat, (const char *path, struct stat *out), (path, out))
PLAIN(FAULT_FILE_LOOKUP, stat64, (const char *path, struct stat64 *out), (path, out))
PLAIN(FAULT_FILE_LOOKUP, lstat, (const char *path, struct stat *out), (path, out))
PLAIN(FAULT_FILE_LOOKUP, lstat64, (const char *path, struct stat64 *out), (path, out))
PLAIN(FAULT_FILE_LOOKUP, fstatat, (int at, const char *path, struct stat *out, int flags),
      (at, path, out, flags))
PLAIN(FAULT_FILE_LOOKUP, fstatat64, (int at, const char *path, struct stat64 *out, int flags),
      (at, path, out, flags))
PLAIN(FAULT_FILE_SYNC, fsync, (int fd), (fd))
PLAIN(FAULT_FILE_SYNC, fdatasync, (int fd), (fd))
PLAIN(FAULT_FILE_TRUNCATE, ftruncate, (int fd, off_t size), (fd, size))
PLAIN(FAULT_FILE_TRUNCATE, ftruncate64, (int fd, off64_t size), (fd, size))
PLAIN(FAULT_FILE_OWNER, fchown, (int fd, uid_t user, gid_t group), (fd, user, group))
PLAIN(FAULT_FILE_RENAME, rename, (const char *from, const char *to), (from, to))
PLAIN(FAULT_FILE_RENAME, renameat, (int from_at, const char *from, int to_at, const char *to),
      (from_at, from, to_at, to))
PLAIN(FAULT_FILE_UNLINK, unlink, (const char *path), (path))
PLAIN(FAULT_FILE_UNLINK, unlinkat, (int at, const char *path, int flags), (at, path, flags))
PLAIN(FAULT_FILE_MKDIR, mkdir, (const char *path, mode_t mode), (path, mode))
PLAIN(FAULT_FILE_MKDIR, mkdirat, (int at, const char *path, mode_t mode), (at, path, mode))
PLAIN(FAULT_FILE_LOCK, flock, (int fd, int operation), (fd, operation))
