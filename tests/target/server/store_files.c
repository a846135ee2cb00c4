/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of a store on a real file system: what is no file of it is not listed, what has changed
 * is noticed, and sizes beyond 4 GiB are whole.
 */
#include "tests/support/service_directory.h"
#include "tests/support/test.h"

#include <windows.h>

#include <ntdsbcli.h>

#include "target/server/backup_session.h"
#include "target/server/ntdsb_server.h"
#include "target/server/store.h"

#include <sys/stat.h>

AROUND_EACH_TEST(make_directory, remove_directory);

static struct ndr_wide widen(const char *ascii, uint16_t room[128])
{
    uint32_t n = 0;
    for (; ascii[n] != '\0'; n++)
        room[n] = (unsigned char)ascii[n];
    return (struct ndr_wide){room, n};
}

static uint32_t open_name(struct backup_session *s, const char *ascii, uint64_t *size)
{
    uint16_t room[128];
    struct ndr_wide name = widen(ascii, room);
    uint32_t file;
    return backup_session_open(s, &name, 24576, size, &file);
}

TEST(only_regular_files_of_the_store_are_listed)
{
    struct store store;
    struct store_list list;
    put("edb00002.log", "2", 1);
    put("edb0000A.log", "a", 1);
    put("edb.log", "c", 1);
    put("edb000001.log", "", 0);
    put("edbxxxxx.log", "", 0);
    put("EDB00003.LOG", "", 0);
    assert_int_equal(symlinkat("edb.log", directory_fd, "edb00001.log"), 0);
    assert_int_equal(mkdirat(directory_fd, "edb00004.log", 0700), 0);
    assert_int_equal(mkfifoat(directory_fd, "edb00005.log", 0600), 0);
    assert_int_equal(store_open(&store, directory, "HOST"), 0);
    assert_int_equal(store_list(&store, STORE_LOGS, &list), 0);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.files[0].name, "edb00002.log");
    assert_string_equal(list.files[1].name, "edb0000A.log");
    assert_string_equal(list.files[2].name, "edb.log");
    store_list_destroy(&list);
    store_close(&store);
}

TEST(only_what_is_named_as_a_patch_file_is_one)
{
    struct store store;
    struct store_list list;
    static const char *const no_patch_files[] = {"+a.pat", "a+.pat",  "a b.pat", ".pat",
                                                 "a.PAT",  "a.pat.x", "_.pat",   "xpat"};
    put("ntds.dit", "d", 1);
    put("a-1.pat", "a", 1);
    put("B.pat", "b", 1);
    for (size_t i = 0; i < sizeof no_patch_files / sizeof *no_patch_files; i++)
        put(no_patch_files[i], "", 0);
    assert_int_equal(store_open(&store, directory, "HOST"), 0);
    assert_int_equal(store_list(&store, STORE_DATABASE, &list), 0);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.files[0].name, "ntds.dit");
    assert_string_equal(list.files[1].name, "a-1.pat");
    assert_string_equal(list.files[2].name, "B.pat");
    store_list_destroy(&list);
    store_close(&store);
}

TEST(a_file_beyond_4_gib_is_read_at_its_end)
{
    static uint8_t room[24576];
    const off_t size = (off_t)5 << 30;
    struct store store;
    struct backup_session *s;
    uint64_t seen;
    uint32_t most, count;
    put("ntds.dit", "begin", 5);
    int file = openat(directory_fd, "ntds.dit", O_WRONLY);
    assert_int_equal(ftruncate(file, size), 0);
    assert_int_equal(pwrite(file, "the end", 7, size - 7), 7);
    close(file);
    assert_int_equal(store_open(&store, directory, "HOST"), 0);
    assert_int_equal(backup_session_create(&store, &s), 0);
    assert_int_equal(open_name(s, "ntds.dit", &seen), 0);
    assert_int_equal(seen, size);
    assert_int_equal(backup_session_check_read(s, (uint64_t)size - 7, sizeof room, &most), 0);
    assert_int_equal(most, 7);
    assert_int_equal(backup_session_read(s, (uint64_t)size - 7, room, most, &count), 0);
    assert_int_equal(count, 7);
    assert_memory_equal(room, "the end", 7);
    assert_int_equal(backup_session_check_read(s, (uint64_t)size, sizeof room, &most),
                     ERROR_HANDLE_EOF);
    assert_int_equal(backup_session_check_read(s, UINT64_MAX, sizeof room, &most),
                     ERROR_INVALID_PARAMETER);
    backup_session_destroy(s);
    store_close(&store);
}

