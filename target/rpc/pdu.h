/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connection-oriented PDUs: the bytes of [C706] chapter 12 and [MS-RPCE] 2.2.2, in and out. Both
 * byte orders are read; little-endian is written. Parsing never allocates: variable parts come back
 * as views. The meaning of a PDU is handled by the associations, not here.
 */
#ifndef RPC_PDU_H
#define RPC_PDU_H

#include "buffer.h"
#include "types.h"

enum {
    PDU_HEADER_SIZE = 16,
    PDU_REQUEST_HEADER_SIZE = 24, /* +16 with an object UUID */
    PDU_RESPONSE_HEADER_SIZE = 24,
    PDU_FAULT_SIZE = 32,
    PDU_SEC_TRAILER_SIZE = 8,
    PDU_MIN_FRAGMENT = 2048, /* the minimum in negotiations */
};

enum pdu_type {
    PDU_REQUEST = 0,
    PDU_RESPONSE = 2,
    PDU_FAULT = 3,
    PDU_BIND = 11,
    PDU_BIND_ACK = 12,
    PDU_BIND_NAK = 13,
    PDU_ALTER_CONTEXT = 14,
    PDU_ALTER_CONTEXT_RESP = 15,
    PDU_AUTH3 = 16,
    PDU_SHUTDOWN = 17,
    PDU_CO_CANCEL = 18,
    PDU_ORPHANED = 19,
};

enum pdu_flag {
    PFC_FIRST_FRAG = 0x01,
    PFC_LAST_FRAG = 0x02,
    PFC_PENDING_CANCEL = 0x04,      /* request, response */
    PFC_SUPPORT_HEADER_SIGN = 0x04, /* bind family */
    PFC_CONC_MPX = 0x10,
    PFC_DID_NOT_EXECUTE = 0x20, /* fault */
    PFC_MAYBE = 0x40,
    PFC_OBJECT_UUID = 0x80,
};

enum pdu_bind_nak_reason {
    BIND_NAK_NOT_SPECIFIED = 0,
    BIND_NAK_TEMPORARY_CONGESTION = 1,
    BIND_NAK_LOCAL_LIMIT_EXCEEDED = 2,
    BIND_NAK_PROTOCOL_VERSION_NOT_SUPPORTED = 4,
    BIND_NAK_AUTH_TYPE_NOT_RECOGNIZED = 8,
    BIND_NAK_INVALID_CHECKSUM = 9,
};

enum pdu_context_result {
    CONTEXT_ACCEPT = 0,
    CONTEXT_USER_REJECT = 1,
    CONTEXT_PROVIDER_REJECT = 2,
    CONTEXT_NEGOTIATE_ACK = 3
};
enum pdu_context_reason {
    CONTEXT_REASON_NOT_SPECIFIED = 0,
    CONTEXT_ABSTRACT_SYNTAX_NOT_SUPPORTED = 1,
    CONTEXT_TRANSFER_SYNTAXES_NOT_SUPPORTED = 2,
    CONTEXT_LOCAL_LIMIT_EXCEEDED = 3,
};

/* Our private authentication type: user, domain and password in clear, for ncalrpc alone, where the
   kernel is the wire. The value is from the range that no public registry uses. auth_value is three
   NUL-terminated UTF-8 strings: user, domain, password. */
enum {
    PDU_AUTH_TYPE_PLAIN = 0xd5,
    PDU_AUTH_LEVEL_CONNECT = 2, /* the lowest valid level; [MS-RPCE] 2.2.1.1.8 */
    PDU_AUTH_LEVEL_PRIVACY = 6, /* the highest */
    PDU_MAX_AUTH_VALUE = 3 * 1024,
};

/* Bind-time features, [MS-RPCE] 2.2.2.14: bits of the transfer syntax that asks for them, and of
   the reason in the answer. */
enum { FEATURE_SECURITY_CONTEXT_MULTIPLEXING = 1, FEATURE_KEEP_CONNECTION_ON_ORPHAN = 2 };

struct pdu_header {
    uint8_t version, version_minor;
    uint8_t type; /* enum pdu_type; any byte on input */
    uint8_t flags;
    uint8_t drep[4];
    uint16_t fragment_length;
    uint16_t auth_length;
    uint32_t call_id;
    bool big_endian; /* from drep */
};

struct pdu_auth { /* present iff auth_length != 0 */
    uint8_t type, level, pad_length;
    uint32_t context_id;
    const uint8_t *value;
    uint16_t value_length;
};

