/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server of DCE/RPC must answer to whatever a peer sends: an independent account of each
 * connection, kept from the bytes that went over it alone. It knows the rules of framing and
 * sequencing as a table (rules.c), which contexts and context handles there are, and which
 * answers are still owed. No code of the target.
 *
 * Sources: [C706] 12.6; [MS-RPCE] 2.2.2, 3.3.3.5; and what raw protocol tests have published of
 * deployed servers.
 */
#ifndef FUZZ_PEER_H
#define FUZZ_PEER_H

#include "pdu.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PEER_CONNECTIONS = 4,
    PEER_CONTEXTS = 256,
    PEER_ANSWERS = 8192, /* owed at one time */
    PEER_HANDLES = 64,
    PEER_HEAD = 20, /* bytes of a request that are looked at: a context handle */
    PEER_FRAGMENT = 65535,
};

/* The interfaces of the service, and the one of the runtime. */
enum peer_interface {
    PEER_BACKUP,
    PEER_RESTORE,
    PEER_INSPECT,
    PEER_MGMT,
    PEER_INTERFACES,
    PEER_UNKNOWN = -1
};
extern const uint8_t peer_interface_uuid[PEER_INTERFACES][16]; /* little-endian, as on the wire */
extern const uint16_t peer_operations[PEER_INTERFACES];
extern const uint8_t peer_ndr20[20], peer_ndr64[20]; /* UUID and version, little-endian */

enum peer_answer {
    PEER_NOTHING,
    PEER_FAULT,
    PEER_CALL, /* a response, or a fault that only the operation can decide about */
    PEER_BIND_ACK,
    PEER_BIND_NAK,
    PEER_ALTER_RESP,
};

/* An answer that is owed. */
struct peer_owed {
    enum peer_answer answer;
    uint32_t call_id, status; /* status of a fault, reason of a bind_nak; PEER_ANY_STATUS */
    uint16_t context_id;
    bool did_not_execute;
    /* PEER_CALL */
    enum peer_interface interface;
    uint16_t opnum;
    uint8_t handle[PEER_HEAD]; /* that the request begins with, little-endian */
    bool names_handle;         /* the operation takes one, and it was all there */
    /* PEER_BIND_ACK and PEER_ALTER_RESP */
    uint16_t contexts;
    uint8_t results[256]; /* as many as contexts */
    uint16_t max_fragment;
    uint32_t group; /* 0: a new one */
};
#define PEER_ANY_STATUS 0xffffffffu

struct peer_handle {
    uint8_t value[PEER_HEAD];
    uint32_t group;
    enum peer_interface interface;
};

struct peer_connection {
    bool open, bound, closing, tcp;
    uint16_t max_receive, max_fragment;
    uint32_t group; /* the server's id of it; 0: none yet */
    bool multiplexed;
    struct {
        uint16_t id;
        enum peer_interface interface;
    } contexts[PEER_CONTEXTS];
    unsigned context_count;
    /* The request under reassembly. */
    bool active;
    struct peer_owed call;
    uint8_t drep[4];
    size_t stub_bytes, head_bytes;
    bool has_seen_call;
    uint32_t last_call_id;
    /* Bytes of a PDU that is not whole. */
    uint8_t bytes[PEER_FRAGMENT];
    size_t length;
    uint64_t received;
    /* A response of which fragments have come. */
    size_t reply_bytes;
    uint8_t reply_tail[24]; /* its last bytes */
    /* First owed, and how many. */
    size_t first, owed;
    struct peer_owed answers[PEER_ANSWERS];
};

struct peers {
    struct peer_connection connections[PEER_CONNECTIONS];
    struct peer_handle handles[PEER_HANDLES]; /* context handles that live on the server */
    unsigned handle_count;
};

void peers_reset(struct peers *p);
void peer_opened(struct peers *p, unsigned connection, bool tcp);
/* The connection is gone, whoever ended it. */
void peer_gone(struct peers *p, unsigned connection);
/* Bytes went to the server: notes what it owes for them. */
void peer_sent(struct peers *p, unsigned connection, const uint8_t *bytes, size_t n);
/* A whole PDU came from it. NULL: that was owed; else what is wrong. */
const char *peer_received(struct peers *p, unsigned connection, const uint8_t *pdu, size_t n);
/* All that was sent has been worked off. NULL, or what is wrong; `finished`: the server wants the
   connection closed. */
const char *peer_settled(const struct peers *p, unsigned connection, bool finished);

#endif
