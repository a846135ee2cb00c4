/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that name a file by its path alone do as those do that are given a directory, at fault
 * points of their own.
 */
#include "world_test.h"

#include "faults/world/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void make(const char *path)
{
    int fd = __wrap_open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(__wrap_write(fd, "text", 4), 4);
    assert_int_equal(__wrap_fdatasync(fd), 0);
    assert_int_equal(__wrap_syscall(SYS_close, fd), 0);
    assert_held(0);
}

TEST(file_is_made_found_moved_and_removed)
{
    struct stat s;
    world_reset();
    assert_int_equal(__wrap_mkdir("/d", 0700), 0);
    assert_int_equal(__wrap_mkdir("/d", 0700), -1);
    assert_int_equal(errno, EEXIST);
    make("/d/f");
    assert_int_equal(__wrap_stat("/d/f", &s), 0);
    assert_int_equal(s.st_size, 4);
    assert_int_equal(__wrap_rename("/d/f", "/d/g"), 0);
    assert_int_equal(__wrap_access("/d/f", F_OK), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(__wrap_access("/d/g", R_OK | W_OK), 0);
    assert_int_equal(__wrap_lstat("/d", &s), 0);
    assert_true(S_ISDIR(s.st_mode));
    assert_int_equal(__wrap_unlink("/d"), -1);
    assert_int_equal(errno, EISDIR);
    assert_int_equal(__wrap_unlink("/d/g"), 0);
    assert_int_equal(__wrap_lstat("/d/g", &s), -1);
    assert_no_violation();
}

TEST(link_is_followed_by_stat_and_not_by_lstat)
{
    struct stat s;
    world_reset();
    make("/f");
    assert_true(file_put_link("/l", "/f"));
    assert_int_equal(__wrap_stat("/l", &s), 0);
    assert_true(S_ISREG(s.st_mode));
    assert_int_equal(__wrap_lstat("/l", &s), 0);
    assert_true(S_ISLNK(s.st_mode));
}

/* What opens "/f" says of it: the bytes that it has; -1: it is not there. */
static long size_when_opened(void)
{
    struct stat s;
    int fd = __wrap_open("/f", O_RDONLY);
    if (fd == -1)
        return -1;
    assert_int_equal(__wrap_fstat(fd, &s), 0);
    assert_int_equal(__wrap_close(fd), 0);
    return s.st_size;
}

TEST(what_stands_in_for_a_file_is_opened_and_nothing_else)
{
    struct stat s;
    world_reset();
    make("/other");
    assert_false(file_stand_in("/nowhere/f", "/other"));
    assert_false(file_stand_in("/f", "/nothing"));
    assert_true(file_stand_in("/f", "/other"));
    assert_int_equal(size_when_opened(), 4);
    assert_int_equal(__wrap_stat("/f", &s), -1);
    assert_false(file_exists("/f"));
    assert_true(file_put("/f", "a", 1));
    assert_int_equal(size_when_opened(), 4);
    file_stand_in(NULL, NULL);
    assert_int_equal(size_when_opened(), 1);
    assert_true(file_stand_in("/f", "/other"));
    world_reset();
    assert_true(file_put("/f", "ab", 2));
    assert_int_equal(size_when_opened(), 2);
    assert_no_violation();
}

TEST(each_of_them_can_fail)
{
    struct stat s;
    world_reset();
    make("/f");
    arm(FAULT_FILE_LOOKUP, "EACCES", 1, FAULT_PERSISTENT);
    arm(FAULT_FILE_UNLINK, "EIO", 1, FAULT_PERSISTENT);
    arm(FAULT_FILE_MKDIR, "ENOSPC", 1, FAULT_PERSISTENT);
    arm(FAULT_FILE_RENAME, "EXDEV", 1, FAULT_PERSISTENT);
    arm(FAULT_FILE_SYNC, "EIO", 1, FAULT_PERSISTENT);
    assert_int_equal(__wrap_stat("/f", &s), -1);
    assert_int_equal(__wrap_lstat("/f", &s), -1);
    assert_int_equal(__wrap_access("/f", F_OK), -1);
    assert_int_equal(errno, EACCES);
    assert_int_equal(__wrap_unlink("/f"), -1);
    assert_int_equal(__wrap_mkdir("/d", 0700), -1);
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(__wrap_rename("/f", "/g"), -1);
    assert_int_equal(errno, EXDEV);
    int fd = __wrap_open("/f", O_RDONLY);
    assert_int_equal(__wrap_fdatasync(fd), -1);
    arm(FAULT_FILE_CLOSE, "EIO", 1, FAULT_ONE_SHOT);
    assert_int_equal(__wrap_syscall(SYS_close, fd), -1);
    assert_int_equal(errno, EIO);
    assert_held(0);
}

TEST(other_system_calls_are_those_of_the_kernel)
{
    world_reset();
    assert_int_equal(__wrap_syscall(SYS_getpid), getpid());
}
