/* SPDX-License-Identifier: Apache-2.0 */
#include "client_lies.h"

#include "fuzz/peer/pdu.h"

#include <string.h>

enum { FIT_LENGTH = 0x80 };

size_t client_lies_write(const struct told_lies *l, unsigned pdu,
                         uint8_t out[LIES_MOST * LIE_BYTES])
{
    size_t n = 0;
    for (const struct told_lie *lie = l->lies; lie < l->lies + l->count; lie++) {
        out[n++] = (uint8_t)pdu;
        out[n++] = (uint8_t)(lie->lie | (lie->fit ? FIT_LENGTH : 0));
        out[n++] = (uint8_t)lie->at;
        out[n++] = (uint8_t)(lie->at >> 8);
        for (unsigned i = 0; i < 4; i++)
            out[n++] = (uint8_t)(lie->value >> 8 * i);
    }
    return n;
}

struct told_lies client_lie_inserted(const uint8_t *pdu, uint8_t type)
{
    const uint32_t begin = 5u | (uint32_t)type << 16 | (uint32_t)(PEER_FIRST | PEER_LAST) << 24;
    return (struct told_lies){.count = 5,
                              .lies = {{LIE_INSERT, false, 0, PEER_PDU_HEADER},
                                       {LIE_SET_LONG, false, 0, begin},
                                       {LIE_SET_LONG, false, 4, 0x10},
                                       {LIE_SET_LONG, false, 8, PEER_PDU_HEADER},
                                       {LIE_SET_LONG, false, 12, peer_get(pdu, 12, 4, false)}}};
}

bool client_lie_trailer(size_t size, uint8_t level, struct told_lies *out)
{
    enum { TRAILER = 8, TOKEN = 16, NTLM = 10 };
    const size_t padding = -size & 3, at = size + padding;
    *out = (struct told_lies){
        .count = 5,
        .lies = {{LIE_TWICE, false, 0, 0},
                 {LIE_TRUNCATE, true, at + TRAILER + TOKEN, 0},
                 {LIE_SET_LONG, false, at, NTLM | (uint32_t)level << 8 | (uint32_t)padding << 16},
                 {LIE_SET_LONG, false, at + 4, 0},
                 {LIE_SET_SHORT, false, 10, TOKEN}}};
    return at + TRAILER + TOKEN <= 2 * size;
}

/* Fields behind the call's number, each as its offset and its width; 0 ends. The last one is the
 * code. */
static const uint8_t *fields_of(uint8_t type)
{
    static const uint8_t of_fault[] = {16, 4, 20, 2, 24, 4, 0}, of_nak[] = {16, 2, 0};
    return type == PEER_FAULT_PDU ? of_fault : type == PEER_BIND_NAK_PDU ? of_nak : NULL;
}

static struct told_lie turned(const uint8_t *pdu, unsigned at, unsigned width)
{
    return (struct told_lie){width == 2 ? LIE_SET_SHORT : LIE_SET_LONG, false, at,
                             peer_get(pdu, at, width, true)};
}

static uint32_t swapped(uint32_t value, unsigned width)
{
    const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                             (uint8_t)(value >> 24)};
    return peer_get(bytes, 0, width, true);
}

bool client_lie_turned(const uint8_t *pdu, uint32_t code, struct told_lies *out)
{
    const uint8_t *field = fields_of(pdu[2]);
    struct told_lie *l = out->lies;
    if (field == NULL)
        return false;
    *l++ = (struct told_lie){LIE_SET_BYTE, false, 4, pdu[4] ^ 0x10};
    *l++ = turned(pdu, 8, 2);
    *l++ = turned(pdu, 10, 2);
    *l++ = turned(pdu, 12, 4);
    for (; *field != 0; field += 2)
        *l++ = turned(pdu, field[0], field[1]);
    l[-1].value = swapped(code, field[-1]);
    out->count = (size_t)(l - out->lies);
    return true;
}

uint32_t client_lie_code(const uint8_t *records, size_t n)
{
    const uint8_t *last = records + n - LIE_BYTES;
    return swapped(peer_get(last, 4, 4, false), (last[1] & 7) == LIE_SET_SHORT ? 2 : 4);
}

static void set(uint8_t *pdu, size_t n, size_t at, uint32_t value, unsigned width)
{
    for (unsigned i = 0; i < width && at + i < n; i++)
        pdu[at + i] = (uint8_t)(value >> 8 * i);
}

size_t client_lie_tell(const uint8_t *lie, uint8_t *pdu, size_t n, size_t capacity)
{
    size_t at = n > 0 ? peer_get(lie, 2, 2, false) % n : 0;
    uint32_t value = peer_get(lie, 4, 4, false);
    size_t part = value & 0xff;
    switch ((enum client_lie)(lie[1] & 7)) {
    case LIE_SET_BYTE:
        set(pdu, n, at, value, 1);
        break;
    case LIE_FLIP:
        set(pdu, n, at, n > 0 ? pdu[at] ^ value : 0, 1);
        break;
    case LIE_SET_SHORT:
        set(pdu, n, at, value, 2);
        break;
    case LIE_SET_LONG:
        set(pdu, n, at, value, 4);
        break;
    case LIE_INSERT:
        if (part > capacity - n)
            break;
        memmove(pdu + at + part, pdu + at, n - at);
        memset(pdu + at, (int)(value >> 8 & 0xff), part);
        n += part;
        break;
    case LIE_DELETE:
        if (part > n - at)
            part = n - at;
        memmove(pdu + at, pdu + at + part, n - at - part);
        n -= part;
        break;
    case LIE_TRUNCATE:
        n = at;
        break;
    case LIE_TWICE:
        if (n > capacity - n)
            break;
        memcpy(pdu + n, pdu, n);
        return 2 * n;
    }
    if ((lie[1] & FIT_LENGTH) && n >= PEER_PDU_HEADER)
        set(pdu, n, 8, (uint32_t)n, 2);
    return n;
}
