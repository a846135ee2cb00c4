/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes a PDU of a client apart, by C706 12.6 alone.
 */
#include "pdu.h"

uint32_t peer_get(const uint8_t *bytes, size_t at, unsigned width, bool big_endian)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < width; i++)
        value = value << 8 | bytes[big_endian ? at + i : at + width - 1 - i];
    return value;
}

bool peer_is_big_endian(const uint8_t *pdu)
{
    return pdu[4] >> 4 != 1;
}

void peer_take_header(struct peer_pdu *p, const uint8_t *bytes)
{
    bool big = peer_is_big_endian(bytes);
    *p = (struct peer_pdu){
        .bytes = bytes,
        .big_endian = big,
        .type = bytes[2],
        .flags = bytes[3],
        .fragment_length = (uint16_t)peer_get(bytes, 8, 2, big),
        .auth_length = (uint16_t)peer_get(bytes, 10, 2, big),
        .call_id = peer_get(bytes, 12, 4, big),
    };
}

/* The security trailer lies at the end, after its padding. */
static bool take_trailer(struct peer_pdu *p)
{
    enum { TRAILER = 8 };
    size_t body = p->fragment_length - PEER_PDU_HEADER;
    p->body_end = p->fragment_length;
    if (p->auth_length == 0)
        return true;
    if ((size_t)p->auth_length + TRAILER > body)
        return false;
    p->body_end -= (size_t)p->auth_length + TRAILER;
    uint8_t padding = p->bytes[p->body_end + 2];
    if (padding > p->body_end - PEER_PDU_HEADER)
        return false;
    p->body_end -= padding;
    return true;
}

static bool take_list(struct peer_pdu *p)
{
    size_t at = 28;
    if (p->body_end < 25)
        return false;
    p->max_xmit = (uint16_t)peer_get(p->bytes, 16, 2, p->big_endian);
    p->max_recv = (uint16_t)peer_get(p->bytes, 18, 2, p->big_endian);
    p->group = peer_get(p->bytes, 20, 4, p->big_endian);
    p->context_count = p->bytes[24];
    if (p->context_count > 0 && p->body_end < at)
        return false;
    for (unsigned i = 0; i < p->context_count; i++) {
        if (p->body_end < at + 24)
            return false;
        at += 24 + (size_t)20 * p->bytes[at + 2];
        if (p->body_end < at)
            return false;
    }
    return true;
}

static bool take_request(struct peer_pdu *p)
{
    p->stub = PEER_REQUEST_HEADER + (p->flags & PEER_OBJECT ? 16 : 0);
    if (p->body_end < p->stub)
        return false;
    p->alloc_hint = peer_get(p->bytes, 16, 4, p->big_endian);
    p->context_id = (uint16_t)peer_get(p->bytes, 20, 2, p->big_endian);
    p->opnum = (uint16_t)peer_get(p->bytes, 22, 2, p->big_endian);
    p->stub_length = p->body_end - p->stub;
    return true;
}

bool peer_take_body(struct peer_pdu *p)
{
    if (!take_trailer(p))
        return false;
    switch (p->type) {
    case PEER_BIND:
    case PEER_ALTER:
        return take_list(p);
    case PEER_REQUEST:
        return take_request(p);
    default:
        return true; /* no type for servers, so its content does not matter */
    }
}