TEST(a_file_that_shrinks_or_becomes_a_link_is_noticed)
{
    static uint8_t room[24576];
    struct store store;
    struct backup_session *s;
    uint64_t size;
    uint32_t most, count;
    put("ntds.dit", room, sizeof room);
    put("a.pat", "x", 1);
    assert_int_equal(store_open(&store, directory, "HOST"), 0);
    assert_int_equal(backup_session_create(&store, &s), 0);
    assert_int_equal(open_name(s, "ntds.dit", &size), 0);
    assert_int_equal(backup_session_check_read(s, 8192, sizeof room, &most), 0);
    put("ntds.dit", "", 0);
    assert_int_equal(backup_session_read(s, 8192, room, most, &count),
                     (uint32_t)hrReadVerifyFailure);
    assert_int_equal(backup_session_close(s, 1, 8192), 0);
    assert_int_equal(unlinkat(directory_fd, "a.pat", 0), 0);
    assert_int_equal(symlinkat("/etc/passwd", directory_fd, "a.pat"), 0);
    assert_int_equal(open_name(s, "a.pat", &size), (uint32_t)hrFileNotFound);
    backup_session_destroy(s);
    store_close(&store);
}

/* Lists the logs, and gives what the listing answers. */
static uint32_t list_logs(struct backup_session *s)
{
    struct ndr_wide logs = {0};
    uint32_t code = backup_session_logs(s, &logs);
    free(logs.chars);
    if (code == 0)
        backup_session_enter_log_phase(s);
    return code;
}

/* Opens the file, reads it as if to its end, and closes it. */
static void read_whole(struct backup_session *s, const char *name)
{
    static uint32_t file;
    uint64_t size;
    assert_int_equal(open_name(s, name, &size), 0);
    assert_int_equal(backup_session_close(s, ++file, size), 0);
}

