/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls that name a file by its path, relative to an open directory or to the current one.
 */
#include "fail.h"
#include "faults/fault/fault.h"
#include "faults/seam/wrap.h"
#include "file_internal.h"
#include "world_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define CALLER __builtin_return_address(0)

int __wrap_fstatat(int directory, const char *path, struct stat *out, int flags)
{
    return file_lookup(directory, path, out, flags, CALLER);
}

int __wrap_stat(const char *path, struct stat *out)
{
    return file_lookup(AT_FDCWD, path, out, 0, CALLER);
}

int __wrap_lstat(const char *path, struct stat *out)
{
    return file_lookup(AT_FDCWD, path, out, AT_SYMLINK_NOFOLLOW, CALLER);
}

/* In the simulation whoever sees a file may do what he likes with it. */
int __wrap_access(const char *path, int mode)
{
    struct stat found;
    if (mode & ~(R_OK | W_OK | X_OK))
        return fail(EINVAL);
    int result = file_lookup(AT_FDCWD, path, &found, 0, CALLER);
    return result == 0 && world_mode(WORLD_FILE) == WORLD_PASS_THROUGH ? access(path, mode)
                                                                       : result;
}

int __wrap_unlinkat(int directory, const char *path, int flags)
{
    return file_unlink(directory, path, flags, CALLER);
}

int __wrap_unlink(const char *path)
{
    return file_unlink(AT_FDCWD, path, 0, CALLER);
}

int __wrap_mkdirat(int directory, const char *path, mode_t mode)
{
    return file_mkdir(directory, path, mode, CALLER);
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    return file_mkdir(AT_FDCWD, path, mode, CALLER);
}

int __wrap_renameat(int from_directory, const char *from, int to_directory, const char *to)
{
    return file_rename(from_directory, from, to_directory, to, CALLER);
}

int __wrap_rename(const char *from, const char *to)
{
    return file_rename(AT_FDCWD, from, AT_FDCWD, to, CALLER);
}
