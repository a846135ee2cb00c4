/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What both ends of the stub put on the wire: a PDU's header, an operation or a code, some bytes.
 */
#ifndef VERDICTS_STUB_WIRE_H
#define VERDICTS_STUB_WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { STUB_HEADER = 32, STUB_MOST = 1 << 15, STUB_REQUEST = 0, STUB_RESPONSE = 2 };
enum stub_operation {
    STUB_PREPARE = 0,
    STUB_END = 1,
    STUB_OPEN = 3,
    STUB_READ = 4,
    STUB_CLOSE = 5,
    STUB_ONLINE = 9,
    STUB_RESTORE_PREPARE = 10,
    STUB_REGISTER = 11,
    STUB_COMPLETE = 12
};

struct stub_pdu {
    uint8_t type;
    uint16_t operation;
    int32_t code;
    uint32_t number; /* a size or a count */
    const uint8_t *data;
    size_t data_bytes;
};

static inline void stub_put32(uint8_t *out, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(v >> 8 * i);
}

static inline uint32_t stub_get32(const uint8_t *in)
{
    return (uint32_t)in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 24;
}

static inline size_t stub_encode(const struct stub_pdu *p, uint8_t out[STUB_MOST])
{
    size_t n = STUB_HEADER + p->data_bytes;
    memset(out, 0, STUB_HEADER);
    out[0] = 5;
    out[2] = p->type;
    out[3] = 3;
    out[4] = 0x10;
    out[8] = (uint8_t)n;
    out[9] = (uint8_t)(n >> 8);
    out[22] = (uint8_t)p->operation;
    stub_put32(out + 24, (uint32_t)p->code);
    stub_put32(out + 28, p->number);
    if (p->data_bytes > 0)
        memcpy(out + STUB_HEADER, p->data, p->data_bytes);
    return n;
}

/* Bytes of the PDU at `in`; 0: it is not all there. */
static inline size_t stub_decode(const uint8_t *in, size_t n, struct stub_pdu *p)
{
    size_t length = n >= STUB_HEADER ? in[8] | (size_t)in[9] << 8 : 0;
    if (length == 0 || length > n)
        return 0;
    *p = (struct stub_pdu){in[2],
                           in[22],
                           (int32_t)stub_get32(in + 24),
                           stub_get32(in + 28),
                           in + STUB_HEADER,
                           length - STUB_HEADER};
    return length;
}

#endif
