/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strings and arrays of NDR20. Every count from the wire is compared with the rest of the stub
 * before it is used, in 64 bits; a decoded value is a view, so a peer never determines the size of
 * an allocation.
 */
#include "ndr_internal.h"

#include "../include/winerror.h"

#include <string.h>

enum { REFERENT = 0x00020000 }; /* any value but 0 says "not NULL" */

/* Characters at the cursor, swapped in place if the peer's order is not ours. */
static uint16_t *wide_view(struct ndr *n, uint32_t count)
{
    uint8_t *bytes = ndr_take(n, (size_t)count * 2, 2);
    if (bytes == NULL)
        return NULL;
    /* 2-aligned: the stub is, and so is the position. */
    uint16_t *chars = (uint16_t *)(void *)bytes;
    if (n->big_endian)
        for (uint32_t i = 0; i < count; i++)
            chars[i] = (uint16_t)(chars[i] << 8 | chars[i] >> 8);
    return chars;
}

static void wide_put(struct ndr *n, const uint16_t *chars, uint32_t count)
{
    uint8_t *bytes = ndr_take(n, (size_t)count * 2, 2);
    if (bytes != NULL && chars != NULL)
        memcpy(bytes, chars, (size_t)count * 2);
}

/* The three counts of a conformant varying array. False: refused. */
static bool counts(struct ndr *n, uint32_t *max_count, uint32_t *actual_count)
{
    uint32_t offset = 0;
    ndr_u32(n, max_count);
    ndr_u32(n, &offset);
    ndr_u32(n, actual_count);
    if (n->status == 0 && (offset != 0 || *actual_count > *max_count))
        ndr_fail(n);
    return n->status == 0;
}

static void encode_string(struct ndr *n, const struct ndr_wide *v, uint32_t max)
{
    if (v->chars == NULL && n->status == 0)
        n->status = RPC_X_NULL_REF_POINTER;
    if (v->length > max) {
        ndr_fail(n);
        return;
    }
    uint32_t count = v->length + 1;
    uint16_t terminator = 0;
    counts(n, &count, &count);
    wide_put(n, v->chars, v->length);
    ndr_u16(n, &terminator);
}

static bool has_nul_before_end(const uint16_t *chars, uint32_t count)
{
    for (uint32_t i = 0; i + 1 < count; i++)
        if (chars[i] == 0)
            return true;
    return false;
}

void ndr_wide_string(struct ndr *n, struct ndr_wide *v, uint32_t max)
{
    if (n->out != NULL) {
        encode_string(n, v, max);
        return;
    }
    *v = (struct ndr_wide){0};
    uint32_t max_count = 0, count = 0;
    if (!counts(n, &max_count, &count))
        return;
    if (count == 0 || count - 1 > max || max_count - 1 > max) {
        ndr_fail(n);
        return;
    }
    uint16_t *chars = wide_view(n, count);
    if (chars == NULL)
        return;
    if (chars[count - 1] != 0 || has_nul_before_end(chars, count)) {
        ndr_fail(n);
        return;
    }
    *v = (struct ndr_wide){chars, count - 1};
}

/* The referent id of a unique pointer. Returns whether there is a pointee. */
static bool pointer(struct ndr *n, bool present)
{
    uint32_t referent = present ? REFERENT : 0;
    ndr_u32(n, &referent);
    return n->status == 0 && referent != 0;
}

void ndr_unique_wide_string(struct ndr *n, struct ndr_wide *v, uint32_t max)
{
    if (pointer(n, n->out != NULL && v->chars != NULL))
        ndr_wide_string(n, v, max);
    else if (n->out == NULL)
        *v = (struct ndr_wide){0};
}

/* [unique, size_is(length)]: length, referent, max_count. Returns whether elements follow. */
static bool sized(struct ndr *n, bool present, uint32_t *length, uint32_t max)
{
    ndr_u32(n, length);
    if (n->status == 0 && *length > max)
        ndr_fail(n);
    bool pointee = pointer(n, present);
    if (n->status == 0 && !pointee && *length != 0)
        ndr_fail(n);
    if (!pointee)
        return false;
    uint32_t max_count = *length;
    ndr_u32(n, &max_count);
    if (n->status == 0 && max_count != *length)
        ndr_fail(n);
    return n->status == 0;
}

void ndr_unique_wide_array(struct ndr *n, struct ndr_wide *v, uint32_t max)
{
    if (n->out != NULL) {
        if (sized(n, v->chars != NULL, &v->length, max))
            wide_put(n, v->chars, v->length);
        return;
    }
    uint32_t length = 0;
    *v = (struct ndr_wide){0};
    if (sized(n, false, &length, max)) {
        uint16_t *chars = wide_view(n, length);
        if (chars != NULL)
            *v = (struct ndr_wide){chars, length};
    }
}

void ndr_unique_octets(struct ndr *n, struct ndr_octets *v, uint32_t max)
{
    uint32_t length = n->out != NULL ? v->length : 0;
    bool present = n->out != NULL && v->bytes != NULL;
    bool pointee = sized(n, present, &length, max);
    uint8_t *bytes = pointee ? ndr_take(n, length, 1) : NULL;
    if (n->out == NULL)
        *v = bytes != NULL ? (struct ndr_octets){bytes, length} : (struct ndr_octets){0};
    else if (bytes != NULL && present && length > 0)
        memcpy(bytes, v->bytes, length);
}

void ndr_varying_octets(struct ndr *n, struct ndr_octets *v, uint32_t size)
{
    uint32_t max_count = size, count = n->out != NULL ? v->length : 0;
    bool fits = counts(n, &max_count, &count);
    if (fits && max_count != size) {
        ndr_fail(n);
        fits = false;
    }
    uint8_t *bytes = fits ? ndr_take(n, count, 1) : NULL;
    if (n->out == NULL)
        *v = bytes != NULL ? (struct ndr_octets){bytes, count} : (struct ndr_octets){0};
    else if (bytes != NULL && v->bytes != NULL)
        memcpy(bytes, v->bytes, count);
    else if (bytes != NULL)
        v->bytes = bytes;
}
