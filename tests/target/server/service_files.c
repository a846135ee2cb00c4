/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service's files on a real file system: what is damaged is refused and left alone, what is not
 * a store file is not listed, and sizes beyond 4 GiB are whole.
 */
#include "tests/support/service_directory.h"
#include "tests/support/test.h"

#include <windows.h>

#include <ntdsbcli.h>

#include "target/digest/sha256.h"
#include "target/server/backup_session.h"
#include "target/server/ntdsb_server.h"
#include "target/server/server_key.h"
#include "target/server/state_file.h"
#include "target/server/store.h"

#include <sys/stat.h>

AROUND_EACH_TEST(make_directory, remove_directory);

static size_t get(const char *name, uint8_t *room, size_t capacity)
{
    int file = openat(directory_fd, name, O_RDONLY);
    assert_true(file >= 0);
    ssize_t n = read(file, room, capacity);
    close(file);
    return (size_t)n;
}

static uint32_t read_state(const char *name, struct buffer *out)
{
    buffer_destroy(out);
    return state_file_read(directory_fd, name, out);
}

TEST(state_is_read_back_as_it_was_written)
{
    struct buffer b = BUFFER_INIT;
    bool renamed;
    assert_int_equal(read_state("x.state", &b), ERROR_FILE_NOT_FOUND);
    assert_int_equal(state_file_write(directory_fd, "x.state", "first", 5, &renamed), 0);
    assert_int_equal(state_file_write(directory_fd, "x.state", "the second", 10, &renamed), 0);
    assert_int_equal(read_state("x.state", &b), 0);
    assert_int_equal(b.length, 10);
    assert_memory_equal(b.data, "the second", 10);
    assert_int_equal(faccessat(directory_fd, "x.state.tmp", F_OK, 0), -1);
    assert_int_equal(state_file_remove(directory_fd, "x.state"), 0);
    assert_int_equal(state_file_remove(directory_fd, "x.state"), 0);
    assert_int_equal(read_state("x.state", &b), ERROR_FILE_NOT_FOUND);
    buffer_destroy(&b);
}

TEST(state_damaged_at_any_byte_or_cut_anywhere_is_refused)
{
    struct buffer b = BUFFER_INIT;
    uint8_t sound[256], damaged[257];
    bool renamed;
    assert_int_equal(state_file_write(directory_fd, "x.state", "payload", 7, &renamed), 0);
    size_t n = get("x.state", sound, sizeof sound);
    assert_int_equal(n, 8 + 4 + 7 + 32);
    for (size_t i = 0; i < n; i++) {
        memcpy(damaged, sound, n);
        damaged[i] ^= 0x10;
        put("x.state", damaged, n);
        assert_int_equal(read_state("x.state", &b), (uint32_t)hrLogFileCorrupt);
        put("x.state", sound, i);
        assert_int_equal(read_state("x.state", &b), (uint32_t)hrLogFileCorrupt);
    }
    memcpy(damaged, sound, n);
    damaged[n] = 0;
    put("x.state", damaged, n + 1);
    assert_int_equal(read_state("x.state", &b), (uint32_t)hrLogFileCorrupt);
    buffer_destroy(&b);
}

/* The digest covers the head as well, so only its content can be wrong. */
TEST(state_of_another_form_is_refused_though_its_digest_is_right)
{
    static const char *const heads[] = {"NTDSBST1\7\0\0\0", "NTDSBST2\7\0\0\0", "ntdsbst1\7\0\0\0",
                                        "NTDSBST1\6\0\0\0", "NTDSBST1\7\0\0\1"};
    struct buffer b = BUFFER_INIT;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        uint8_t file[12 + 7 + DIGEST_BYTES];
        memcpy(file, heads[i], 12);
        memcpy(file + 12, "payload", 7);
        digest_sha256(file, 12, file + 12, 7, file + 12 + 7);
        put("x.state", file, sizeof file);
        assert_int_equal(read_state("x.state", &b), i == 0 ? 0 : (uint32_t)hrLogFileCorrupt);
    }
    buffer_destroy(&b);
}

