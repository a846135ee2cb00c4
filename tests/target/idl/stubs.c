/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bounds of target/idl/ntdsb.idl: each parameter's greatest value is taken, one more is not.
 * The stubs are laid out by hand, for our own encoder keeps to the bounds.
 */
#include "tests/support/test.h"

#include "target/idl/stubs.h"
#include "target/include/winerror.h"

#include <stdlib.h>
#include <string.h>

static struct buffer stub;

static void put(const void *bytes, size_t n, size_t alignment)
{
    static const uint8_t zeros[8];
    assert_true(buffer_append(&stub, zeros, -stub.length & (alignment - 1)));
    assert_true(buffer_append(&stub, bytes, n));
}

static void put_u32(uint32_t v)
{
    put(&v, sizeof v, sizeof v);
}

static void put_u64(uint64_t v)
{
    put(&v, sizeof v, sizeof v);
}

static void put_handle(void)
{
    static const uint8_t handle[20] = {0, 0, 0, 0, 7};
    put(handle, sizeof handle, 4);
}

static void put_session(uint32_t phase)
{
    put_handle();
    put_u32(1);
    put_u32(phase);
}

static void put_elements(uint32_t count, uint8_t size, bool terminated)
{
    uint16_t *chars = malloc((size_t)count * 2 + 2);
    assert_non_null(chars);
    memset(chars, 'a', (size_t)count * 2 + 2);
    chars[count] = 0;
    put(chars, (size_t)size * (count + terminated), size);
    free(chars);
}

/* A string of that many characters and its NUL. */
static void put_string(uint32_t chars)
{
    put_u32(chars + 1);
    put_u32(0);
    put_u32(chars + 1);
    put_elements(chars, 2, true);
}

static void put_unique_string(uint32_t chars)
{
    put_u32(1);
    put_string(chars);
}

static void put_sized(uint32_t count, uint8_t size)
{
    put_u32(count);
    put_u32(1);
    put_u32(count);
    put_elements(count, size, false);
}

/* One function: how its stub is laid out with `v` in the place of one parameter, and decoded. */
struct row {
    const char *name;
    uint32_t greatest;
    void (*put)(uint32_t v);
    void (*decode)(struct ndr *n);
};

#define DECODER(type)                                                                              \
    static void decode_##type(struct ndr *n)                                                       \
    {                                                                                              \
        struct ntdsb_##type in = {0};                                                              \
        ntdsb_##type(n, &in);                                                                      \
    }
DECODER(session_in)
DECODER(open_file_in)
DECODER(read_in)
DECODER(close_in)
DECODER(restore_prepare_in)
DECODER(prepare_out)
DECODER(list_out)

static void decode_register(struct ndr *n)
{
    static struct ntdsb_map_entry map[NTDSB_MAX_RSTMAP];
    struct ntdsb_restore_register_in in = {.map = map};
    ntdsb_restore_register_in(n, &in);
    assert_true(in.entries <= NTDSB_MAX_RSTMAP);
}

static void put_phase(uint32_t v)
{
    put_session(v);
}

static void put_open_phase(uint32_t v)
{
    put_session(v);
    put_string(5);
    put_u32(0);
}

static void put_open_name(uint32_t v)
{
    put_session(2);
    put_string(v);
    put_u32(0xffffffff);
}

static void put_read_phase(uint32_t v)
{
    put_session(v);
    put_u64(UINT64_MAX);
    put_u32(0xffffffff);
}

static void put_close_phase(uint32_t v)
{
    put_session(v);
    put_u64(UINT64_MAX);
}

static void put_token_in(uint32_t v)
{
    put_u32(0xffffffff);
    put_sized(v, 1);
}

static void put_token_out(uint32_t v)
{
    put_sized(v, 1);
    put_handle();
    put_u32(0x80000000);
}

static void put_list(uint32_t v)
{
    put_sized(v, 2);
    put_u32(0x80000000);
}

/* RestoreRegister with one string or count of its own. */
static void put_register(const uint32_t lengths[5], uint32_t entries)
{
    put_handle();
    put_unique_string(lengths[0]);
    put_unique_string(lengths[1]);
    put_u32(entries);
    for (uint32_t i = 0; i < entries; i++) {
        put_unique_string(lengths[2]);
        put_unique_string(lengths[3]);
    }
    put_unique_string(lengths[4]);
    put_u32(0xffffffff);
    put_u32(0xffffffff);
}

#define REGISTER(name, ...)                                                                        \
    static void put_register_##name(uint32_t v)                                                    \
    {                                                                                              \
        put_register((const uint32_t[5]){__VA_ARGS__}, 2);                                         \
    }
REGISTER(checkpoint, v, 1, 1, 1, 1)
REGISTER(log, 1, v, 1, 1, 1)
REGISTER(old_name, 1, 1, v, 1, 1)
REGISTER(new_name, 1, 1, 1, v, 1)
REGISTER(backup_log, 1, 1, 1, 1, v)

static void put_register_entries(uint32_t v)
{
    put_register((const uint32_t[5]){1, 1, 1, 1, 1}, v);
}

static const struct row rows[] = {
    {"GetAttachmentInformation, phase", NTDSB_PHASE_TRUNCATED, put_phase, decode_session_in},
    {"OpenFile, phase", NTDSB_PHASE_TRUNCATED, put_open_phase, decode_open_file_in},
    {"OpenFile, name", 4096, put_open_name, decode_open_file_in},
    {"Read, phase", NTDSB_PHASE_TRUNCATED, put_read_phase, decode_read_in},
    {"Close, phase", NTDSB_PHASE_TRUNCATED, put_close_phase, decode_close_in},
    {"RestorePrepare, token", 4096, put_token_in, decode_restore_prepare_in},
    {"Prepare, token", 4096, put_token_out, decode_prepare_out},
    {"lists", 1048576, put_list, decode_list_out},
    {"RestoreRegister, checkpoint", 4096, put_register_checkpoint, decode_register},
    {"RestoreRegister, log", 4096, put_register_log, decode_register},
    {"RestoreRegister, old name", 4096, put_register_old_name, decode_register},
    {"RestoreRegister, new name", 4096, put_register_new_name, decode_register},
    {"RestoreRegister, backup log", 4096, put_register_backup_log, decode_register},
    {"RestoreRegister, entries", 256, put_register_entries, decode_register},
};

static uint32_t status_of(const struct row *row, uint32_t v)
{
    struct ndr n;
    buffer_clear(&stub);
    row->put(v);
    ndr_decode_init(&n, stub.data, stub.length, false);
    row->decode(&n);
    if (n.status == 0)
        assert_int_equal(n.position, stub.length);
    return n.status;
}

TEST(greatest_value_is_taken_and_one_more_is_not)
{
    for (const struct row *row = rows; row < rows + sizeof rows / sizeof *rows; row++) {
        uint32_t taken = status_of(row, row->greatest), refused = status_of(row, row->greatest + 1);
        if (taken != 0 || refused != RPC_X_BAD_STUB_DATA)
            print_error("%s: %u and %u\n", row->name, taken, refused);
        assert_int_equal(taken, 0);
        assert_int_equal(refused, RPC_X_BAD_STUB_DATA);
    }
    buffer_destroy(&stub);
}

TEST(every_phase_is_taken)
{
    for (uint32_t phase = 0; phase <= NTDSB_PHASE_TRUNCATED; phase++)
        assert_int_equal(status_of(&rows[0], phase), 0);
    assert_int_equal(status_of(&rows[0], UINT32_MAX), RPC_X_BAD_STUB_DATA);
    buffer_destroy(&stub);
}
