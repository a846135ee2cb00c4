/* SPDX-License-Identifier: Apache-2.0 */
#include "pdu.h"

#include <string.h>

enum {
    DREP_LITTLE_ENDIAN = 1,
    SYNTAX_SIZE = 20,
    CONTEXT_HEADER_SIZE = 4,
    RESULT_SIZE = 24,
    BIND_BODY_SIZE = 12
};

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "integers are copied as they lie in memory");

static uint16_t get_u16(const uint8_t *b, bool big_endian)
{
    uint16_t v;
    memcpy(&v, b, sizeof v);
    return big_endian ? __builtin_bswap16(v) : v;
}

static uint32_t get_u32(const uint8_t *b, bool big_endian)
{
    uint32_t v;
    memcpy(&v, b, sizeof v);
    return big_endian ? __builtin_bswap32(v) : v;
}

static struct rpc_uuid get_uuid(const uint8_t *b, bool big_endian)
{
    struct rpc_uuid u = {get_u32(b, big_endian),
                         get_u16(b + 4, big_endian),
                         get_u16(b + 6, big_endian),
                         {b[8], b[9]},
                         {0}};
    memcpy(u.node, b + 10, sizeof u.node);
    return u;
}

static struct rpc_syntax_id get_syntax(const uint8_t *b, bool big_endian)
{
    return (struct rpc_syntax_id){get_uuid(b, big_endian), get_u32(b + 16, big_endian)};
}

enum pdu_status pdu_peek(const uint8_t *bytes, size_t n, struct pdu_header *out)
{
    if (n < PDU_HEADER_SIZE)
        return PDU_INCOMPLETE;
    uint8_t integers = bytes[4] >> 4;
    bool big_endian = integers != DREP_LITTLE_ENDIAN;
    *out = (struct pdu_header){
        .version = bytes[0],
        .version_minor = bytes[1],
        .type = bytes[2],
        .flags = bytes[3],
        .drep = {bytes[4], bytes[5], bytes[6], bytes[7]},
        .fragment_length = get_u16(bytes + 8, big_endian),
        .auth_length = get_u16(bytes + 10, big_endian),
        .call_id = get_u32(bytes + 12, big_endian),
        .big_endian = big_endian,
    };
    if (out->version != 5 || out->version_minor != 0)
        return PDU_BAD_VERSION;
    if (integers > 1 || out->fragment_length < PDU_HEADER_SIZE)
        return PDU_MALFORMED;
    return PDU_OK;
}

/* Removes the auth trailer from the end; *body_end is the end of the body (with
   its auth padding). */
static bool parse_auth(const uint8_t *bytes, struct pdu *p, size_t *body_end)
{
    size_t length = p->header.fragment_length, auth_length = p->header.auth_length;
    *body_end = length;
    if (auth_length == 0)
        return true;
    /* Both lengths are 16 bits wide: the sum cannot overflow. */
    if (auth_length + PDU_SEC_TRAILER_SIZE > length - PDU_HEADER_SIZE)
        return false;
    size_t at = length - auth_length - PDU_SEC_TRAILER_SIZE;
    p->auth = (struct pdu_auth){
        .type = bytes[at],
        .level = bytes[at + 1],
        .pad_length = bytes[at + 2],
        .context_id = get_u32(bytes + at + 4, p->header.big_endian),
        .value = bytes + at + PDU_SEC_TRAILER_SIZE,
        .value_length = p->header.auth_length,
    };
    if (p->auth.pad_length > at - PDU_HEADER_SIZE)
        return false;
    *body_end = at - p->auth.pad_length;
    return true;
}

