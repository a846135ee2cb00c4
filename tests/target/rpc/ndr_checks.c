/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checks of the strict level of NDR20, [MS-RPCE] 3.1.1.5.3: one refusal each, in both byte
 * orders.
 */
#include "tests/support/ndr_values.h"
#include "tests/support/test.h"

struct refusal {
    const char *check;
    coder *code;
    const char *little, *big;
};

static const struct refusal refusals[] = {
    {"string: offset not 0", code_string, "03000000 01000000 02000000 6100 0000 0000",
     "00000003 00000001 00000002 0061 0000 0000"},
    {"string: offset not 0 and wrapping with the count", code_string,
     "03000000 ffffffff 03000000 6100 6200 0000", "00000003 ffffffff 00000003 0061 0062 0000"},
    {"string: actual beyond max", code_string, "02000000 00000000 03000000 6100 6200 0000",
     "00000002 00000000 00000003 0061 0062 0000"},
    {"string: no terminator", code_string, "02000000 00000000 02000000 6100 6200",
     "00000002 00000000 00000002 0061 0062"},
    {"string: no terminator, though a NUL follows the string", code_string,
     "03000000 00000000 02000000 6100 6200 0000", "00000003 00000000 00000002 0061 0062 0000"},
    {"string: a NUL before the end", code_string, "03000000 00000000 03000000 6100 0000 0000",
     "00000003 00000000 00000003 0061 0000 0000"},
    {"string: not even a terminator", code_string, "00000000 00000000 00000000",
     "00000000 00000000 00000000"},
    {"string: room, but not even a terminator", code_string, "01000000 00000000 00000000 0000",
     "00000001 00000000 00000000 0000"},
    {"string: longer than the range", code_string,
     "0a000000 00000000 0a000000 6100 6100 6100 6100 6100 6100 6100 6100 6100 0000",
     "0000000a 00000000 0000000a 0061 0061 0061 0061 0061 0061 0061 0061 0061 0000"},
    {"string: range applies to the conformance", code_string,
     "0a000000 00000000 02000000 6100 0000", "0000000a 00000000 00000002 0061 0000"},
    {"string: elements beyond the stub", code_string, "09000000 00000000 09000000 6100 0000",
     "00000009 00000000 00000009 0061 0000"},
    {"string: counts of 2^32-1", code_string, "ffffffff 00000000 ffffffff 6100 0000",
     "ffffffff 00000000 ffffffff 0061 0000"},
    {"unique string: pointee missing", code_unique_string, "00000200", "00020000"},
    {"unique string: pointee refused", code_unique_string,
     "00000200 02000000 00000000 02000000 6100 6200",
     "00020000 00000002 00000000 00000002 0061 0062"},
    {"array of characters: max_count above size_is", code_wide_array,
     "01000000 00000200 02000000 6100 6200", "00000001 00020000 00000002 0061 0062"},
    {"array of characters: max_count below size_is", code_wide_array,
     "02000000 00000200 01000000 6100 6200", "00000002 00020000 00000001 0061 0062"},
    {"array of characters: size not 0, pointer NULL", code_wide_array, "01000000 00000000",
     "00000001 00000000"},
    {"array of characters: longer than the range", code_wide_array,
     "09000000 00000200 09000000 6100 6100 6100 6100 6100 6100 6100 6100 6100",
     "00000009 00020000 00000009 0061 0061 0061 0061 0061 0061 0061 0061 0061"},
    {"array of characters: elements beyond the stub", code_wide_array,
     "08000000 00000200 08000000 6100", "00000008 00020000 00000008 0061"},
    {"octets: max_count above size_is", code_octets, "01000000 00000200 02000000 aa bb",
     "00000001 00020000 00000002 aa bb"},
    {"octets: max_count below size_is", code_octets, "02000000 00000200 01000000 aa bb",
     "00000002 00020000 00000001 aa bb"},
    {"octets: size not 0, pointer NULL", code_octets, "03000000 00000000 03000000 aa bb cc",
     "00000003 00000000 00000003 aa bb cc"},
    {"octets: longer than the range", code_octets,
     "09000000 00000200 09000000 aa aa aa aa aa aa aa aa aa",
     "00000009 00020000 00000009 aa aa aa aa aa aa aa aa aa"},
    {"octets: elements beyond the stub", code_octets, "08000000 00000200 08000000 aa",
     "00000008 00020000 00000008 aa"},
    {"varying: max_count above size_is", code_varying, "09000000 00000000 01000000 aa",
     "00000009 00000000 00000001 aa"},
    {"varying: max_count below size_is", code_varying, "07000000 00000000 01000000 aa",
     "00000007 00000000 00000001 aa"},
    {"varying: offset not 0", code_varying, "08000000 01000000 01000000 aa bb",
     "00000008 00000001 00000001 aa bb"},
    {"varying: actual beyond max", code_varying,
     "08000000 00000000 09000000 aa aa aa aa aa aa aa aa aa",
     "00000008 00000000 00000009 aa aa aa aa aa aa aa aa aa"},
    {"varying: elements beyond the stub", code_varying, "08000000 00000000 08000000 aa",
     "00000008 00000000 00000008 aa"},
};

