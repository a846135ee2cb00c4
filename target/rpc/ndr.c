/* SPDX-License-Identifier: Apache-2.0 */
#include "ndr.h"

#include "../include/winerror.h"
#include "ndr_internal.h"

#include <string.h>

void ndr_encode_init(struct ndr *n, struct buffer *out)
{
    *n = (struct ndr){.out = out, .origin = out->length};
}

void ndr_decode_init(struct ndr *n, uint8_t *stub, size_t stub_length, bool big_endian)
{
    *n = (struct ndr){.stub = stub, .stub_length = stub_length, .big_endian = big_endian};
}

void ndr_fail(struct ndr *n)
{
    if (n->status == 0)
        n->status = RPC_X_BAD_STUB_DATA;
}

uint8_t *ndr_take(struct ndr *n, size_t size, size_t alignment)
{
    if (n->status != 0)
        return NULL;
    size_t position = n->out != NULL ? n->out->length - n->origin : n->position;
    size_t padding = -position & (alignment - 1); /* alignments are powers of two */
    if (n->out != NULL) {
        uint8_t *room = size <= SIZE_MAX - padding ? buffer_extend(n->out, padding + size) : NULL;
        if (room == NULL) {
            n->status = ERROR_NOT_ENOUGH_MEMORY;
            return NULL;
        }
        /* Padding has no meaning, but our memory must not leak into it. */
        if (padding > 0)
            memset(room, 0, padding);
        return room + padding;
    }
    size_t left = n->stub_length - n->position;
    if (padding > left || size > left - padding) {
        ndr_fail(n);
        return NULL;
    }
    uint8_t *bytes = n->stub + n->position + padding;
    n->position += padding + size;
    return bytes;
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "integers are copied as they lie in memory");

/* Where the size is a constant, copying is one instruction. */
#define OF_CONSTANT_SIZE __attribute__((always_inline)) static inline

/* Primitives: written little-endian; read in the stub's byte order. */
OF_CONSTANT_SIZE void integer(struct ndr *n, uint64_t *v, size_t size)
{
    uint8_t *bytes = ndr_take(n, size, size);
    if (n->out == NULL)
        *v = 0;
    if (bytes == NULL)
        return;
    if (n->out != NULL) {
        memcpy(bytes, v, size);
        return;
    }
    memcpy(v, bytes, size);
    if (n->big_endian)
        *v = __builtin_bswap64(*v) >> (64 - 8 * size);
}

void ndr_u8(struct ndr *n, uint8_t *v)
{
    uint64_t wide = *v;
    integer(n, &wide, 1);
    *v = (uint8_t)wide;
}

void ndr_u16(struct ndr *n, uint16_t *v)
{
    uint64_t wide = *v;
    integer(n, &wide, 2);
    *v = (uint16_t)wide;
}

void ndr_u32(struct ndr *n, uint32_t *v)
{
    uint64_t wide = *v;
    integer(n, &wide, 4);
    *v = (uint32_t)wide;
}

void ndr_i32(struct ndr *n, int32_t *v)
{
    uint32_t bits = (uint32_t)*v;
    ndr_u32(n, &bits);
    *v = (int32_t)bits;
}

void ndr_u64(struct ndr *n, uint64_t *v)
{
    integer(n, v, 8);
}

/* Structures of integers and octets that lie in memory as on the wire are copied whole. */
OF_CONSTANT_SIZE void whole(struct ndr *n, void *v, size_t size, size_t alignment)
{
    uint8_t *bytes = ndr_take(n, size, alignment);
    if (bytes == NULL && n->out == NULL)
        memset(v, 0, size);
    if (bytes == NULL)
        return;
    if (n->out != NULL)
        memcpy(bytes, v, size);
    else
        memcpy(v, bytes, size);
}

static void swap_uuid(struct rpc_uuid *v)
{
    v->time_low = __builtin_bswap32(v->time_low);
    v->time_mid = __builtin_bswap16(v->time_mid);
    v->time_hi_and_version = __builtin_bswap16(v->time_hi_and_version);
}

_Static_assert(sizeof(struct rpc_uuid) == 16, "no padding");
_Static_assert(sizeof(struct rpc_context_handle) == 20, "no padding");

void ndr_uuid(struct ndr *n, struct rpc_uuid *v)
{
    whole(n, v, sizeof *v, sizeof v->time_low);
}

void ndr_context_handle(struct ndr *n, struct rpc_context_handle *v)
{
    whole(n, v, sizeof *v, sizeof v->attributes);
    if (n->out == NULL && n->big_endian) {
        v->attributes = __builtin_bswap32(v->attributes);
        swap_uuid(&v->uuid);
    }
}
