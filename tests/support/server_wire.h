/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes PDUs for a server and reads its answers, byte by byte after [C706] 12.6 and
 * [MS-RPCE] 2.2.2. It knows nothing of the target's codec, so that the two cannot be wrong
 * together.
 */
#ifndef TESTS_SERVER_WIRE_H
#define TESTS_SERVER_WIRE_H

#include "tests/support/test.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    REQUEST = 0,
    RESPONSE = 2,
    FAULT = 3,
    BIND = 11,
    BIND_ACK = 12,
    BIND_NAK = 13,
    ALTER_CONTEXT = 14,
    ALTER_CONTEXT_RESP = 15,
    CO_CANCEL = 18,
    ORPHANED = 19,
};
enum {
    FIRST = 0x01,
    LAST = 0x02,
    WHOLE = FIRST | LAST,
    PENDING_CANCEL = 0x04,
    HEADER_SIGN = 0x04, /* of a bind or alter_context */
    MULTIPLEX = 0x10,
    DID_NOT_EXECUTE = 0x20,
    MAYBE = 0x40,
    OBJECT = 0x80,
};

/* Fault statuses, [C706] appendix E. */
enum {
    proto_error = 0x1c01000b,
    op_rng_error = 0x1c010002,
    unk_if = 0x1c010003,
    context_mismatch = 0x1c00001a,
    no_memory = 0x1c00001b,
};

struct server_wire {
    uint8_t *data; /* owned */
    size_t length, capacity;
    size_t start; /* of the PDU being written */
    bool big_endian;
};

void wire_bytes(struct server_wire *w, const void *bytes, size_t n);
void wire_integer(struct server_wire *w, uint32_t v, unsigned size);
void wire_u8(struct server_wire *w, unsigned v);
void wire_u16(struct server_wire *w, unsigned v);
void wire_u32(struct server_wire *w, uint32_t v);
/* Starts a PDU; wire_end() enters its length. */
void wire_begin(struct server_wire *w, unsigned type, unsigned flags, uint32_t call_id);
void wire_patch_u16(struct server_wire *w, size_t offset, size_t v);
void wire_end(struct server_wire *w);
/* The auth trailer, 16-aligned, [MS-RPCE] 2.2.2.11. Before wire_end(). */
void wire_auth(struct server_wire *w, unsigned type, unsigned level, const void *value, size_t n);

/* A UUID and a version, as text: "12345678 9abc def0" and eight octets; minor
   version in `minor`. */
struct wire_syntax {
    uint32_t low;
    uint16_t mid, high;
    uint8_t rest[8];
    uint16_t major, minor;
};

void wire_syntax(struct server_wire *w, const struct wire_syntax *s);

extern const struct wire_syntax ndr20, ndr64;

/* bind and alter_context: wire_bind(), a wire_context() for each, then wire_end(). */
void wire_bind(struct server_wire *w, unsigned type, uint32_t call_id, unsigned max_xmit,
               unsigned max_recv, uint32_t group, unsigned contexts);
void wire_context(struct server_wire *w, unsigned id, const struct wire_syntax *abstract,
                  const struct wire_syntax *transfer);
void wire_fragment_hint(struct server_wire *w, unsigned flags, uint32_t call_id, unsigned context,
                        unsigned opnum, uint32_t alloc_hint, const void *stub, size_t n);
void wire_fragment(struct server_wire *w, unsigned flags, uint32_t call_id, unsigned context,
                   unsigned opnum, const void *stub, size_t n);
void wire_request(struct server_wire *w, uint32_t call_id, unsigned context, unsigned opnum,
                  const void *stub, size_t n);
/* A PDU of the header alone. */
void wire_empty(struct server_wire *w, unsigned type, uint32_t call_id);
uint16_t read_u16(const uint8_t *b);
uint32_t read_u32(const uint8_t *b);

#endif