static void refuse(const struct refusal *r, const char *text, bool big_endian)
{
    size_t length;
    uint8_t *stub = hex_bytes(text, &length);
    struct values got = {.wide = {.chars = (uint16_t[]){1}, .length = 1},
                         .octets = {.bytes = (uint8_t[]){1}, .length = 1}};
    bool wide = r->code != code_octets && r->code != code_varying;
    struct ndr n;
    ndr_decode_init(&n, stub, length, big_endian);
    r->code(&n, &got);
    if (n.status != RPC_X_BAD_STUB_DATA)
        print_error("%s: is taken\n", r->check);
    assert_int_equal(n.status, RPC_X_BAD_STUB_DATA);
    if (wide) {
        assert_null(got.wide.chars);
        assert_int_equal(got.wide.length, 0);
    } else {
        assert_null(got.octets.bytes);
        assert_int_equal(got.octets.length, 0);
    }
    free(stub);
}

TEST(every_check_of_the_strict_level_refuses)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        refuse(&refusals[i], refusals[i].little, false);
        refuse(&refusals[i], refusals[i].big, true);
    }
}

TEST(string_may_be_shorter_than_its_conformance)
{
    const struct vector v = {"actual below max",
                             code_string,
                             "05000000 00000000 02000000 6100 0000",
                             "00000005 00000000 00000002 0061 0000",
                             {.wide = {CHARS('a')}}};
    decode_whole(&v, v.little, false);
    decode_whole(&v, v.big, true);
}

TEST(element_count_that_overflows_32_bits_of_bytes_is_refused)
{
    size_t length;
    /* 0x80000001 characters are 2 bytes in 32-bit arithmetic */
    uint8_t *stub = hex_bytes("01000080 00000200 01000080 6100", &length);
    struct ndr_wide wide;
    struct ndr n;
    ndr_decode_init(&n, stub, length, false);
    ndr_unique_wide_array(&n, &wide, UINT32_MAX);
    assert_int_equal(n.status, RPC_X_BAD_STUB_DATA);
    assert_null(wide.chars);
    free(stub);
}

TEST(string_of_no_elements_is_refused_whatever_the_range)
{
    size_t length;
    uint8_t *stub = hex_bytes("01000000 00000000 00000000 0000", &length);
    struct ndr_wide wide;
    struct ndr n;
    ndr_decode_init(&n, stub, length, false);
    ndr_wide_string(&n, &wide, UINT32_MAX);
    assert_int_equal(n.status, RPC_X_BAD_STUB_DATA);
    assert_null(wide.chars);
    free(stub);
}

TEST(first_failure_sticks_and_later_values_are_zero)
{
    uint8_t stub[64];
    memset(stub, 0xff, sizeof stub);
    struct values got;
    memset(&got, 0xee, sizeof got);
    struct ndr n;
    ndr_decode_init(&n, stub, sizeof stub, false);
    ndr_fail(&n);
    code_mixed(&n, &got);
    code_i32(&n, &got);
    ndr_context_handle(&n, &got.handle);
    code_unique_string(&n, &got);
    code_octets(&n, &got);
    const struct values zero = {0};
    assert_values(&got, &zero);
    assert_int_equal(n.status, RPC_X_BAD_STUB_DATA);
    assert_int_equal(n.position, 0);
}

TEST(handle_cut_anywhere_is_the_null_handle)
{
    static const struct rpc_context_handle null;
    for (size_t n = 0; n < 20; n++) {
        uint8_t stub[20];
        struct rpc_context_handle handle;
        struct ndr in;
        memset(stub, 0x77, sizeof stub);
        memset(&handle, 0x66, sizeof handle);
        ndr_decode_init(&in, stub, n, false);
        ndr_context_handle(&in, &handle);
        assert_int_equal(in.status, RPC_X_BAD_STUB_DATA);
        assert_true(rpc_context_handle_equal(&handle, &null));
    }
}

TEST(failing_does_not_hide_an_earlier_failure)
{
    struct buffer out = BUFFER_INIT;
    struct ndr n;
    ndr_encode_init(&n, &out);
    n.status = ERROR_NOT_ENOUGH_MEMORY;
    ndr_fail(&n);
    assert_int_equal(n.status, ERROR_NOT_ENOUGH_MEMORY);
}

TEST(null_string_where_one_is_due_is_a_null_ref_pointer)
{
    struct buffer out = BUFFER_INIT;
    struct values none = {0};
    struct ndr n;
    ndr_encode_init(&n, &out);
    code_string(&n, &none);
    assert_int_equal(n.status, RPC_X_NULL_REF_POINTER);
    assert_int_equal(out.length, 0);
    buffer_destroy(&out);
}

TEST(what_a_decoder_would_refuse_is_not_encoded)
{
    uint16_t chars[MAX_ELEMENTS + 1] = {0};
    uint8_t bytes[ARRAY_SIZE + 1] = {0};
    const struct {
        coder *code;
        struct values values;
    } refused[] = {
        {code_string, {.wide = {chars, MAX_ELEMENTS + 1}}},
        {code_unique_string, {.wide = {chars, MAX_ELEMENTS + 1}}},
        {code_wide_array, {.wide = {chars, MAX_ELEMENTS + 1}}},
        {code_wide_array, {.wide = {NULL, 1}}},
        {code_octets, {.octets = {bytes, MAX_ELEMENTS + 1}}},
        {code_octets, {.octets = {NULL, 1}}},
        {code_varying, {.octets = {bytes, ARRAY_SIZE + 1}}},
        {code_varying, {.octets = {NULL, ARRAY_SIZE + 1}}},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct buffer out = BUFFER_INIT;
        struct values values = refused[i].values;
        struct ndr n;
        ndr_encode_init(&n, &out);
        refused[i].code(&n, &values);
        assert_int_equal(n.status, RPC_X_BAD_STUB_DATA);
        buffer_destroy(&out);
    }
}
