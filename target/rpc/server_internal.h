/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the parts of the server runtime.
 */
#ifndef RPC_SERVER_INTERNAL_H
#define RPC_SERVER_INTERNAL_H

#include "association_group.h"
#include "pdu.h"
#include "rpc_server.h"

struct rpc_server {
    const struct rpc_interface *const *interfaces; /* borrowed, NULL-terminated */
    struct rpc_server_limits limits;
    struct rpc_server_callbacks callbacks;
    void *service;
    struct association_groups groups;
    struct rpc_server_counts counts;
    struct buffer reply; /* stub of the reply being made; one call runs at a time */
    size_t held;         /* bytes: see server_account() */
};

struct presentation_context {
    uint16_t id;
    const struct rpc_interface *interface;
};

/* A request under reassembly. */
struct incoming_call {
    bool active;
    uint32_t call_id;
    uint16_t context_id, opnum;
    uint8_t drep[4];
    bool big_endian;
    const struct rpc_interface *interface;
    struct buffer stub;
};

enum connection_state { CONNECTION_FRESH, CONNECTION_BOUND, CONNECTION_FINISHING };

struct rpc_connection {
    struct rpc_server *server;
    struct rpc_peer peer;
    char secondary_address[64];
    enum connection_state state;
    uint16_t max_receive;            /* bytes of a fragment: what the transport carries */
    uint16_t max_fragment;           /* bytes of one of ours: the same, until less was negotiated */
    bool multiplexed;                /* the bind asked for concurrent multiplexing */
    struct association_group *group; /* NULL until bound */
    struct presentation_context *contexts;
    uint32_t context_count;
    bool has_seen_call;
    uint32_t last_call_id; /* of the request that began last */
    struct incoming_call call;
    struct buffer in, out;   /* never without some memory, until the connection finishes */
    struct buffer small_out; /* the initial memory of `out`, used again after a long output */
    size_t taken;            /* bytes of `in` already consumed */
    size_t sent;             /* bytes of `out` already consumed */
    size_t skip;             /* bytes of a PDU without room: dropped on arrival */
    size_t reply_reserved;   /* bytes of the reply that have been promised a manager, all in all */
    size_t held;             /* bytes of it in the server's account */
    uint64_t calls;          /* requests that have become whole */
};

/* Kept free in the output, so that a fault can be sent when there is no memory. */
enum { SERVER_FAULT_RESERVE = 2 * PDU_FAULT_SIZE };

/* A PDU handler's decision about the connection. */
enum verdict { CONNECTION_STAYS, CONNECTION_CLOSES };

typedef enum verdict pdu_handler(struct rpc_connection *c, const struct pdu *p);
pdu_handler server_on_bind, server_on_alter_context, server_on_request;

/* A fault for that call; the room for it is always there. */
void server_put_fault(struct rpc_connection *c, uint32_t call_id, uint8_t flags,
                      uint16_t context_id, uint32_t status);
/* The answer to any breach of the protocol: [MS-RPCE] 3.3.3.5.7. */
enum verdict server_protocol_error(struct rpc_connection *c, const struct pdu_header *h);
/* Answers a bind with bind_nak; the room for it is always there. */
enum verdict server_refuse_bind(struct rpc_connection *c, uint32_t call_id, uint16_t reason);
/* A request has begun. */
void server_note_call(struct rpc_connection *c, uint32_t call_id);
/* The rest of a call that was answered early with a fault is dropped on arrival. */
void server_drop_call(struct rpc_connection *c);
/* Makes room in the output, for a long time or a short one. False: out of memory. */
bool server_reserve_output(struct rpc_connection *c, size_t bytes);
/* Give back most of the memory of an output that is empty, of a reply that is made. Needs none. */
void server_release_output(struct rpc_connection *c);
void server_release_reply(struct rpc_server *s);
/* Updates the server's account of held memory; called after everything that may have changed it. */
void server_account(struct rpc_connection *c);
/* Whether more is held than may be, by that connection and all others. */
bool server_is_full(struct rpc_connection *c);

const struct presentation_context *server_find_context(const struct rpc_connection *c, uint16_t id);
const struct rpc_interface *server_find_interface(const struct rpc_server *s,
                                                  const struct rpc_syntax_id *wanted);

extern const struct rpc_interface mgmt_interface;

#endif
