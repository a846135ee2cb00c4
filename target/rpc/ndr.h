/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NDR20, both ways with one description: each ndr_* call writes its value while encoding and reads
 * it while decoding, so a stub is described once (idl/stubs.c) and the two ends cannot drift apart.
 *
 * Decoding never allocates and never copies: strings and arrays come back as views into the stub,
 * which is swapped in place if the peer's byte order is not ours. All checks of the strict level
 * are made ([MS-RPCE] 3.1.1.5.3): max_count against size_is, offset 0, offset + actual <= max,
 * elements within the stub, string terminator present and only at the end, range limits. The first
 * failure is kept in `status` and every later call does nothing, so a stub needs one check at its
 * end. A decoded value is zero / NULL / 0 elements after a failure.
 */
#ifndef RPC_NDR_H
#define RPC_NDR_H

#include "buffer.h"
#include "types.h"

struct ndr {
    struct buffer *out; /* encoding: appended to; NULL while decoding */
    size_t origin;      /* encoding: out->length where the stub began; alignment counts from here */
    uint8_t *stub;      /* decoding: borrowed, mutable, at least 8-aligned */
    size_t stub_length;
    size_t position;
    bool big_endian; /* decoding: byte order of the stub */
    uint32_t status; /* 0, RPC_X_BAD_STUB_DATA, RPC_X_NULL_REF_POINTER or ERROR_NOT_ENOUGH_MEMORY */
};

void ndr_encode_init(struct ndr *n, struct buffer *out);
void ndr_decode_init(struct ndr *n, uint8_t *stub, size_t stub_length, bool big_endian);

void ndr_u8(struct ndr *n, uint8_t *v);
void ndr_u16(struct ndr *n, uint16_t *v);
void ndr_u32(struct ndr *n, uint32_t *v);
void ndr_i32(struct ndr *n, int32_t *v);
void ndr_u64(struct ndr *n, uint64_t *v);
void ndr_uuid(struct ndr *n, struct rpc_uuid *v); /* to encode: no operation takes one */
void ndr_context_handle(struct ndr *n, struct rpc_context_handle *v);

/* 16-bit characters. `length` counts them without the terminator of a string. */
struct ndr_wide {
    uint16_t *chars; /* encoding: borrowed from the caller; decoding: view into the stub */
    uint32_t length;
};

struct ndr_octets {
    uint8_t *bytes;
    uint32_t length;
};

/* [string] wchar_t *: conformant varying, counts include the terminator; at most `max` characters
   without it. A decoded string is NUL-terminated in place and holds no other NUL. */
void ndr_wide_string(struct ndr *n, struct ndr_wide *v, uint32_t max);
/* [unique, string] wchar_t *: chars NULL is the NULL pointer. */
void ndr_unique_wide_string(struct ndr *n, struct ndr_wide *v, uint32_t max);
/* [unique, size_is(length)] wchar_t *: a multi-string travels so, its NULs are data. As
   ndr_unique_octets, in characters. */
void ndr_unique_wide_array(struct ndr *n, struct ndr_wide *v, uint32_t max);
/* [unique, size_is(length)] byte *: the length travels first as a u32, then the pointer;
   length != 0 with a NULL pointer is refused. bytes NULL and length 0 is the NULL pointer;
   a non-NULL pointer with length 0 is possible and kept apart from it. */
void ndr_unique_octets(struct ndr *n, struct ndr_octets *v, uint32_t max);
/* [size_is(size), length_is(v->length)] byte[]: conformant varying; a decoded max_count other than
   `size` is refused. Encoding with bytes NULL and length != 0 leaves room of that length in the
   stub and sets v->bytes to it, so that data can be read straight into the reply; the view is valid
   until the next write to the stub. */
void ndr_varying_octets(struct ndr *n, struct ndr_octets *v, uint32_t size);

/* For a rule of the stub's own (a range, a discriminant): fails it as undecodable. */
void ndr_fail(struct ndr *n);

#endif
