/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulated files, and their content after a crash.
 */
#include "tests/support/test.h"

#include "faults/fault/fault.h"
#include "faults/seam/wrap.h"
#include "faults/world/clock.h"
#include "faults/world/file.h"
#include "faults/world/ledger.h"
#include "faults/world/world.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void lay(void)
{
    world_reset();
    assert_true(file_make_directory("/store"));
}

/* Writes /store/`name` from its start; syncs the file and its directory if asked. */
static void write_file(const char *name, const char *text, bool sync_file, bool sync_directory)
{
    int directory = __wrap_open("/store", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd = __wrap_openat(directory, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(directory >= 0 && fd >= 0);
    assert_int_equal(__wrap_write(fd, text, strlen(text)), (ssize_t)strlen(text));
    if (sync_file)
        assert_int_equal(__wrap_fsync(fd), 0);
    if (sync_directory)
        assert_int_equal(__wrap_fsync(directory), 0);
    assert_int_equal(__wrap_close(fd), 0);
    assert_int_equal(__wrap_close(directory), 0);
}

static bool holds(const char *path, const char *text)
{
    const uint8_t *bytes;
    uint64_t n;
    return file_get(path, &bytes, &n) && n == strlen(text) && memcmp(bytes, text, n) == 0;
}

/* The first test of its program: no file had content before, whose memory is kept. */
TEST(file_without_content_is_written_read_and_shown_like_any_other)
{
    char byte;
    lay();
    write_file("empty", "", true, true);
    assert_true(holds("/store/empty", ""));
    int fd = __wrap_open("/store/empty", O_RDWR | O_CLOEXEC);
    assert_int_equal(__wrap_pread(fd, &byte, 1, 0), 0);
    assert_int_equal(__wrap_pwrite(fd, "", 0, 100), 0);
    assert_true(holds("/store/empty", ""));
    assert_int_equal(__wrap_close(fd), 0);
    file_crash();
    assert_true(holds("/store/empty", ""));
}

TEST(synced_file_in_a_synced_directory_survives_a_crash)
{
    lay();
    write_file("state", "kept", true, true);
    file_crash();
    assert_true(holds("/store/state", "kept"));
}

TEST(name_whose_directory_was_not_synced_is_lost)
{
    lay();
    write_file("state", "lost", true, false);
    assert_true(holds("/store/state", "lost"));
    assert_false(file_is_durable("/store/state"));
    file_crash();
    assert_false(holds("/store/state", "lost"));
}

TEST(bytes_that_were_not_synced_are_lost)
{
    lay();
    write_file("state", "lost", false, true);
    file_crash();
    assert_true(holds("/store/state", ""));
}

TEST(rename_without_a_directory_sync_leaves_the_old_file)
{
    lay();
    write_file("state", "old", true, true);
    write_file("state.new", "new", true, false);
    int directory = __wrap_open("/store", O_RDONLY | O_DIRECTORY);
    assert_int_equal(__wrap_renameat(directory, "state.new", directory, "state"), 0);
    assert_true(holds("/store/state", "new"));
    file_crash();
    assert_true(holds("/store/state", "old"));
    assert_int_equal(__wrap_close(directory), 0);
}

TEST(rename_with_a_directory_sync_is_durable)
{
    lay();
    write_file("state", "old", true, true);
    write_file("state.new", "new", true, false);
    int directory = __wrap_open("/store", O_RDONLY | O_DIRECTORY);
    assert_int_equal(__wrap_renameat(directory, "state.new", directory, "state"), 0);
    assert_int_equal(__wrap_fsync(directory), 0);
    file_crash();
    assert_true(holds("/store/state", "new"));
    assert_int_equal(__wrap_close(directory), 0);
}

TEST(descriptors_from_before_a_crash_are_dead)
{
    lay();
    assert_true(file_put("/store/f", "abc", 3));
    int fd = __wrap_open("/store/f", O_RDONLY);
    file_crash();
    char room[4];
    assert_int_equal(__wrap_pread(fd, room, 3, 0), -1);
    assert_int_equal(errno, EIO);
    assert_int_equal(__wrap_close(fd), 0);
}

TEST(pattern_beyond_4_gib_can_be_read_and_checked)
{
    lay();
    const uint64_t size = (UINT64_C(1) << 40) - 3, at = UINT64_C(5) << 32;
    assert_true(file_put_pattern("/store/ntds.dit", size));
    int fd = __wrap_open("/store/ntds.dit", O_RDONLY);
    struct stat st;
    uint8_t room[64];
    assert_int_equal(__wrap_fstat(fd, &st), 0);
    assert_int_equal(st.st_size, (off_t)size);
    for (size_t from = 0; from < 16; from++) {
        size_t n = sizeof room - from;
        assert_int_equal(__wrap_pread(fd, room, n, (off_t)(at + from)), n);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(room[i], file_pattern_byte(at + from + i));
    }
    assert_int_equal(__wrap_pread(fd, room, sizeof room, (off_t)(size - 5)), 5);
    assert_int_equal(__wrap_pread(fd, room, sizeof room, (off_t)size), 0);
    assert_int_equal(__wrap_close(fd), 0);
}

TEST(open_flags_are_obeyed)
{
    lay();
    assert_true(file_put("/store/f", "abc", 3));
    assert_int_equal(__wrap_open("/store/none", O_RDONLY), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(__wrap_open("/store/f", O_WRONLY | O_CREAT | O_EXCL, 0600), -1);
    assert_int_equal(errno, EEXIST);
    assert_int_equal(__wrap_open("/store/f", O_RDONLY | O_DIRECTORY), -1);
    assert_int_equal(errno, ENOTDIR);
    assert_int_equal(__wrap_open("/store", O_WRONLY), -1);
    assert_int_equal(errno, EISDIR);
    assert_int_equal(ledger_summary().outstanding[WORLD_CLIENT], 0);
}

TEST(directory_lists_what_is_there_and_closes_its_descriptor)
{
    lay();
    assert_true(file_put("/store/a", "", 0) && file_put("/store/b", "", 0) &&
                file_make_directory("/store/c"));
    assert_true(file_put("/store/c/deeper", "", 0));
    assert_int_equal(__wrap_unlinkat(AT_FDCWD, "/store/b", 0), 0);
    int fd = __wrap_open("/store", O_RDONLY | O_DIRECTORY);
    DIR *stream = __wrap_fdopendir(fd);
    assert_non_null(stream);
    unsigned a = 0, c = 0, others = 0;
    for (struct dirent *e; (e = __wrap_readdir(stream)) != NULL;) {
        if (strcmp(e->d_name, "a") == 0)
            a++;
        else if (strcmp(e->d_name, "c") == 0)
            c++;
        else
            others += e->d_name[0] != '.';
    }
    assert_int_equal(a, 1);
    assert_int_equal(c, 1);
    assert_int_equal(others, 0);
    assert_int_equal(__wrap_closedir(stream), 0);
    assert_int_equal(ledger_summary().outstanding[WORLD_CLIENT], 0);
    assert_int_equal(ledger_summary().violations, 0);
}

TEST(unlinked_file_stays_readable_while_it_is_open)
{
    lay();
    assert_true(file_put("/store/f", "abc", 3));
    int fd = __wrap_open("/store/f", O_RDONLY);
    char room[4] = "";
    assert_int_equal(__wrap_unlinkat(AT_FDCWD, "/store/f", 0), 0);
    assert_int_equal(__wrap_pread(fd, room, 3, 0), 3);
    assert_string_equal(room, "abc");
    assert_int_equal(__wrap_unlinkat(AT_FDCWD, "/store/f", 0), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(__wrap_close(fd), 0);
}

TEST(short_read_and_end_of_file_can_be_injected)
{
    lay();
    assert_true(file_put("/store/f", "0123456789", 10));
    int fd = __wrap_open("/store/f", O_RDONLY);
    char room[10];
    int kind = fault_kind_find(FAULT_FILE_READ, "short", 5);
    assert_true(kind >= 0);
    assert_true(
        fault_arm(&(struct fault){.class = FAULT_FILE_READ, .nth = 1, .kind = (uint32_t)kind}));
    assert_int_equal(__wrap_pread(fd, room, 10, 0), 5);
    kind = fault_kind_find(FAULT_FILE_READ, "eof", 3);
    assert_true(kind >= 0);
    assert_true(
        fault_arm(&(struct fault){.class = FAULT_FILE_READ, .nth = 1, .kind = (uint32_t)kind}));
    assert_int_equal(__wrap_pread(fd, room, 10, 0), 0);
    assert_int_equal(__wrap_pread(fd, room, 10, 0), 10);
    assert_int_equal(__wrap_close(fd), 0);
}

TEST(fault_of_two_parts_breaks_two_calls)
{
    char room[4] = "";
    int kind = fault_kind_find(FAULT_FILE_READ, "short-EIO", 9);
    assert_true(kind >= 0);
    lay();
    assert_true(file_put("/store/a", "four", 4));
    int fd = __wrap_open("/store/a", O_RDONLY);
    assert_true(
        fault_arm(&(struct fault){.class = FAULT_FILE_READ, .nth = 1, .kind = (uint32_t)kind}));
    assert_int_equal(__wrap_pread(fd, room, 4, 0), 2);
    assert_int_equal(__wrap_pread(fd, room, 4, 2), -1);
    assert_int_equal(errno, EIO);
    assert_int_equal(__wrap_pread(fd, room, 4, 2), 2);
    const struct fault_summary *s = fault_report();
    assert_int_equal(s->fired, 2);
    assert_string_equal(fault_kind_name(FAULT_FILE_READ, s->first[0].kind), "short");
    assert_string_equal(fault_kind_name(FAULT_FILE_READ, s->first[1].kind), "EIO");
    fault_disarm_all();
    assert_int_equal(__wrap_close(fd), 0);
}

static void miss(enum fault_class class)
{
    int kind = fault_kind_find(class, "ENOENT", 6);
    assert_true(kind >= 0);
    assert_true(fault_arm(&(struct fault){.class = class, .nth = 1, .kind = (uint32_t)kind}));
}

TEST(file_that_a_fault_removes_is_gone_for_good_and_a_directory_only_missed)
{
    struct stat status;
    lay();
    assert_true(file_put("/store/a", "a", 1) && file_put("/store/b", "b", 1));
    miss(FAULT_FILE_LOOKUP);
    assert_int_equal(__wrap_fstatat(AT_FDCWD, "/store/a", &status, AT_SYMLINK_NOFOLLOW), -1);
    assert_int_equal(errno, ENOENT);
    fault_disarm_all();
    miss(FAULT_FILE_UNLINK);
    assert_int_equal(__wrap_unlinkat(AT_FDCWD, "/store/b", 0), -1);
    assert_int_equal(errno, ENOENT);
    fault_disarm_all();
    file_crash();
    assert_true(!file_exists("/store/a") && file_is_lost("/store/a"));
    assert_true(!file_exists("/store/b") && file_is_lost("/store/b"));
    assert_true(file_put("/store/a", "a", 1) && !file_is_lost("/store/a"));
    miss(FAULT_FILE_LOOKUP);
    assert_int_equal(__wrap_fstatat(AT_FDCWD, "/store", &status, AT_SYMLINK_NOFOLLOW), -1);
    assert_int_equal(errno, ENOENT);
    fault_disarm_all();
    assert_int_equal(__wrap_fstatat(AT_FDCWD, "/store", &status, AT_SYMLINK_NOFOLLOW), 0);
    assert_false(file_is_lost("/store"));
}

static int open_in_store(const char *name, int flags)
{
    int directory = __wrap_open("/store", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    errno = 0;
    int fd = __wrap_openat(directory, name, flags | O_CLOEXEC);
    int error = errno;
    assert_int_equal(__wrap_close(directory), 0);
    errno = error;
    return fd;
}

TEST(link_fifo_and_denied_file_are_opened_as_a_kernel_would)
{
    char room[8];
    struct stat status;
    lay();
    assert_true(file_put("/store/file", "text", 4));
    assert_true(file_put_link("/store/link", "/store/file"));
    assert_true(file_put_link("/store/dangling", "/store/nothing"));
    assert_true(file_put_fifo("/store/fifo"));
    assert_int_equal(open_in_store("link", O_RDONLY | O_NOFOLLOW), -1);
    assert_int_equal(errno, ELOOP);
    assert_int_equal(open_in_store("dangling", O_RDONLY), -1);
    assert_int_equal(errno, ENOENT);
    int fd = open_in_store("link", O_RDONLY);
    assert_int_equal(__wrap_pread(fd, room, sizeof room, 0), 4);
    assert_int_equal(__wrap_close(fd), 0);
    fd = open_in_store("fifo", O_RDONLY | O_NONBLOCK);
    assert_int_equal(__wrap_fstat(fd, &status), 0);
    assert_true(S_ISFIFO(status.st_mode));
    assert_int_equal(__wrap_pread(fd, room, sizeof room, 0), -1);
    assert_int_equal(errno, ESPIPE);
    assert_int_equal(__wrap_close(fd), 0);
    fd = open_in_store("file", O_RDONLY);
    assert_true(file_deny("/store/file", true));
    assert_int_equal(__wrap_pread(fd, room, sizeof room, 0), 4);
    assert_int_equal(open_in_store("file", O_RDONLY), -1);
    assert_int_equal(errno, EACCES);
    assert_true(file_deny("/store/file", false));
    assert_int_equal(__wrap_close(fd), 0);
}

TEST(changes_from_outside_are_seen_through_open_descriptors_and_outlast_a_crash)
{
    char room[8];
    lay();
    assert_true(file_put("/store/file", "text", 4));
    int fd = open_in_store("file", O_RDONLY);
    assert_true(file_resize("/store/file", 2));
    assert_int_equal(__wrap_pread(fd, room, sizeof room, 0), 2);
    assert_true(file_link("/store/file", "/store/second"));
    assert_true(file_remove("/store/file"));
    assert_false(file_remove("/store/file") || file_exists("/store/file"));
    assert_true(file_resize("/store/second", 3));
    assert_int_equal(__wrap_pread(fd, room, sizeof room, 0), 3);
    assert_int_equal(__wrap_close(fd), 0);
    file_crash();
    assert_false(file_exists("/store/file"));
    assert_true(file_exists("/store/second"));
}

/* One byte of one file, once; and what was synced before stays. */
TEST(bad_disk_keeps_another_byte)
{
    const uint8_t *bytes;
    uint64_t n;
    world_reset();
    assert_true(file_make_directory("/d"));
    int fd = __wrap_open("/d/f", O_RDWR | O_CREAT, 0600);
    assert_int_equal(__wrap_pwrite(fd, "abc", 3, 0), 3);
    file_spoil("/d/other");
    assert_int_equal(__wrap_fsync(fd), 0);
    assert_true(file_get("/d/f", &bytes, &n) && memcmp(bytes, "abc", 3) == 0);
    file_spoil("/d/f");
    assert_int_equal(__wrap_fsync(fd), 0);
    assert_true(file_get("/d/f", &bytes, &n) && n == 3 && memcmp(bytes, "abc", 3) != 0);
    assert_int_equal(__wrap_pwrite(fd, "abc", 3, 0), 3);
    assert_int_equal(__wrap_fsync(fd), 0);
    assert_true(file_get("/d/f", &bytes, &n) && memcmp(bytes, "abc", 3) == 0);
    __wrap_close(fd);
}

TEST(slow_disk_takes_its_time_of_the_client)
{
    char room[4];
    world_reset();
    assert_true(file_put("/f", "abc", 3));
    file_set_pace(70);
    uint64_t began = clock_monotonic_ms();
    int fd = __wrap_open("/f", O_RDONLY);
    assert_int_equal(clock_monotonic_ms() - began, 0);
    assert_int_equal(__wrap_read(fd, room, sizeof room), 3);
    assert_int_equal(clock_monotonic_ms() - began, 70);
    __wrap_close(fd);
    world_reset();
}
