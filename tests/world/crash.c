/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a crash leaves of the simulated files, and a crash as a fault.
 */
#include "tests/support/test.h"
#include "world_test.h"

#include "faults/world/file.h"

#include <fcntl.h>
#include <sys/file.h>

static int store; /* its directory, open */

static void lay(void)
{
    world_reset();
    assert_true(file_make_directory("/store") && file_put("/store/f", "old", 3));
    store = __wrap_open("/store", O_RDONLY | O_DIRECTORY);
    assert_true(store >= 0);
}

static bool holds(const char *path, const char *text)
{
    const uint8_t *bytes;
    uint64_t n;
    return file_get(path, &bytes, &n) && n == strlen(text) && memcmp(bytes, text, n) == 0;
}

static int overwrite(int flags, const char *text)
{
    int fd = __wrap_openat(store, "f", O_WRONLY | flags);
    assert_true(fd >= 0);
    assert_int_equal(__wrap_write(fd, text, strlen(text)), (ssize_t)strlen(text));
    return fd;
}

TEST(overwritten_bytes_come_back_until_they_are_synced)
{
    lay();
    overwrite(0, "newer");
    assert_true(holds("/store/f", "newer"));
    file_crash();
    assert_true(holds("/store/f", "old"));
    lay();
    assert_int_equal(__wrap_fsync(overwrite(0, "newer")), 0);
    file_crash();
    assert_true(holds("/store/f", "newer"));
}

TEST(truncation_is_undone_until_it_is_synced)
{
    lay();
    overwrite(O_TRUNC, "");
    assert_true(holds("/store/f", ""));
    file_crash();
    assert_true(holds("/store/f", "old"));
    lay();
    overwrite(O_TRUNC, "x");
    assert_true(holds("/store/f", "x"));
    file_crash();
    assert_true(holds("/store/f", "old"));
    lay();
    assert_int_equal(__wrap_fsync(overwrite(O_TRUNC, "")), 0);
    file_crash();
    assert_true(holds("/store/f", ""));
}

TEST(bytes_written_after_the_last_sync_are_lost_alone)
{
    lay();
    int fd = overwrite(O_TRUNC, "kept");
    assert_int_equal(__wrap_fsync(fd), 0);
    assert_int_equal(__wrap_write(fd, " lost", 5), 5);
    assert_true(holds("/store/f", "kept lost"));
    file_crash();
    assert_true(holds("/store/f", "kept"));
}

TEST(unlinked_name_comes_back_until_its_directory_is_synced)
{
    lay();
    assert_int_equal(__wrap_unlinkat(store, "f", 0), 0);
    assert_false(holds("/store/f", "old"));
    assert_false(file_is_durable("/store/f")); /* as it is now */
    file_crash();
    assert_true(holds("/store/f", "old"));
    lay();
    assert_int_equal(__wrap_unlinkat(store, "f", 0), 0);
    assert_int_equal(__wrap_fsync(store), 0);
    file_crash();
    assert_false(holds("/store/f", "old"));
}

TEST(directory_is_lost_until_its_parent_is_synced)
{
    struct stat st;
    lay();
    assert_int_equal(__wrap_mkdirat(store, "d", 0700), 0);
    assert_int_equal(__wrap_fstatat(store, "d", &st, 0), 0);
    file_crash();
    assert_int_equal(__wrap_fstatat(AT_FDCWD, "/store/d", &st, 0), -1);
    assert_int_equal(errno, ENOENT);
}

TEST(renamed_file_is_under_its_old_name_after_a_crash)
{
    lay();
    assert_int_equal(__wrap_renameat(store, "f", store, "g"), 0);
    assert_true(holds("/store/g", "old") && !holds("/store/f", "old"));
    file_crash();
    assert_true(holds("/store/f", "old") && !holds("/store/g", "old"));
}

TEST(sync_of_one_directory_is_none_of_another)
{
    lay();
    assert_true(file_make_directory("/store/d"));
    assert_true(__wrap_openat(store, "d/deep", O_WRONLY | O_CREAT, 0600) >= 0);
    assert_int_equal(__wrap_fsync(store), 0);
    assert_false(file_is_durable("/store/d/deep"));
    int deeper = __wrap_openat(store, "d", O_RDONLY | O_DIRECTORY);
    assert_int_equal(__wrap_fsync(deeper), 0);
    assert_true(file_is_durable("/store/d/deep"));
}

TEST(failed_sync_makes_nothing_last)
{
    lay();
    int fd = overwrite(0, "new");
    arm(FAULT_FILE_SYNC, "EIO", 1, FAULT_ONE_SHOT);
    assert_int_equal(__wrap_fsync(fd), -1);
    assert_int_equal(errno, EIO);
    file_crash();
    assert_true(holds("/store/f", "old"));
}

TEST(crash_fault_stops_the_process_before_the_operation)
{
    char byte;
    struct stat st;
    lay();
    int fd = overwrite(0, "new");
    arm(FAULT_FILE_SYNC, "crash", 1, FAULT_ONE_SHOT);
    assert_int_equal(__wrap_fsync(fd), -1);
    assert_true(file_is_off());
    /* Nothing that the dying process still does has an effect. */
    assert_int_equal(__wrap_write(fd, "x", 1), -1);
    assert_int_equal(__wrap_pread(fd, &byte, 1, 0), -1);
    assert_int_equal(__wrap_unlinkat(store, "f", 0), -1);
    assert_int_equal(__wrap_renameat(store, "f", store, "g"), -1);
    assert_int_equal(__wrap_fstat(fd, &st), -1);
    assert_int_equal(__wrap_openat(store, "g", O_WRONLY | O_CREAT, 0600), -1);
    assert_int_equal(__wrap_mkdirat(store, "d", 0700), -1);
    assert_int_equal(__wrap_close(fd), -1);
    assert_int_equal(errno, EIO);
    assert_int_equal(__wrap_close(store), -1);
    assert_held(0);
    file_crash();
    file_power_on();
    assert_true(holds("/store/f", "old"));
    assert_int_equal(__wrap_fstatat(AT_FDCWD, "/store/f", &st, 0), 0);
    assert_int_equal(__wrap_fstatat(AT_FDCWD, "/store/g", &st, 0), -1);
    assert_int_equal(errno, ENOENT);
}

