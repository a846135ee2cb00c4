/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much the service takes: sizes of its files, lengths of names, lists of nothing.
 */
#include "tests/support/test.h"

#include <windows.h>

#include <ntdsbcli.h>

#include "target/server/ntdsb_server.h"
#include "target/server/state_file.h"
#include "target/server/store.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char directory[] = "/tmp/rundown-limits.XXXXXX";

static void make_directory(void)
{
    assert_non_null(mkdtemp(directory));
}

static void remove_directory(void)
{
    assert_int_equal(rmdir(directory), 0);
}

AROUND_ALL_TESTS(make_directory, remove_directory);

/* Makes the file a byte longer. */
static int lengthen(int folder, const char *name)
{
    int file = openat(folder, name, O_WRONLY | O_APPEND);
    int result = file >= 0 && write(file, "", 1) == 1 ? 0 : -1;
    close(file);
    return result;
}

TEST(state_of_the_greatest_size_is_read_again)
{
    bool renamed = false;
    struct buffer back = BUFFER_INIT;
    uint8_t *payload = calloc(1, STATE_FILE_MAX_PAYLOAD + 1);
    int folder = open(directory, O_RDONLY | O_DIRECTORY);
    assert_true(payload != NULL && folder >= 0);
    payload[STATE_FILE_MAX_PAYLOAD - 1] = 77;
    assert_int_equal(state_file_write(folder, "great", payload, STATE_FILE_MAX_PAYLOAD, &renamed),
                     0);
    assert_int_equal(state_file_read(folder, "great", &back), 0);
    assert_int_equal(back.length, STATE_FILE_MAX_PAYLOAD);
    assert_memory_equal(back.data, payload, STATE_FILE_MAX_PAYLOAD);
    assert_int_equal(lengthen(folder, "great"), 0);
    assert_int_equal(state_file_read(folder, "great", &back), (uint32_t)hrLogFileCorrupt);
    assert_int_equal(state_file_remove(folder, "great"), 0);
    assert_int_equal(
        state_file_write(folder, "great", payload, STATE_FILE_MAX_PAYLOAD + 1, &renamed),
        ERROR_INVALID_PARAMETER);
    assert_false(renamed);
    assert_int_equal(state_file_read(folder, "great", &back), ERROR_FILE_NOT_FOUND);
    buffer_destroy(&back);
    free(payload);
    close(folder);
}

/* contract: list.empty */
TEST(list_of_nothing_is_two_nuls)
{
    struct store store = {.root = "\\\\HOST\\dir"};
    struct store_list none = {0};
    struct ndr_wide list;
    assert_int_equal(store_format_list(&store, &none, &list), 0);
    assert_int_equal(list.length, 2);
    assert_int_equal(list.chars[0] | list.chars[1], 0);
    free(list.chars);
}

TEST(path_may_be_so_long_that_its_unc_name_fits)
{
    enum { LONGEST = STORE_ROOT_MAX - 1 - 3 }; /* \\\\H and a NUL */
    char path[LONGEST + 2];
    for (size_t i = 0; i < sizeof path - 1; i++)
        path[i] = i % 2 == 0 ? '/' : 'a';
    path[LONGEST + 1] = '\0';
    struct ntdsb_server *server = NULL;
    struct ntdsb_server_config config = ntdsb_server_default_config;
    config.store_dir = path;
    config.host_name = "H";
    if (path[LONGEST] == '/')
        path[LONGEST] = 'a';
    assert_int_equal(ntdsb_server_create(&config, &server), ERROR_INVALID_PARAMETER);
    path[LONGEST] = '\0';
    if (path[LONGEST - 1] == '/')
        path[LONGEST - 1] = 'a';
    assert_int_equal(ntdsb_server_create(&config, &server), ERROR_PATH_NOT_FOUND);
}

/* The first and the last printable character are as good as any: no such folder. */
TEST(path_may_have_every_printable_character)
{
    struct ntdsb_server *server = NULL;
    struct ntdsb_server_config config = ntdsb_server_default_config;
    config.store_dir = "/nowhere/ ~";
    config.host_name = " ~";
    assert_int_equal(ntdsb_server_create(&config, &server), ERROR_PATH_NOT_FOUND);
}

TEST(configuration_that_cannot_be_named_in_lists_is_refused)
{
    static const char *const wrong[][2] = {{"relative/path", "HOST"}, {"/tmp", ""},
                                           {"/tmp", "A/B"},           {"/tmp", "A\\B"},
                                           {"/tm\tp", "HOST"},        {"/tmp", "H\x7f"}};
    struct ntdsb_server *server = NULL;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct ntdsb_server_config config = ntdsb_server_default_config;
        config.store_dir = wrong[i][0];
        config.host_name = wrong[i][1];
        assert_int_equal(ntdsb_server_create(&config, &server), ERROR_INVALID_PARAMETER);
        assert_null(server);
    }
}

/* As target/server/ntdsb_server.h and target/rpc/rpc_server.h say them. */
TEST(defaults_are_what_the_headers_say)
{
    const struct ntdsb_server_config *c = &ntdsb_server_default_config;
    assert_int_equal(c->max_sessions, 64);
    assert_int_equal(c->tombstone_days, 60);
    assert_int_equal(c->limits->max_fragment_tcp, 5840);
    assert_int_equal(c->limits->max_fragment_local, 65528);
    assert_int_equal(c->limits->max_request_stub, 4194304);
    assert_int_equal(c->limits->max_contexts_per_bind, 128);
    assert_int_equal(c->limits->max_contexts_per_connection, 256);
    assert_int_equal(c->limits->max_handles_per_group, 1024);
    assert_int_equal(c->limits->output_high_water, 65536);
    assert_int_equal(c->limits->max_held, 67108864);
}
