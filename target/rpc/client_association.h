/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client's end of an association, sans-I/O: PDUs to send are appended to a buffer, received
 * bytes are passed in, events are returned. One presentation context, one call at a time.
 *
 * Everything that a server sends is checked: [MS-RPCE] 3.3.2.5; [C706] 12.6.
 */
#ifndef RPC_CLIENT_ASSOCIATION_H
#define RPC_CLIENT_ASSOCIATION_H

#include "ndr.h"
#include "pdu.h"

enum { CLIENT_MAX_REPLY_STUB = 4 << 20 }; /* bytes; more is a protocol error */

struct client_association {
    enum { CLIENT_UNBOUND, CLIENT_BINDING, CLIENT_IDLE, CLIENT_CALLING, CLIENT_BROKEN } state;
    uint16_t max_xmit, max_recv; /* bytes of a fragment, ours until the bind is acknowledged */
    uint32_t call_id;            /* of the last bind or request */
    uint32_t ignored_through;    /* calls up to this id were orphaned: late replies are dropped */
    struct buffer input;         /* received, not yet consumed */
    size_t taken;                /* bytes of it already consumed */
    size_t skip;                 /* bytes of a fragment without room: dropped on arrival */
    struct buffer reply;         /* stub of the reply under reassembly, or complete */
    bool in_reply;               /* the first fragment was received, the last was not */
    bool draining;      /* no memory for the reply: its fragments are dropped to the last */
    size_t reply_bytes; /* of stub so far, kept or dropped */
    uint8_t drep[4];    /* of the first fragment */
    bool big_endian;
    uint32_t status; /* after an event that carries one: a Win32 code */
};

enum client_event {
    CLIENT_MORE, /* nothing complete yet */
    CLIENT_BOUND,
    CLIENT_REPLY,     /* client_association_reply() decodes it */
    CLIENT_FAULT,     /* status; the association stays usable */
    CLIENT_NO_MEMORY, /* the reply was received and dropped; the association stays usable */
    CLIENT_FAILED,    /* status; the association is broken */
};

void client_association_init(struct client_association *a, uint16_t max_fragment);
void client_association_destroy(struct client_association *a);

/* Append a bind, a request, an orphaned PDU to `out`. False: nothing happened, for lack of memory;
   for a request also for lack of call ids: `status` says which (RPC_S_OUT_OF_RESOURCES). */
bool client_association_bind(struct client_association *a, const struct rpc_syntax_id *interface,
                             const struct pdu_auth *auth, struct buffer *out);
/* `reply_bytes`: the bound of the reply stub, reserved here; 0: none known. */
bool client_association_request(struct client_association *a, uint16_t opnum,
                                const struct buffer *stub, size_t reply_bytes, struct buffer *out);
/* Abandons the call under way: PDUs that still arrive for it are dropped. */
bool client_association_orphan(struct client_association *a, struct buffer *out);

/* The place to receive to, and its size (>= 1 from the bind on: whoever waits has made room). */
uint8_t *client_association_room(struct client_association *a, size_t *out_bytes);
/* `n` bytes arrived there. At most one event at a time; bytes after a complete reply are kept. */
enum client_event client_association_received(struct client_association *a, size_t n);

/* Decodes the reply; valid until the next request. */
struct ndr client_association_reply(struct client_association *a);

#endif
