/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PDU writers. Each one knows its size before it writes the first byte, so it reserves once and
 * then cannot fail half-way.
 */
#include "pdu.h"

#include <string.h>

enum { SYNTAX_SIZE = 20, RESULT_SIZE = 24 };

/* Writes into reserved room. */
struct writer {
    uint8_t *at;
};

static void put_u8(struct writer *w, unsigned v)
{
    *w->at++ = (uint8_t)v;
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "integers are copied as they lie in memory");

static void put_u16(struct writer *w, unsigned v)
{
    const uint16_t bytes = (uint16_t)v;
    memcpy(w->at, &bytes, sizeof bytes);
    w->at += sizeof bytes;
}

static void put_u32(struct writer *w, uint32_t v)
{
    memcpy(w->at, &v, sizeof v);
    w->at += sizeof v;
}

static void put_bytes(struct writer *w, const void *bytes, size_t n)
{
    if (n > 0)
        memcpy(w->at, bytes, n);
    w->at += n;
}

static void put_zeros(struct writer *w, size_t n)
{
    memset(w->at, 0, n);
    w->at += n;
}

static void put_syntax(struct writer *w, const struct rpc_syntax_id *s)
{
    put_u32(w, s->uuid.time_low);
    put_u16(w, s->uuid.time_mid);
    put_u16(w, s->uuid.time_hi_and_version);
    put_bytes(w, s->uuid.clock_seq, sizeof s->uuid.clock_seq);
    put_bytes(w, s->uuid.node, sizeof s->uuid.node);
    put_u32(w, s->version);
}

static void put_header(struct writer *w, enum pdu_type type, unsigned flags, size_t fragment_length,
                       size_t auth_length, uint32_t call_id)
{
    static const uint8_t little_endian_ascii_ieee[4] = {0x10, 0, 0, 0};
    put_u8(w, 5);
    put_u8(w, 0);
    put_u8(w, type);
    put_u8(w, flags);
    put_bytes(w, little_endian_ascii_ieee, 4);
    put_u16(w, (unsigned)fragment_length);
    put_u16(w, (unsigned)auth_length);
    put_u32(w, call_id);
}

/* Makes room for one PDU of `size` bytes. False: out of memory, or longer than a PDU can be. */
static bool start(struct buffer *out, size_t size, struct writer *w)
{
    if (size > UINT16_MAX)
        return false;
    w->at = buffer_extend(out, size);
    return w->at != NULL;
}

bool pdu_put_bind(struct buffer *out, enum pdu_type type, uint32_t call_id, uint8_t flags,
                  uint16_t max_xmit, uint16_t max_recv, uint32_t group_id,
                  const struct pdu_bind_offer *offers, uint8_t offer_count,
                  const struct pdu_auth *auth)
{
    size_t body = PDU_HEADER_SIZE + 12 + (size_t)offer_count * (4 + 2 * SYNTAX_SIZE);
    size_t auth_length = auth != NULL ? auth->value_length : 0;
    /* [MS-RPCE] 2.2.2.11: 16-aligned from the start of the body, and so from the start
       of the PDU. */
    size_t padding = auth != NULL ? (16 - body % 16) % 16 : 0;
    size_t size = body + padding + (auth != NULL ? PDU_SEC_TRAILER_SIZE + auth_length : 0);
    struct writer w;
    if (!start(out, size, &w))
        return false;
    put_header(&w, type, flags | PFC_FIRST_FRAG | PFC_LAST_FRAG, size, auth_length, call_id);
    put_u16(&w, max_xmit);
    put_u16(&w, max_recv);
    put_u32(&w, group_id);
    put_u8(&w, offer_count);
    put_zeros(&w, 3);
    for (unsigned i = 0; i < offer_count; i++) {
        put_u16(&w, offers[i].context_id);
        put_u8(&w, 1);
        put_u8(&w, 0);
        put_syntax(&w, &offers[i].abstract_syntax);
        put_syntax(&w, &offers[i].transfer_syntax);
    }
    if (auth != NULL) {
        put_zeros(&w, padding);
        put_u8(&w, auth->type);
        put_u8(&w, auth->level);
        put_u8(&w, (unsigned)padding);
        put_u8(&w, 0);
        put_u32(&w, auth->context_id);
        put_bytes(&w, auth->value, auth_length);
    }
    return true;
}

