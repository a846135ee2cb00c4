/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the NDR codec share: a struct with one of everything that a vector may hold, a
 * coder for each shape, and the comparison.
 */
#ifndef TESTS_NDR_VALUES_H
#define TESTS_NDR_VALUES_H

#include "tests/support/test.h"

#include "hex.h"
#include "target/include/winerror.h"
#include "target/rpc/ndr.h"

/* One of everything that a vector may hold. */
struct values {
    uint16_t u16, second_u16;
    uint32_t u32;
    int32_t i32;
    uint64_t u64;
    struct rpc_context_handle handle;
    struct ndr_wide wide;
    struct ndr_octets octets;
};

enum { MAX_ELEMENTS = 8, ARRAY_SIZE = 8 };

void code_u16(struct ndr *n, struct values *v);
void code_u32(struct ndr *n, struct values *v);
void code_i32(struct ndr *n, struct values *v);
void code_u64(struct ndr *n, struct values *v);
void code_mixed(struct ndr *n, struct values *v);
void code_handle(struct ndr *n, struct values *v);
void code_string(struct ndr *n, struct values *v);
void code_string_then_u32(struct ndr *n, struct values *v);
void code_unique_string(struct ndr *n, struct values *v);
void code_wide_array(struct ndr *n, struct values *v);
void code_octets(struct ndr *n, struct values *v);
void code_varying(struct ndr *n, struct values *v);
typedef void coder(struct ndr *, struct values *);

struct vector {
    const char *clause;
    coder *code;
    const char *little, *big;
    struct values values;
};

#define CHARS(...)                                                                                 \
    .chars = (uint16_t[]){__VA_ARGS__}, .length = sizeof((uint16_t[]){__VA_ARGS__}) / 2
#define OCTETS(...) .bytes = (uint8_t[]){__VA_ARGS__}, .length = sizeof((uint8_t[]){__VA_ARGS__})

void assert_values(const struct values *got, const struct values *expected);
void decode_whole(const struct vector *v, const char *text, bool big_endian);

#endif
