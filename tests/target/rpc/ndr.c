/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NDR20 against byte vectors written by hand after [C706] chapter 14, in both byte orders. A vector
 * must decode to its values, the values must encode to it, and every truncation must be refused.
 * What else must be refused: test_ndr_checks.c.
 */
#include "tests/support/ndr_values.h"
#include "tests/support/test.h"

static const struct vector vectors[] = {
    {"[C706] 14.2.5 short", code_u16, "34 12", "12 34", {.u16 = 0x1234}},
    {"[C706] 14.2.5 long", code_u32, "78 56 34 12", "12 34 56 78", {.u32 = 0x12345678}},
    {"[C706] 14.2.5 signed long", code_i32, "fe ff ff ff", "ff ff ff fe", {.i32 = -2}},
    {"[C706] 14.2.5 hyper",
     code_u64,
     "08 07 06 05 04 03 02 81",
     "81 02 03 04 05 06 07 08",
     {.u64 = 0x8102030405060708}},
    {"[C706] 14.2.2 alignment to the size",
     code_mixed,
     "34 12 0000 78 56 34 12 cd ab 0000 00000000 08 07 06 05 04 03 02 01",
     "12 34 0000 12 34 56 78 ab cd 0000 00000000 01 02 03 04 05 06 07 08",
     {.u16 = 0x1234, .u32 = 0x12345678, .second_u16 = 0xabcd, .u64 = 0x0102030405060708}},
    {"[MS-RPCE] 2.2.1.1.4 context handle: 20 bytes, 4-aligned",
     code_handle,
     "34 12 0000 00000000 04030201 0605 0807 090a 0b0c0d0e0f10",
     "12 34 0000 00000000 01020304 0506 0708 090a 0b0c0d0e0f10",
     {.u16 = 0x1234,
      .handle =
          {0, {0x01020304, 0x0506, 0x0708, {0x09, 0x0a}, {0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10}}}}},
    {"[C706] 14.3.4 string: max, offset, actual, terminator counted",
     code_string,
     "03000000 00000000 03000000 6100 6220 0000",
     "00000003 00000000 00000003 0061 2062 0000",
     {.wide = {CHARS('a', 0x2062)}}},
    {"[C706] 14.3.4 empty string",
     code_string,
     "01000000 00000000 01000000 0000",
     "00000001 00000000 00000001 0000",
     {.wide = {.chars = (uint16_t[]){0}, .length = 0}}},
    {"[MS-RPCE] 3.1.1.5.3 the longest string that the range allows",
     code_string,
     "09000000 00000000 09000000 6100 6100 6100 6100 6100 6100 6100 6100 0000",
     "00000009 00000000 00000009 0061 0061 0061 0061 0061 0061 0061 0061 0000",
     {.wide = {CHARS('a', 'a', 'a', 'a', 'a', 'a', 'a', 'a')}}},
    {"[C706] 14.2.2 alignment after a string",
     code_string_then_u32,
     "03000000 00000000 03000000 6100 6200 0000 0000 78563412",
     "00000003 00000000 00000003 0061 0062 0000 0000 12345678",
     {.wide = {CHARS('a', 'b')}, .u32 = 0x12345678}},
    {"[C706] 14.3.10 unique pointer: NULL", code_unique_string, "00000000", "00000000", {0}},
    {"[C706] 14.3.10 unique pointer: referent, pointee",
     code_unique_string,
     "00000200 02000000 00000000 02000000 6100 0000",
     "00020000 00000002 00000000 00000002 0061 0000",
     {.wide = {CHARS('a')}}},
    {"[C706] 14.3.3.3 conformant array of characters, NULs are data",
     code_wide_array,
     "04000000 00000200 04000000 6100 0000 6200 0000",
     "00000004 00020000 00000004 0061 0000 0062 0000",
     {.wide = {CHARS('a', 0, 'b', 0)}}},
    {"[C706] 14.3.10 no array of characters",
     code_wide_array,
     "00000000 00000000",
     "00000000 00000000",
     {0}},
    {"[C706] 14.3.3.3 an array of no characters",
     code_wide_array,
     "00000000 00000200 00000000",
     "00000000 00020000 00000000",
     {.wide = {.chars = (uint16_t[]){0}, .length = 0}}},
    {"[C706] 14.3.3.3 conformant array of octets",
     code_octets,
     "03000000 00000200 03000000 aa bb cc",
     "00000003 00020000 00000003 aa bb cc",
     {.octets = {OCTETS(0xaa, 0xbb, 0xcc)}}},
    {"[C706] 14.3.10 no octets", code_octets, "00000000 00000000", "00000000 00000000", {0}},
    {"[C706] 14.3.3.3 an array of no octets",
     code_octets,
     "00000000 00000200 00000000",
     "00000000 00020000 00000000",
     {.octets = {.bytes = (uint8_t[]){0}, .length = 0}}},
    {"[C706] 14.3.3.5 conformant varying array",
     code_varying,
     "08000000 00000000 03000000 aa bb cc",
     "00000008 00000000 00000003 aa bb cc",
     {.octets = {OCTETS(0xaa, 0xbb, 0xcc)}}},
    {"[C706] 14.3.3.5 conformant varying array, nothing of it sent",
     code_varying,
     "08000000 00000000 00000000",
     "00000008 00000000 00000000",
     {.octets = {.bytes = (uint8_t[]){0}, .length = 0}}},
};
enum { VECTORS = sizeof vectors / sizeof *vectors };

