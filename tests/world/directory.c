/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Simulated directories: their entries go where they go, and are lost with them.
 */
#include "world_test.h"

#include "faults/world/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_directory(const char *path)
{
    int fd = __wrap_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

/* /d/new with a file in it; the file is durable, and its entry. */
static void make_new(int d)
{
    assert_int_equal(__wrap_mkdirat(d, "new", 0700), 0);
    int new = __wrap_openat(d, "new", O_RDONLY | O_DIRECTORY);
    int fd = __wrap_openat(new, "f", O_RDWR | O_CREAT | O_EXCL, 0600);
    assert_int_equal(__wrap_write(fd, "text", 4), 4);
    assert_int_equal(__wrap_fsync(fd), 0);
    assert_int_equal(__wrap_fsync(new), 0);
    __wrap_close(fd);
    __wrap_close(new);
}

TEST(renamed_directory_takes_its_entries_along)
{
    const uint8_t *bytes;
    uint64_t n;
    world_reset();
    assert_true(file_make_directory("/d"));
    int d = open_directory("/d");
    make_new(d);
    assert_int_equal(__wrap_renameat(d, "new", d, "old"), 0);
    assert_false(file_exists("/d/new/f"));
    assert_true(file_get("/d/old/f", &bytes, &n));
    assert_int_equal(n, 4);
    assert_int_equal(__wrap_fsync(d), 0);
    file_crash();
    assert_true(file_get("/d/old/f", &bytes, &n));
    assert_memory_equal(bytes, "text", 4);
    assert_false(file_exists("/d/new"));
    __wrap_close(d);
}

TEST(directory_whose_rename_was_not_synced_is_where_it_was)
{
    world_reset();
    assert_true(file_make_directory("/d"));
    int d = open_directory("/d");
    make_new(d);
    assert_int_equal(__wrap_fsync(d), 0);
    assert_int_equal(__wrap_renameat(d, "new", d, "old"), 0);
    file_crash();
    assert_true(file_exists("/d/new/f"));
    assert_false(file_exists("/d/old"));
    __wrap_close(d);
}

TEST(entries_are_lost_with_a_directory_that_was_not_synced)
{
    world_reset();
    assert_true(file_make_directory("/d"));
    int d = open_directory("/d");
    make_new(d);
    file_crash();
    assert_false(file_exists("/d/new/f"));
    __wrap_close(d);
}

TEST(directory_is_removed_and_replaced_only_when_it_is_empty)
{
    world_reset();
    assert_true(file_make_directory("/d"));
    int d = open_directory("/d");
    make_new(d);
    assert_int_equal(__wrap_mkdirat(d, "empty", 0700), 0);
    assert_int_equal(__wrap_unlinkat(d, "new", AT_REMOVEDIR), -1);
    assert_int_equal(errno, ENOTEMPTY);
    assert_int_equal(__wrap_unlinkat(d, "new", 0), -1);
    assert_int_equal(errno, EISDIR);
    assert_int_equal(__wrap_unlinkat(d, "new/f", AT_REMOVEDIR), -1);
    assert_int_equal(errno, ENOTDIR);
    assert_int_equal(__wrap_renameat(d, "empty", d, "new"), -1);
    assert_int_equal(errno, ENOTEMPTY);
    assert_int_equal(__wrap_renameat(d, "new/f", d, "empty"), -1);
    assert_int_equal(errno, EISDIR);
    assert_int_equal(__wrap_renameat(d, "empty", d, "new/f"), -1);
    assert_int_equal(errno, ENOTDIR);
    assert_int_equal(__wrap_renameat(d, "new", d, "empty"), 0);
    assert_true(file_exists("/d/empty/f"));
    assert_int_equal(__wrap_unlinkat(d, "empty/f", 0), 0);
    assert_int_equal(__wrap_unlinkat(d, "empty", AT_REMOVEDIR), 0);
    assert_false(file_exists("/d/empty"));
    __wrap_close(d);
}

TEST(stream_of_a_path_lists_its_directory_and_is_closed)
{
    world_reset();
    assert_true(file_make_directory("/d") && file_put("/d/f", "", 0));
    DIR *stream = __wrap_opendir("/d");
    assert_non_null(stream);
    assert_held(1);
    assert_string_equal(__wrap_readdir(stream)->d_name, "f");
    assert_null(__wrap_readdir(stream));
    assert_int_equal(__wrap_closedir(stream), 0);
    assert_held(0);
    assert_null(__wrap_opendir("/d/f"));
    assert_int_equal(errno, ENOTDIR);
}

TEST(real_path_has_no_needless_parts_and_exists)
{
    world_reset();
    assert_true(file_make_directory("/d") && file_put("/d/f", "", 0));
    char *path = __wrap_realpath("//d/./f/", NULL);
    assert_string_equal(path, "/d/f");
    __wrap_free(path);
    path = __wrap_realpath("/", NULL);
    assert_string_equal(path, "/");
    __wrap_free(path);
    assert_held(0);
    assert_null(__wrap_realpath("/d/g", NULL));
    assert_int_equal(errno, ENOENT);
}

TEST(content_is_written_anywhere_cut_and_lengthened)
{
    char room[8];
    world_reset();
    assert_true(file_make_directory("/d"));
    int fd = __wrap_open("/d/f", O_RDWR | O_CREAT, 0600);
    assert_int_equal(__wrap_pwrite(fd, "abcdef", 6, 0), 6);
    assert_int_equal(__wrap_pwrite(fd, "XY", 2, 2), 2);
    assert_int_equal(__wrap_read(fd, room, 3), 3);
    assert_memory_equal(room, "abX", 3);
    assert_int_equal(__wrap_read(fd, room, 8), 3);
    assert_memory_equal(room, "Yef", 3);
    assert_int_equal(__wrap_ftruncate(fd, 2), 0);
    assert_int_equal(__wrap_ftruncate(fd, 4), 0);
    assert_int_equal(__wrap_pread(fd, room, 8, 0), 4);
    assert_memory_equal(room, "ab\0\0", 4);
    __wrap_close(fd);
}

TEST(fifo_without_a_writer_is_at_its_end_for_a_reader)
{
    char room[8];
    world_reset();
    assert_true(file_make_directory("/d") && file_put_fifo("/d/p"));
    int fd = __wrap_open("/d/p", O_RDONLY | O_NONBLOCK);
    assert_int_equal(__wrap_fcntl(fd, F_SETFL, 0), 0);
    assert_int_equal(__wrap_read(fd, room, sizeof room), 0);
    __wrap_close(fd);
}
