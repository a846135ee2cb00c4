/* SPDX-License-Identifier: Apache-2.0 */
#include "ndr_values.h"

void code_u16(struct ndr *n, struct values *v)
{
    ndr_u16(n, &v->u16);
}

void code_u32(struct ndr *n, struct values *v)
{
    ndr_u32(n, &v->u32);
}

void code_i32(struct ndr *n, struct values *v)
{
    ndr_i32(n, &v->i32);
}

void code_u64(struct ndr *n, struct values *v)
{
    ndr_u64(n, &v->u64);
}

void code_mixed(struct ndr *n, struct values *v)
{
    ndr_u16(n, &v->u16);
    ndr_u32(n, &v->u32);
    ndr_u16(n, &v->second_u16);
    ndr_u64(n, &v->u64);
}

void code_handle(struct ndr *n, struct values *v)
{
    ndr_u16(n, &v->u16);
    ndr_context_handle(n, &v->handle);
}

void code_string(struct ndr *n, struct values *v)
{
    ndr_wide_string(n, &v->wide, MAX_ELEMENTS);
}

void code_string_then_u32(struct ndr *n, struct values *v)
{
    ndr_wide_string(n, &v->wide, MAX_ELEMENTS);
    ndr_u32(n, &v->u32);
}

void code_unique_string(struct ndr *n, struct values *v)
{
    ndr_unique_wide_string(n, &v->wide, MAX_ELEMENTS);
}

void code_wide_array(struct ndr *n, struct values *v)
{
    ndr_unique_wide_array(n, &v->wide, MAX_ELEMENTS);
}

void code_octets(struct ndr *n, struct values *v)
{
    ndr_unique_octets(n, &v->octets, MAX_ELEMENTS);
}

void code_varying(struct ndr *n, struct values *v)
{
    ndr_varying_octets(n, &v->octets, ARRAY_SIZE);
}

void assert_values(const struct values *got, const struct values *expected)
{
    assert_int_equal(got->u16, expected->u16);
    assert_int_equal(got->second_u16, expected->second_u16);
    assert_int_equal(got->u32, expected->u32);
    assert_int_equal(got->i32, expected->i32);
    assert_true(got->u64 == expected->u64);
    assert_true(rpc_context_handle_equal(&got->handle, &expected->handle));
    assert_int_equal(got->wide.chars != NULL, expected->wide.chars != NULL);
    assert_int_equal(got->wide.length, expected->wide.length);
    if (expected->wide.length > 0)
        assert_memory_equal(got->wide.chars, expected->wide.chars, expected->wide.length * 2);
    assert_int_equal(got->octets.bytes != NULL, expected->octets.bytes != NULL);
    assert_int_equal(got->octets.length, expected->octets.length);
    if (expected->octets.length > 0)
        assert_memory_equal(got->octets.bytes, expected->octets.bytes, expected->octets.length);
}

void decode_whole(const struct vector *v, const char *text, bool big_endian)
{
    size_t length;
    uint8_t *stub = hex_bytes(text, &length);
    struct values got = {0};
    struct ndr n;
    ndr_decode_init(&n, stub, length, big_endian);
    v->code(&n, &got);
    if (n.status != 0 || n.position != length)
        print_error("%s\n", v->clause);
    assert_int_equal(n.status, 0);
    assert_int_equal(n.position, length);
    assert_values(&got, &v->values);
    free(stub);
}
