/* SPDX-License-Identifier: Apache-2.0 */
#include "client_lies.h"

#include "fuzz/peer/pdu.h"

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
