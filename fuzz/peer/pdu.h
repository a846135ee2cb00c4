/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PDU of connection-oriented DCE/RPC, taken apart.
 */
#ifndef FUZZ_PEER_PDU_H
#define FUZZ_PEER_PDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PEER_PDU_HEADER = 16,
    PEER_REQUEST_HEADER = 24,
    /* Types */
    PEER_REQUEST = 0,
    PEER_RESPONSE = 2,
    PEER_FAULT_PDU = 3,
    PEER_BIND = 11,
    PEER_BIND_ACK_PDU = 12,
    PEER_BIND_NAK_PDU = 13,
    PEER_ALTER = 14,
    PEER_ALTER_RESP_PDU = 15,
    PEER_CO_CANCEL = 18,
    PEER_ORPHANED = 19,
    PEER_NO_TYPE = 0xff,
    /* Flags */
    PEER_FIRST = 0x01,
    PEER_LAST = 0x02,
    PEER_PENDING_CANCEL = 0x04,
    PEER_MPX = 0x10,
    PEER_DID_NOT_EXECUTE = 0x20,
    PEER_OBJECT = 0x80,
};

/* A PDU from a client, taken apart. */
struct peer_pdu {
    const uint8_t *bytes;
    bool big_endian;
    uint8_t type, flags;
    uint16_t fragment_length, auth_length;
    uint32_t call_id;
    bool well_formed; /* the body is complete; the members below are set */
    size_t body_end;
    /* bind, alter_context */
    uint16_t max_xmit, max_recv;
    uint32_t group;
    bool group_lives; /* on this transport */
    uint8_t context_count;
    /* request */
    uint32_t alloc_hint;
    uint16_t context_id, opnum;
    size_t stub, stub_length;
};

/* Fields of a PDU, by its data representation. */
uint32_t peer_get(const uint8_t *bytes, size_t at, unsigned width, bool big_endian);
bool peer_is_big_endian(const uint8_t *pdu);

/* Sets the members that come from the header's 16 bytes. */
void peer_take_header(struct peer_pdu *p, const uint8_t *bytes);
/* Sets the rest, once all bytes are there. False: the body is malformed. */
bool peer_take_body(struct peer_pdu *p);

#endif