bool pdu_put_bind_ack(struct buffer *out, enum pdu_type type, uint32_t call_id, uint8_t flags,
                      uint16_t max_xmit, uint16_t max_recv, uint32_t group_id,
                      const char *secondary_address, const struct pdu_context_outcome *outcomes,
                      uint8_t outcome_count)
{
    size_t address = strlen(secondary_address);
    address = address > 0 ? address + 1 : 0; /* counts its NUL; none at all is length 0 */
    size_t unpadded = 26 + address;
    size_t padding = (4 - unpadded % 4) % 4;
    size_t size = unpadded + padding + 4 + (size_t)outcome_count * RESULT_SIZE;
    struct writer w;
    if (!start(out, size, &w))
        return false;
    put_header(&w, type, flags | PFC_FIRST_FRAG | PFC_LAST_FRAG, size, 0, call_id);
    put_u16(&w, max_xmit);
    put_u16(&w, max_recv);
    put_u32(&w, group_id);
    put_u16(&w, (unsigned)address);
    put_bytes(&w, secondary_address, address);
    put_zeros(&w, padding);
    put_u8(&w, outcome_count);
    put_zeros(&w, 3);
    for (unsigned i = 0; i < outcome_count; i++) {
        put_u16(&w, outcomes[i].result);
        put_u16(&w, outcomes[i].reason);
        put_syntax(&w, &outcomes[i].transfer_syntax);
    }
    return true;
}

bool pdu_put_bind_nak(struct buffer *out, uint32_t call_id, uint16_t reason)
{
    /* reason, and the one protocol version that is spoken here: 5.0; padding to a multiple of 4 */
    enum { PADDING = 3, SIZE = PDU_HEADER_SIZE + 2 + 1 + 2 + PADDING };
    struct writer w;
    if (!start(out, SIZE, &w))
        return false;
    put_header(&w, PDU_BIND_NAK, PFC_FIRST_FRAG | PFC_LAST_FRAG, SIZE, 0, call_id);
    put_u16(&w, reason);
    put_u8(&w, 1);
    put_u8(&w, 5);
    put_u8(&w, 0);
    put_zeros(&w, PADDING);
    return true;
}

bool pdu_put_fault(struct buffer *out, uint32_t call_id, uint8_t extra_flags, uint16_t context_id,
                   uint32_t status)
{
    struct writer w;
    if (!start(out, PDU_FAULT_SIZE, &w))
        return false;
    put_header(&w, PDU_FAULT, extra_flags | PFC_FIRST_FRAG | PFC_LAST_FRAG, PDU_FAULT_SIZE, 0,
               call_id);
    put_u32(&w, PDU_FAULT_SIZE);
    put_u16(&w, context_id);
    put_zeros(&w, 2);
    put_u32(&w, status);
    put_zeros(&w, 4);
    return true;
}

bool pdu_put_orphaned(struct buffer *out, uint32_t call_id)
{
    struct writer w;
    if (!start(out, PDU_HEADER_SIZE, &w))
        return false;
    put_header(&w, PDU_ORPHANED, PFC_FIRST_FRAG | PFC_LAST_FRAG, PDU_HEADER_SIZE, 0, call_id);
    return true;
}

/* Stub bytes in a fragment that is not the last: a multiple of 8. */
static size_t part_size(uint16_t max_fragment)
{
    return (size_t)(max_fragment - PDU_REQUEST_HEADER_SIZE) & ~(size_t)7;
}

static size_t part_count(size_t stub_length, uint16_t max_fragment)
{
    size_t part = part_size(max_fragment);
    return stub_length > 0 ? (stub_length - 1) / part + 1 : 1;
}

size_t pdu_fragments_size(size_t stub_length, uint16_t max_fragment)
{
    return stub_length + part_count(stub_length, max_fragment) * PDU_REQUEST_HEADER_SIZE;
}

/* Requests and responses are laid out alike: `last_field` is the opnum, or cancel count
   and a zero. */
static bool put_fragments(struct buffer *out, enum pdu_type type, uint32_t call_id,
                          uint16_t context_id, uint16_t last_field, const uint8_t *stub,
                          size_t stub_length, uint16_t max_fragment)
{
    size_t part = part_size(max_fragment);
    struct writer w = {buffer_extend(out, pdu_fragments_size(stub_length, max_fragment))};
    if (w.at == NULL)
        return false;
    size_t done = 0;
    do {
        size_t n = stub_length - done < part ? stub_length - done : part;
        unsigned flags =
            (done == 0 ? PFC_FIRST_FRAG : 0) | (done + n == stub_length ? PFC_LAST_FRAG : 0);
        put_header(&w, type, flags, PDU_REQUEST_HEADER_SIZE + n, 0, call_id);
        put_u32(&w, (uint32_t)(stub_length - done));
        put_u16(&w, context_id);
        put_u16(&w, last_field);
        if (n > 0)
            put_bytes(&w, stub + done, n);
        done += n;
    } while (done < stub_length);
    return true;
}

bool pdu_put_request(struct buffer *out, uint32_t call_id, uint16_t context_id, uint16_t opnum,
                     const uint8_t *stub, size_t stub_length, uint16_t max_fragment)
{
    return put_fragments(out, PDU_REQUEST, call_id, context_id, opnum, stub, stub_length,
                         max_fragment);
}

bool pdu_put_response(struct buffer *out, uint32_t call_id, uint16_t context_id,
                      const uint8_t *stub, size_t stub_length, uint16_t max_fragment)
{
    return put_fragments(out, PDU_RESPONSE, call_id, context_id, 0, stub, stub_length,
                         max_fragment);
}
