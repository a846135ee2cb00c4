/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judges a DCE/RPC server's answers to arbitrary bytes from a peer. For each connection it keeps
 * its own account, from the bytes that went over it alone: it knows the rules of framing and
 * sequencing as a table (rules.c), the contexts and context handles that exist, and the answers
 * that the server still owes. It uses no code of the target.
 *
 * Sources: [C706] 12.6; [MS-RPCE] 2.2.2, 3.3.3.5; and published raw protocol tests of
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
    PEER_ANSWERS = 8192, /* answers owed at one time */
    PEER_HANDLES = 64,
    PEER_HEAD = 20, /* bytes at the start of a request that are read: a context handle */
    PEER_FRAGMENT = 65535,
    PEER_STUB_KEPT = 65536,
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
    PEER_CALL, /* a response, or a fault that only the operation can decide */
    PEER_BIND_ACK,
    PEER_BIND_NAK,
    PEER_ALTER_RESP,
};

/* Of a request that is whole. */
enum peer_stub {
    PEER_STUB_NOT_JUDGED,
    PEER_STUB_GOOD,
    PEER_STUB_ILLEGAL, /* it can be decoded, but its call must fail */
    PEER_STUB_BAD
};

/* An answer that is owed. */
struct peer_owed {
    const struct peer_rule *rule; /* by which it is */
    enum peer_answer answer;
    uint32_t call_id, status; /* status of a fault, reason of a bind_nak */
    uint16_t context_id;
    bool did_not_execute;
    /* PEER_CALL */
    enum peer_interface interface;
    uint16_t opnum;
    uint8_t handle[PEER_HEAD]; /* that the request begins with, little-endian */
    bool names_handle;         /* the operation takes one, and it was complete */
    enum peer_stub stub;
    /* PEER_BIND_ACK and PEER_ALTER_RESP */
    uint16_t contexts;
    uint8_t results[256]; /* as many as contexts */
    uint16_t max_fragment;
    uint32_t group; /* 0: a new one */
};

struct peer_handle {
    uint8_t value[PEER_HEAD];
    uint32_t group;
    enum peer_interface interface;
};

struct peer_connection {
    bool open, bound, closing, tcp;
    uint16_t max_receive, max_fragment;
    uint32_t group; /* the server's id for it; 0: none yet */
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
    uint8_t stub[PEER_STUB_KEPT]; /* as much of it; the stub of a longer one is not judged */
    bool has_seen_call;
    uint32_t last_call_id;
    /* Bytes of an incomplete PDU. */
    uint8_t bytes[PEER_FRAGMENT];
    size_t length;
    uint64_t received;
    /* A response of which only some fragments were received. */
    size_t reply_bytes;
    uint8_t reply_tail[24];         /* its last bytes */
    const struct peer_rule *latest; /* of the last PDU that went to the server; NULL: none has */
    /* What the latest complaint is about: what was owed then, and what came. */
    struct peer_owed judged;
    bool otherwise; /* another answer than that, or none: not one of another form */
    uint8_t got_type;
    uint32_t got_status;
    /* The first answer owed, and how many. */
    size_t first, owed;
    struct peer_owed answers[PEER_ANSWERS];
};

struct peers {
    struct peer_connection connections[PEER_CONNECTIONS];
    struct peer_handle handles[PEER_HANDLES]; /* context handles that are live on the server */
    unsigned handle_count;
};

void peers_reset(struct peers *p);
void peer_opened(struct peers *p, unsigned connection, bool tcp);
/* The connection was closed, by either end. */
void peer_gone(struct peers *p, unsigned connection);
/* Bytes went to the server: enters the answers that it owes for them. */
void peer_sent(struct peers *p, unsigned connection, const uint8_t *bytes, size_t n);
/* The server sent a complete PDU. NULL: it was owed; otherwise what is wrong. */
const char *peer_received(struct peers *p, unsigned connection, const uint8_t *pdu, size_t n);
/* The server has processed everything that was sent. Returns NULL, or what is wrong; `finished`:
   the server wants the connection closed. */
const char *peer_settled(struct peers *p, unsigned connection, bool finished);

enum { PEER_WORDS = 320 };
/* Says what the latest complaint of these two, `wrong`, is about: in what situation, what is owed
   in it, what came. */
void peer_explain(const struct peers *p, unsigned connection, const char *wrong,
                  char out[PEER_WORDS]);
/* The cause of it: the situation, if the server answers otherwise than is owed in it; or `wrong`,
   if the form of the answer is wrong or the answer is that of an operation. */
const char *peer_cause(const struct peers *p, unsigned connection, const char *wrong);

#endif