static bool parse_request(uint8_t *b, size_t end, struct pdu *p)
{
    bool big = p->header.big_endian;
    size_t stub = PDU_REQUEST_HEADER_SIZE;
    bool has_object = p->header.flags & PFC_OBJECT_UUID;
    if (end < stub + (has_object ? 16u : 0u))
        return false;
    p->body.request.alloc_hint = get_u32(b + 16, big);
    p->body.request.context_id = get_u16(b + 20, big);
    p->body.request.opnum = get_u16(b + 22, big);
    if (has_object) {
        p->body.request.object = get_uuid(b + stub, big);
        stub += 16;
    }
    p->body.request.stub = b + stub;
    p->body.request.stub_length = end - stub;
    return true;
}

static bool parse_response(uint8_t *b, size_t end, struct pdu *p)
{
    if (end < PDU_RESPONSE_HEADER_SIZE)
        return false;
    p->body.response.alloc_hint = get_u32(b + 16, p->header.big_endian);
    p->body.response.context_id = get_u16(b + 20, p->header.big_endian);
    p->body.response.cancel_count = b[22];
    p->body.response.stub = b + PDU_RESPONSE_HEADER_SIZE;
    p->body.response.stub_length = end - PDU_RESPONSE_HEADER_SIZE;
    return true;
}

static bool parse_fault(uint8_t *b, size_t end, struct pdu *p)
{
    /* The 4 reserved bytes after the status are not always sent. */
    if (end < PDU_FAULT_SIZE - 4)
        return false;
    p->body.fault.alloc_hint = get_u32(b + 16, p->header.big_endian);
    p->body.fault.context_id = get_u16(b + 20, p->header.big_endian);
    p->body.fault.cancel_count = b[22];
    p->body.fault.status = get_u32(b + 24, p->header.big_endian);
    return true;
}

static bool parse_bind(uint8_t *b, size_t end, struct pdu *p)
{
    bool big = p->header.big_endian;
    /* The reserved bytes after the count may be missing if no context follows. */
    if (end < PDU_HEADER_SIZE + BIND_BODY_SIZE - 3)
        return false;
    p->body.bind.max_xmit = get_u16(b + 16, big);
    p->body.bind.max_recv = get_u16(b + 18, big);
    p->body.bind.group_id = get_u32(b + 20, big);
    p->body.bind.context_count = b[24];
    if (b[24] == 0)
        return true;
    if (end < PDU_HEADER_SIZE + BIND_BODY_SIZE)
        return false;
    p->body.bind.contexts = b + PDU_HEADER_SIZE + BIND_BODY_SIZE;
    p->body.bind.contexts_length = end - PDU_HEADER_SIZE - BIND_BODY_SIZE;
    size_t at = 0;
    for (unsigned i = 0; i < p->body.bind.context_count; i++) {
        size_t left = p->body.bind.contexts_length - at;
        if (left < CONTEXT_HEADER_SIZE + SYNTAX_SIZE)
            return false;
        size_t size =
            CONTEXT_HEADER_SIZE + SYNTAX_SIZE + SYNTAX_SIZE * (size_t)p->body.bind.contexts[at + 2];
        if (size > left)
            return false;
        at += size;
    }
    p->body.bind.contexts_length = at;
    return true;
}

static bool parse_bind_ack(uint8_t *b, size_t end, struct pdu *p)
{
    bool big = p->header.big_endian;
    if (end < 26)
        return false;
    p->body.bind_ack.max_xmit = get_u16(b + 16, big);
    p->body.bind_ack.max_recv = get_u16(b + 18, big);
    p->body.bind_ack.group_id = get_u32(b + 20, big);
    size_t address_length = get_u16(b + 24, big);
    p->body.bind_ack.secondary_address = b + 26;
    p->body.bind_ack.secondary_address_length = (uint16_t)address_length;
    size_t results = (26 + address_length + 3) & ~(size_t)3;
    if (end < results || end - results < 4)
        return false;
    p->body.bind_ack.result_count = b[results];
    p->body.bind_ack.results = b + results + 4;
    p->body.bind_ack.results_length = (size_t)b[results] * RESULT_SIZE;
    return p->body.bind_ack.results_length <= end - results - 4;
}