TEST(little_endian_vectors_decode_to_their_values)
{
    for (size_t i = 0; i < VECTORS; i++)
        decode_whole(&vectors[i], vectors[i].little, false);
}

TEST(big_endian_vectors_decode_to_their_values)
{
    for (size_t i = 0; i < VECTORS; i++)
        decode_whole(&vectors[i], vectors[i].big, true);
}

static void decode_truncated(const struct vector *v, const char *text, bool big_endian)
{
    size_t length;
    uint8_t *whole = hex_bytes(text, &length);
    for (size_t n = 0; n < length; n++) {
        uint8_t *stub = hex_copy(whole, n);
        struct values got = {0};
        struct ndr ndr;
        ndr_decode_init(&ndr, stub, n, big_endian);
        v->code(&ndr, &got);
        if (ndr.status != RPC_X_BAD_STUB_DATA)
            print_error("%s: the first %zu bytes are taken\n", v->clause, n);
        assert_int_equal(ndr.status, RPC_X_BAD_STUB_DATA);
        assert_true(ndr.position <= n);
        free(stub);
    }
    free(whole);
}

TEST(every_truncation_is_refused)
{
    for (size_t i = 0; i < VECTORS; i++) {
        decode_truncated(&vectors[i], vectors[i].little, false);
        decode_truncated(&vectors[i], vectors[i].big, true);
    }
}

TEST(values_encode_to_the_little_endian_vectors)
{
    for (size_t i = 0; i < VECTORS; i++) {
        size_t length;
        uint8_t *expected = hex_bytes(vectors[i].little, &length);
        struct buffer out = BUFFER_INIT;
        struct values values = vectors[i].values;
        struct ndr n;
        ndr_encode_init(&n, &out);
        vectors[i].code(&n, &values);
        assert_int_equal(n.status, 0);
        if (out.length != length || memcmp(out.data, expected, length) != 0)
            print_error("%s\n", vectors[i].clause);
        assert_int_equal(out.length, length);
        assert_memory_equal(out.data, expected, length);
        buffer_destroy(&out);
        free(expected);
    }
}

TEST(alignment_counts_from_where_the_stub_began)
{
    struct buffer out = BUFFER_INIT;
    assert_true(buffer_append(&out, "abc", 3));
    struct values values = {.u16 = 0x1234, .u32 = 0x12345678};
    struct ndr n;
    ndr_encode_init(&n, &out);
    code_u16(&n, &values);
    code_u32(&n, &values);
    assert_int_equal(n.status, 0);
    assert_int_equal(out.length, 3 + 8);
    assert_memory_equal(out.data, "abc\x34\x12\0\0\x78\x56\x34\x12", 11);
    buffer_destroy(&out);
}

/* contract: wire.zero-padding */
TEST(padding_is_zero_whatever_the_memory_held)
{
    struct buffer out = BUFFER_INIT;
    assert_true(buffer_reserve(&out, 64));
    memset(out.data, 0xaa, out.capacity);
    struct values values = {.u16 = 0xffff, .u64 = UINT64_MAX};
    struct ndr n;
    ndr_encode_init(&n, &out);
    code_u16(&n, &values);
    code_u64(&n, &values);
    assert_int_equal(out.length, 16);
    assert_memory_equal(out.data, "\xff\xff\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", 16);
    buffer_destroy(&out);
}

TEST(encoding_after_a_failure_writes_nothing)
{
    struct buffer out = BUFFER_INIT;
    for (size_t i = 0; i < VECTORS; i++) {
        struct values values = vectors[i].values;
        struct ndr n;
        ndr_encode_init(&n, &out);
        ndr_fail(&n);
        vectors[i].code(&n, &values);
        assert_int_equal(out.length, 0);
    }
    buffer_destroy(&out);
}

TEST(varying_octets_leave_room_that_is_filled_later)
{
    size_t length;
    uint8_t *expected = hex_bytes("08000000 00000000 03000000 aa bb cc", &length);
    struct buffer out = BUFFER_INIT;
    struct values values = {.octets = {NULL, 3}};
    struct ndr n;
    ndr_encode_init(&n, &out);
    code_varying(&n, &values);
    assert_int_equal(n.status, 0);
    assert_non_null(values.octets.bytes);
    memcpy(values.octets.bytes, "\xaa\xbb\xcc", 3);
    assert_int_equal(out.length, length);
    assert_memory_equal(out.data, expected, length);
    buffer_destroy(&out);
    free(expected);
}

TEST(decoded_values_are_views_into_the_stub)
{
    size_t length;
    uint8_t *stub = hex_bytes("03000000 00000200 03000000 aa bb cc", &length);
    struct values got = {0};
    struct ndr n;
    ndr_decode_init(&n, stub, length, false);
    code_octets(&n, &got);
    assert_ptr_equal(got.octets.bytes, stub + 12);
    free(stub);
}