struct pdu { /* one whole, well-formed PDU; views into the bytes it was parsed from */
    struct pdu_header header;
    struct pdu_auth auth;
    union {
        struct {
            uint32_t alloc_hint;
            uint16_t context_id, opnum;
            struct rpc_uuid object; /* valid with PFC_OBJECT_UUID */
            uint8_t *stub;
            size_t stub_length;
        } request;
        struct {
            uint32_t alloc_hint;
            uint16_t context_id;
            uint8_t cancel_count;
            uint8_t *stub;
            size_t stub_length;
        } response;
        struct {
            uint32_t alloc_hint;
            uint16_t context_id;
            uint8_t cancel_count;
            uint32_t status;
        } fault;
        struct { /* bind, alter_context; elements: iterate with pdu_next_context() */
            uint16_t max_xmit, max_recv;
            uint32_t group_id;
            uint8_t context_count;
            const uint8_t *contexts;
            size_t contexts_length;
        } bind;
        struct { /* bind_ack, alter_context_resp; results: pdu_next_result() */
            uint16_t max_xmit, max_recv;
            uint32_t group_id;
            const uint8_t *secondary_address;
            uint16_t secondary_address_length;
            uint8_t result_count;
            const uint8_t *results;
            size_t results_length;
        } bind_ack;
        struct {
            uint16_t reason;
        } bind_nak;
    } body;
};

enum pdu_status {
    PDU_OK,
    PDU_INCOMPLETE,   /* more bytes are needed; `need` is the total number */
    PDU_BAD_VERSION,  /* not 5.0; header is filled in as far as it goes */
    PDU_MALFORMED,    /* lengths or counts do not fit; header is filled in */
    PDU_UNKNOWN_TYPE, /* header is filled in */
};

/* Reads the common header out of the first 16 bytes. PDU_OK, PDU_INCOMPLETE, PDU_BAD_VERSION, or
   PDU_MALFORMED (fragment_length below the header's size, unknown integer representation). */
enum pdu_status pdu_peek(const uint8_t *bytes, size_t n, struct pdu_header *out);

/* Parses one whole PDU of fragment_length bytes (n may be more: further bytes belong to the next
   PDU). For PDU_MALFORMED bodies header is valid, so that an answer can be addressed. */
enum pdu_status pdu_parse(uint8_t *bytes, size_t n, struct pdu *out, size_t *need);

struct pdu_context_element {
    uint16_t context_id;
    struct rpc_syntax_id abstract_syntax;
    uint8_t transfer_count;
    const uint8_t *transfers; /* transfer_count * 20 bytes; read with pdu_transfer_syntax() */
};
/* Walks the context list of a bind. `offset` starts at 0. False: at the end. (pdu_parse has checked
   that all elements fit.) */
bool pdu_next_context(const struct pdu *bind, size_t *offset, struct pdu_context_element *out);
struct rpc_syntax_id pdu_transfer_syntax(const struct pdu *bind,
                                         const struct pdu_context_element *e, uint8_t i);

struct pdu_context_outcome {
    uint16_t result, reason;
    struct rpc_syntax_id transfer_syntax; /* zero if refused */
};
bool pdu_next_result(const struct pdu *bind_ack, size_t *offset, struct pdu_context_outcome *out);

/* Writers: each appends one whole PDU to `out`. False: out of memory, nothing appended. The sizes
   below let a caller reserve the room first; then a writer cannot fail. */
struct pdu_bind_offer {
    uint16_t context_id;
    struct rpc_syntax_id abstract_syntax, transfer_syntax;
};
bool pdu_put_bind(struct buffer *out, enum pdu_type type, uint32_t call_id, uint8_t flags,
                  uint16_t max_xmit, uint16_t max_recv, uint32_t group_id,
                  const struct pdu_bind_offer *offers, uint8_t offer_count,
                  const struct pdu_auth *auth);
bool pdu_put_bind_ack(struct buffer *out, enum pdu_type type, uint32_t call_id, uint8_t flags,
                      uint16_t max_xmit, uint16_t max_recv, uint32_t group_id,
                      const char *secondary_address, const struct pdu_context_outcome *outcomes,
                      uint8_t outcome_count);
bool pdu_put_bind_nak(struct buffer *out, uint32_t call_id, uint16_t reason);
bool pdu_put_fault(struct buffer *out, uint32_t call_id, uint8_t extra_flags, uint16_t context_id,
                   uint32_t status);
bool pdu_put_orphaned(struct buffer *out, uint32_t call_id);
/* One request or response as fragments of at most `max_fragment` bytes; stub parts are multiples of
   8 but the last. pdu_fragments_size() says how many bytes that appends. */
size_t pdu_fragments_size(size_t stub_length, uint16_t max_fragment);
bool pdu_put_request(struct buffer *out, uint32_t call_id, uint16_t context_id, uint16_t opnum,
                     const uint8_t *stub, size_t stub_length, uint16_t max_fragment);
bool pdu_put_response(struct buffer *out, uint32_t call_id, uint16_t context_id,
                      const uint8_t *stub, size_t stub_length, uint16_t max_fragment);

/* What both ends take from the two offers: the minimum, a multiple of 8,
   at least PDU_MIN_FRAGMENT. */
uint16_t pdu_negotiate_fragment(uint16_t ours, uint16_t theirs);

#endif