TEST(state_that_is_no_file_or_beyond_all_sizes_is_refused)
{
    struct buffer b = BUFFER_INIT;
    assert_int_equal(mkdirat(directory_fd, "folder", 0700), 0);
    assert_int_equal(mkfifoat(directory_fd, "pipe", 0600), 0);
    int huge = openat(directory_fd, "huge", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(ftruncate(huge, (off_t)1 << 40), 0);
    close(huge);
    assert_int_equal(read_state("folder", &b), (uint32_t)hrLogFileCorrupt);
    assert_int_equal(read_state("pipe", &b), (uint32_t)hrLogFileCorrupt);
    assert_int_equal(read_state("huge", &b), (uint32_t)hrLogFileCorrupt);
    buffer_destroy(&b);
}

TEST(a_leftover_temporary_file_is_harmless)
{
    struct buffer b = BUFFER_INIT;
    bool renamed;
    put("x.state.tmp", "torn by a crash, and longer than what comes", 43);
    assert_int_equal(state_file_write(directory_fd, "x.state", "new", 3, &renamed), 0);
    assert_int_equal(read_state("x.state", &b), 0);
    assert_int_equal(b.length, 3);
    buffer_destroy(&b);
}

TEST(state_through_a_symbolic_link_is_refused)
{
    struct buffer b = BUFFER_INIT;
    bool renamed;
    assert_int_equal(state_file_write(directory_fd, "elsewhere", "x", 1, &renamed), 0);
    assert_int_equal(symlinkat("elsewhere", directory_fd, "x.state"), 0);
    assert_int_not_equal(read_state("x.state", &b), 0);
    buffer_destroy(&b);
}

TEST(a_damaged_key_is_refused_and_never_replaced)
{
    struct server_key first, again;
    uint8_t bytes[256], after[256];
    assert_int_equal(server_key_load(&first, directory_fd), 0);
    assert_int_equal(server_key_load(&again, directory_fd), 0);
    assert_memory_equal(&first, &again, sizeof first);
    size_t n = get("server.key", bytes, sizeof bytes);
    bytes[20] ^= 1;
    put("server.key", bytes, n);
    assert_int_equal(server_key_load(&again, directory_fd), (uint32_t)hrLogFileCorrupt);
    assert_int_equal(get("server.key", after, sizeof after), n);
    assert_memory_equal(after, bytes, n);
    struct stat s;
    assert_int_equal(fstatat(directory_fd, "server.key", &s, 0), 0);
    assert_int_equal(s.st_mode & 0777, 0600);
}

TEST(token_expires_when_the_lifetime_is_exceeded_and_no_bit_can_be_changed)
{
    enum { DAY = 86400, MADE = 1700000000 };
    struct server_key key, other;
    uint8_t token[EXPIRY_TOKEN_BYTES];
    assert_int_equal(server_key_load(&key, directory_fd), 0);
    server_key_sign(&key, 60, MADE, token);
    assert_int_equal(server_key_judge(&key, token, sizeof token, MADE), 0);
    assert_int_equal(server_key_judge(&key, token, sizeof token, MADE + 60 * DAY), 0);
    assert_int_equal(server_key_judge(&key, token, sizeof token, MADE + 60 * DAY + 1),
                     (uint32_t)hrContentsExpired);
    assert_int_equal(server_key_judge(&key, token, sizeof token, MADE - 1000), 0);
    for (size_t bit = 0; bit < 8 * sizeof token; bit++) {
        token[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(server_key_judge(&key, token, sizeof token, MADE),
                         (uint32_t)hrUnknownExpiryTokenFormat);
        token[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t n = 0; n < sizeof token; n++)
        assert_int_equal(server_key_judge(&key, token, n, MADE),
                         (uint32_t)hrUnknownExpiryTokenFormat);
    other = key;
    other.key[0] ^= 1;
    assert_int_equal(server_key_judge(&other, token, sizeof token, MADE),
                     (uint32_t)hrUnknownExpiryTokenFormat);
}

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
TEST(two_servers_do_not_share_a_store)
{
    struct ntdsb_server *first, *second;
    struct ntdsb_server_config config = ntdsb_server_default_config;
    config.store_dir = directory;
    config.host_name = "HOST";
    assert_int_equal(ntdsb_server_create(&config, &first), 0);
    assert_int_equal(ntdsb_server_create(&config, &second), RPC_S_ALREADY_LISTENING);
    ntdsb_server_destroy(first);
    assert_int_equal(ntdsb_server_create(&config, &second), 0);
    ntdsb_server_destroy(second);
}

/* contract: service.damaged-state */
TEST(a_damaged_interlock_keeps_the_server_from_starting)
{
    struct ntdsb_server *s;
    struct ntdsb_server_config config = ntdsb_server_default_config;
    config.store_dir = directory;
    config.host_name = "HOST";
    assert_int_equal(mkdirat(directory_fd, "state", 0700), 0);
    put("state/restore.state", "no such layout", 14);
    assert_int_equal(ntdsb_server_create(&config, &s), (uint32_t)hrLogFileCorrupt);
    /* Whole, but no state of an interlock. */
    static const struct {
        const char *content;
        size_t bytes;
    } contents[] = {{"", 0}, {"\1\0", 2}, {"\0\0\0\0", 4}, {"\7\0\0\0", 4}, {"\0\0\0\1", 4}};
    int folder = openat(directory_fd, "state", O_RDONLY | O_DIRECTORY);
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
        bool renamed;
        assert_int_equal(state_file_write(folder, "restore.state", contents[i].content,
                                          contents[i].bytes, &renamed),
                         0);
        assert_int_equal(ntdsb_server_create(&config, &s), (uint32_t)hrLogFileCorrupt);
    }
    close(folder);
    config.host_name = "a\\b";
    assert_int_equal(ntdsb_server_create(&config, &s), ERROR_INVALID_PARAMETER);
    config.host_name = "HOST";
    config.store_dir = "/nowhere/at/all";
    assert_int_equal(ntdsb_server_create(&config, &s), ERROR_PATH_NOT_FOUND);
}
