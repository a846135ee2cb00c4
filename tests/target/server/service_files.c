/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service's own files on a real file system: what is damaged is refused and left alone.
 */
#include "tests/support/service_directory.h"
#include "tests/support/test.h"

#include <windows.h>

#include <ntdsbcli.h>

#include "target/digest/sha256.h"
#include "target/server/ntdsb_server.h"
#include "target/server/server_key.h"
#include "target/server/state_file.h"

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