TEST(kill_fault_stops_the_process_and_leaves_what_it_did)
{
    lay();
    int fd = overwrite(0, "new");
    arm(FAULT_FILE_SYNC, "kill", 1, FAULT_ONE_SHOT);
    assert_int_equal(__wrap_fsync(fd), -1);
    assert_true(file_is_off());
    assert_false(file_stopped_machine());
    assert_int_equal(__wrap_write(fd, "x", 1), -1);
    assert_int_equal(__wrap_unlinkat(store, "f", 0), -1);
    file_power_on();
    assert_true(holds("/store/f", "new"));
    arm(FAULT_FILE_WRITE, "crash", 1, FAULT_ONE_SHOT);
    assert_int_equal(__wrap_pwrite(fd, "x", 1, 0), -1);
    assert_true(file_stopped_machine());
    file_power_on();
    assert_false(file_stopped_machine());
}

TEST(file_is_durable_as_it_is_with_all_its_folders)
{
    lay();
    assert_true(file_is_durable("/store/f"));
    int fd = overwrite(0, "new");
    assert_false(file_is_durable("/store/f"));
    assert_int_equal(__wrap_fsync(fd), 0);
    assert_true(file_is_durable("/store/f"));
    assert_int_equal(__wrap_mkdirat(store, "d", 0700), 0);
    int directory = __wrap_openat(store, "d", O_RDONLY | O_DIRECTORY);
    int inner = __wrap_openat(directory, "g", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(__wrap_fsync(inner), 0);
    assert_int_equal(__wrap_fsync(directory), 0);
    assert_false(file_is_durable("/store/d/g")); /* its folder would be lost */
    assert_int_equal(__wrap_fsync(store), 0);
    assert_true(file_is_durable("/store/d/g"));
}

TEST(every_changing_operation_can_crash)
{
    static const enum fault_class classes[] = {FAULT_FILE_WRITE, FAULT_FILE_SYNC, FAULT_FILE_RENAME,
                                               FAULT_FILE_UNLINK, FAULT_FILE_MKDIR};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        lay();
        int fd = __wrap_openat(store, "f", O_WRONLY);
        arm(classes[i], "crash", 1, FAULT_ONE_SHOT);
        __wrap_write(fd, "x", 1);
        __wrap_fsync(fd);
        __wrap_renameat(store, "f", store, "g");
        __wrap_unlinkat(store, "f", 0);
        __wrap_mkdirat(store, "d", 0700);
        assert_int_equal(fault_report()->fired, 1);
        assert_true(file_is_off());
    }
}

TEST(stream_from_before_a_crash_is_dead)
{
    lay();
    DIR *stream = __wrap_fdopendir(store);
    assert_non_null(stream);
    file_crash();
    assert_null(__wrap_readdir(stream));
    assert_int_equal(errno, EIO);
    assert_int_equal(__wrap_closedir(stream), 0);
    assert_held(0);
}

TEST(flock_keeps_others_out_until_it_is_closed_or_given_back)
{
    lay();
    int first = __wrap_openat(store, "f", O_RDONLY), second = __wrap_openat(store, "f", O_RDONLY);
    assert_int_equal(__wrap_flock(first, LOCK_EX | LOCK_NB), 0);
    assert_int_equal(__wrap_flock(first, LOCK_EX | LOCK_NB), 0); /* its own */
    assert_int_equal(__wrap_flock(second, LOCK_EX | LOCK_NB), -1);
    assert_int_equal(errno, EWOULDBLOCK);
    assert_int_equal(__wrap_flock(second, LOCK_UN), 0); /* not its to give back */
    assert_int_equal(__wrap_flock(second, LOCK_EX | LOCK_NB), -1);
    assert_int_equal(__wrap_close(first), 0);
    assert_int_equal(__wrap_flock(second, LOCK_EX | LOCK_NB), 0);
    assert_int_equal(__wrap_flock(second, LOCK_UN), 0);
    int third = __wrap_openat(store, "f", O_RDONLY);
    assert_int_equal(__wrap_flock(third, LOCK_EX | LOCK_NB), 0);
}

TEST(short_write_leaves_a_part_and_goes_on_from_there)
{
    lay();
    int fd = __wrap_openat(store, "f", O_WRONLY | O_TRUNC);
    arm(FAULT_FILE_WRITE, "short", 1, FAULT_ONE_SHOT);
    assert_int_equal(__wrap_write(fd, "abcdef", 6), 3);
    assert_true(holds("/store/f", "abc"));
    assert_int_equal(__wrap_write(fd, "def", 3), 3);
    assert_true(holds("/store/f", "abcdef"));
}

TEST(remembered_tree_is_as_it_was_set_up)
{
    lay();
    file_remember(3);
    world_reset();
    assert_false(holds("/store/f", "old"));
    assert_true(file_recall(3));
    assert_true(holds("/store/f", "old") && file_is_durable("/store/f"));
    store = __wrap_open("/store", O_RDONLY | O_DIRECTORY);
    assert_int_equal(__wrap_fsync(overwrite(0, "newer")), 0);
    world_reset();
    assert_true(file_recall(3));
    assert_true(holds("/store/f", "old"));
    file_crash();
    assert_true(holds("/store/f", "old"));
}
