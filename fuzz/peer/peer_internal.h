/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_PEER_INTERNAL_H
#define FUZZ_PEER_INTERNAL_H

#include "peer.h"

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
    bool well_formed; /* the body is all there; what follows is set */
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

enum {
    PEER_NOT_EXECUTED = 1,  /* the fault says that nothing was done */
    PEER_OF_CONTEXT = 2,    /* and names the context of the request; else 0 */
    PEER_OF_CALL = 4,       /* and is of the call under way, with its context */
    PEER_FRAGMENT_KEPT = 8, /* the stub goes to the call */
};

struct peer_rule {
    const char *situation;
    bool (*holds)(const struct peer_connection *c, const struct peer_pdu *p);
    enum peer_answer answer;
    uint32_t status;
    unsigned details;
    bool closes;
};
/* Of the header alone; NULL: nothing to say yet. */
const struct peer_rule *peer_header_rule(const struct peer_connection *c, const struct peer_pdu *p);
const struct peer_rule *peer_rule(const struct peer_connection *c, const struct peer_pdu *p);

enum peer_interface peer_find_context(const struct peer_connection *c, uint16_t id);
bool peer_is_legal_list(const struct peer_connection *c, const struct peer_pdu *p);
/* What a bind or alter_context must be answered with; enters the contexts that are accepted. */
void peer_judge_list(struct peer_connection *c, const struct peer_pdu *p, struct peer_owed *out);

#endif