static bool is_there(const char *name)
{
    return faccessat(directory_fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static struct backup_session *begin(struct store *store)
{
    struct backup_session *s;
    put("ntds.dit", "d", 1);
    assert_int_equal(store_open(store, directory, "HOST"), 0);
    assert_int_equal(backup_session_create(store, &s), 0);
    return s;
}

/* contract: logs.gap */
TEST(gap_between_any_two_logs_is_noticed_and_no_other)
{
    static const struct {
        const char *names[4];
        uint32_t code;
    } stores[] = {
        {{"edb.log"}, 0},
        {{"edb00007.log"}, 0},
        {{"edb00009.log", "edb0000a.log", "edb0000B.log", "edb.log"}, 0},
        {{"edb0000f.log", "edb00010.log", "edb00011.log"}, 0},
        {{"edb00001.log", "edb00003.log", "edb00004.log"}, (uint32_t)hrMissingLogFile},
        {{"edb00001.log", "edb00002.log", "edb00004.log"}, (uint32_t)hrMissingLogFile},
        {{"edb00000.log", "edbfffff.log"}, (uint32_t)hrMissingLogFile},
        {{"edb00009.log", "edb00010.log", "edb.log"}, (uint32_t)hrMissingLogFile},
    };
    for (size_t i = 0; i < sizeof stores / sizeof *stores; i++) {
        struct store store;
        for (size_t n = 0; n < 4 && stores[i].names[n] != NULL; n++)
            put(stores[i].names[n], "l", 1);
        struct backup_session *s = begin(&store);
        assert_int_equal(list_logs(s), stores[i].code);
        backup_session_destroy(s);
        store_close(&store);
        for (size_t n = 0; n < 4 && stores[i].names[n] != NULL; n++)
            assert_int_equal(unlinkat(directory_fd, stores[i].names[n], 0), 0);
    }
}

/* contract: truncate.listed-alone */
TEST(truncation_leaves_what_has_taken_the_name_of_a_log_and_what_came_later)
{
    struct store store;
    put("edb00001.log", "1", 1);
    put("edb00002.log", "2", 1);
    put("edb00003.log", "3", 1);
    struct backup_session *s = begin(&store);
    read_whole(s, "ntds.dit");
    assert_int_equal(list_logs(s), 0);
    read_whole(s, "edb00001.log");
    read_whole(s, "edb00002.log");
    read_whole(s, "edb00003.log");
    /* Renamed, so that its inode is not given to the next file. */
    assert_int_equal(renameat(directory_fd, "edb00001.log", directory_fd, "kept"), 0);
    put("edb00001.log", "another", 7);
    assert_int_equal(renameat(directory_fd, "edb00002.log", directory_fd, "kept too"), 0);
    assert_int_equal(symlinkat("kept", directory_fd, "edb00002.log"), 0);
    put("edb00004.log", "4", 1);
    assert_int_equal(backup_session_truncate(s), 0);
    assert_true(is_there("edb00001.log") && is_there("edb00002.log") && is_there("edb00004.log"));
    assert_true(is_there("kept") && is_there("kept too"));
    assert_false(is_there("edb00003.log"));
    backup_session_destroy(s);
    store_close(&store);
}

/* contract: open-file.gone */
TEST(listed_file_that_is_another_when_it_is_opened_is_not_opened)
{
    struct store store;
    uint64_t size;
    put("edb00001.log", "1", 1);
    struct backup_session *s = begin(&store);
    read_whole(s, "ntds.dit");
    assert_int_equal(list_logs(s), 0);
    assert_int_equal(renameat(directory_fd, "edb00001.log", directory_fd, "kept"), 0);
    put("edb00001.log", "1", 1);
    assert_int_equal(open_name(s, "edb00001.log", &size), (uint32_t)hrFileNotFound);
    assert_int_equal(unlinkat(directory_fd, "edb00001.log", 0), 0);
    assert_int_equal(mkfifoat(directory_fd, "edb00001.log", 0600), 0);
    assert_int_equal(open_name(s, "edb00001.log", &size), (uint32_t)hrFileNotFound);
    assert_int_equal(backup_session_truncate(s), (uint32_t)hrInvalidBackupSequence);
    assert_int_equal(renameat(directory_fd, "kept", directory_fd, "edb00001.log"), 0);
    read_whole(s, "edb00001.log");
    assert_int_equal(backup_session_truncate(s), 0);
    assert_false(is_there("edb00001.log"));
    backup_session_destroy(s);
    store_close(&store);
}

/* contract: read.grown, read.moved */
TEST(file_that_grows_and_moves_while_it_is_open_is_read_as_it_was_opened)
{
    static uint8_t room[24576];
    struct store store;
    uint64_t size;
    uint32_t most, count;
    struct backup_session *s = begin(&store);
    assert_int_equal(open_name(s, "ntds.dit", &size), 0);
    put("ntds.dit", "dit", 3);
    assert_int_equal(renameat(directory_fd, "ntds.dit", directory_fd, "kept"), 0);
    put("ntds.dit", "x", 1);
    assert_int_equal(size, 1);
    assert_int_equal(backup_session_check_read(s, 0, sizeof room, &most), 0);
    assert_int_equal(most, 1);
    assert_int_equal(backup_session_read(s, 0, room, most, &count), 0);
    assert_int_equal(count, 1);
    assert_int_equal(room[0], 'd');
    assert_int_equal(backup_session_check_read(s, 1, sizeof room, &most), ERROR_HANDLE_EOF);
    backup_session_destroy(s);
    store_close(&store);
}

/* contract: prepare.no-database */
TEST(store_without_database_has_no_session)
{
    struct store store;
    struct backup_session *s;
    put("a.pat", "p", 1);
    assert_int_equal(store_open(&store, directory, "HOST"), 0);
    assert_int_equal(backup_session_create(&store, &s), (uint32_t)hrFileNotFound);
    assert_int_equal(mkdirat(directory_fd, "ntds.dit", 0700), 0);
    assert_int_equal(backup_session_create(&store, &s), (uint32_t)hrFileNotFound);
    store_close(&store);
}

/* contract: service.one-per-store */