static bool parse_bind_nak(uint8_t *b, size_t end, struct pdu *p)
{
    if (end < PDU_HEADER_SIZE + 2)
        return false;
    p->body.bind_nak.reason = get_u16(b + 16, p->header.big_endian);
    return true;
}

static bool parse_nothing(uint8_t *b, size_t end, struct pdu *p)
{
    (void)b, (void)end, (void)p;
    return true;
}

typedef bool body_parser(uint8_t *bytes, size_t body_end, struct pdu *p);
static body_parser *const body_parsers[] = {
    [PDU_REQUEST] = parse_request,    [PDU_RESPONSE] = parse_response,
    [PDU_FAULT] = parse_fault,        [PDU_BIND] = parse_bind,
    [PDU_BIND_ACK] = parse_bind_ack,  [PDU_BIND_NAK] = parse_bind_nak,
    [PDU_ALTER_CONTEXT] = parse_bind, [PDU_ALTER_CONTEXT_RESP] = parse_bind_ack,
    [PDU_AUTH3] = parse_nothing,      [PDU_SHUTDOWN] = parse_nothing,
    [PDU_CO_CANCEL] = parse_nothing,  [PDU_ORPHANED] = parse_nothing,
};

enum pdu_status pdu_parse(uint8_t *bytes, size_t n, struct pdu *out, size_t *need)
{
    memset(out, 0, sizeof *out);
    *need = PDU_HEADER_SIZE;
    enum pdu_status status = pdu_peek(bytes, n, &out->header);
    if (status != PDU_OK)
        return status;
    *need = out->header.fragment_length;
    if (n < *need)
        return PDU_INCOMPLETE;
    uint8_t type = out->header.type;
    if (type >= sizeof body_parsers / sizeof *body_parsers || body_parsers[type] == NULL)
        return PDU_UNKNOWN_TYPE;
    size_t body_end;
    if (!parse_auth(bytes, out, &body_end) || !body_parsers[type](bytes, body_end, out))
        return PDU_MALFORMED;
    return PDU_OK;
}

bool pdu_next_context(const struct pdu *p, size_t *offset, struct pdu_context_element *out)
{
    if (*offset >= p->body.bind.contexts_length)
        return false;
    const uint8_t *b = p->body.bind.contexts + *offset;
    *out = (struct pdu_context_element){
        .context_id = get_u16(b, p->header.big_endian),
        .abstract_syntax = get_syntax(b + CONTEXT_HEADER_SIZE, p->header.big_endian),
        .transfer_count = b[2],
        .transfers = b + CONTEXT_HEADER_SIZE + SYNTAX_SIZE,
    };
    *offset += CONTEXT_HEADER_SIZE + SYNTAX_SIZE + SYNTAX_SIZE * (size_t)b[2];
    return true;
}

struct rpc_syntax_id pdu_transfer_syntax(const struct pdu *p, const struct pdu_context_element *e,
                                         uint8_t i)
{
    return get_syntax(e->transfers + SYNTAX_SIZE * (size_t)i, p->header.big_endian);
}

bool pdu_next_result(const struct pdu *p, size_t *offset, struct pdu_context_outcome *out)
{
    if (*offset >= p->body.bind_ack.results_length)
        return false;
    const uint8_t *b = p->body.bind_ack.results + *offset;
    bool big = p->header.big_endian;
    *out =
        (struct pdu_context_outcome){get_u16(b, big), get_u16(b + 2, big), get_syntax(b + 4, big)};
    *offset += RESULT_SIZE;
    return true;
}

uint16_t pdu_negotiate_fragment(uint16_t ours, uint16_t theirs)
{
    uint16_t least = (uint16_t)((ours < theirs ? ours : theirs) & ~7u);
    return least < PDU_MIN_FRAGMENT ? PDU_MIN_FRAGMENT : least;
}
