/* SPDX-License-Identifier: Apache-2.0 */
#include "client_association.h"

#include "../include/winerror.h"
#include "fault_status.h"

#include <string.h>

enum { CONTEXT_ID = 0, SMALLEST_ROOM = 1024, INITIAL_INPUT = 4096, MAX_CALL_ID = 0x7fffffff };

/* Bytes received at one time for a reply of many fragments. */
enum { INPUT_WINDOW = 64 << 10 };

void client_association_init(struct client_association *a, uint16_t max_fragment)
{
    *a = (struct client_association){.max_xmit = max_fragment, .max_recv = max_fragment};
}

void client_association_destroy(struct client_association *a)
{
    buffer_destroy(&a->input);
    buffer_destroy(&a->reply);
    a->state = CLIENT_BROKEN;
}

static enum client_event broken(struct client_association *a, uint32_t status)
{
    a->state = CLIENT_BROKEN;
    a->status = status;
    return CLIENT_FAILED;
}

bool client_association_bind(struct client_association *a, const struct rpc_syntax_id *interface,
                             const struct pdu_auth *auth, struct buffer *out)
{
    struct pdu_bind_offer offer = {CONTEXT_ID, *interface, rpc_ndr20_syntax};
    if (!buffer_reserve(&a->input, INITIAL_INPUT) ||
        !pdu_put_bind(out, PDU_BIND, a->call_id + 1, 0, a->max_xmit, a->max_recv, 0, &offer, 1,
                      auth))
        return false;
    a->call_id++;
    a->state = CLIENT_BINDING;
    return true;
}

bool client_association_request(struct client_association *a, uint16_t opnum,
                                const struct buffer *stub, size_t reply_bytes, struct buffer *out)
{
    buffer_clear(&a->reply);
    size_t room = a->max_recv;
    if (reply_bytes <= room - PDU_RESPONSE_HEADER_SIZE)
        room = reply_bytes + PDU_RESPONSE_HEADER_SIZE;
    else if (room < INPUT_WINDOW)
        room = INPUT_WINDOW;
    a->status = a->call_id == MAX_CALL_ID ? RPC_S_OUT_OF_RESOURCES : ERROR_NOT_ENOUGH_MEMORY;
    if (a->call_id == MAX_CALL_ID || !buffer_reserve(&a->reply, reply_bytes) ||
        (room > a->input.length && !buffer_reserve(&a->input, room - a->input.length)) ||
        !pdu_put_request(out, a->call_id + 1, CONTEXT_ID, opnum, stub->data, stub->length,
                         a->max_xmit))
        return false;
    a->call_id++;
    a->in_reply = a->draining = false;
    a->reply_bytes = 0;
    a->state = CLIENT_CALLING;
    return true;
}

bool client_association_orphan(struct client_association *a, struct buffer *out)
{
    if (!pdu_put_orphaned(out, a->call_id))
        return false;
    a->ignored_through = a->call_id;
    a->state = CLIENT_IDLE;
    return true;
}

uint8_t *client_association_room(struct client_association *a, size_t *out_bytes)
{
    *out_bytes = a->input.capacity - a->input.length;
    return a->input.data + a->input.length;
}

struct ndr client_association_reply(struct client_association *a)
{
    struct ndr n;
    ndr_decode_init(&n, a->reply.data, a->reply.length, a->big_endian);
    return n;
}

/* Answers to a bind ------------------------------------------------------------------------- */

static uint32_t bind_nak_status(uint16_t reason)
{
    switch (reason) {
    case BIND_NAK_TEMPORARY_CONGESTION:
    case BIND_NAK_LOCAL_LIMIT_EXCEEDED:
        return RPC_S_SERVER_TOO_BUSY;
    case BIND_NAK_PROTOCOL_VERSION_NOT_SUPPORTED:
        return RPC_S_PROTOCOL_ERROR;
    case BIND_NAK_AUTH_TYPE_NOT_RECOGNIZED:
        return RPC_S_UNKNOWN_AUTHN_SERVICE;
    case BIND_NAK_INVALID_CHECKSUM:
        return ERROR_ACCESS_DENIED;
    default:
        return RPC_S_CALL_FAILED_DNE;
    }
}

static uint32_t context_status(const struct pdu_context_outcome *o)
{
    if (o->result == CONTEXT_ACCEPT)
        return rpc_syntax_equal(&o->transfer_syntax, &rpc_ndr20_syntax) ? 0 : RPC_S_PROTOCOL_ERROR;
    if (o->result == CONTEXT_USER_REJECT)
        return ERROR_ACCESS_DENIED;
    if (o->result != CONTEXT_PROVIDER_REJECT)
        return RPC_S_PROTOCOL_ERROR;
    switch (o->reason) {
    case CONTEXT_ABSTRACT_SYNTAX_NOT_SUPPORTED:
        return RPC_S_UNKNOWN_IF;
    case CONTEXT_TRANSFER_SYNTAXES_NOT_SUPPORTED:
        return RPC_S_UNSUPPORTED_TRANS_SYN;
    case CONTEXT_LOCAL_LIMIT_EXCEEDED:
        return RPC_S_SERVER_TOO_BUSY;
    default:
        return RPC_S_CALL_FAILED_DNE;
    }
}

static enum client_event on_bind_ack(struct client_association *a, const struct pdu *p)
{
    struct pdu_context_outcome outcome;
    size_t offset = 0;
    if (p->body.bind_ack.result_count != 1 || !pdu_next_result(p, &offset, &outcome))
        return broken(a, RPC_S_PROTOCOL_ERROR);
    uint32_t status = context_status(&outcome);
    if (status != 0)
        return broken(a, status);
    a->max_xmit = pdu_negotiate_fragment(a->max_xmit, p->body.bind_ack.max_recv);
    a->max_recv = pdu_negotiate_fragment(a->max_recv, p->body.bind_ack.max_xmit);
    a->state = CLIENT_IDLE;
    return CLIENT_BOUND;
}

static enum client_event on_bind_answer(struct client_association *a, const struct pdu *p)
{
    const uint8_t whole = PFC_FIRST_FRAG | PFC_LAST_FRAG; /* no answer to a bind has fragments */
    if (p->header.call_id != a->call_id || (p->header.flags & whole) != whole)
        return broken(a, RPC_S_PROTOCOL_ERROR);
    switch (p->header.type) {
    case PDU_BIND_ACK:
        return on_bind_ack(a, p);
    case PDU_BIND_NAK:
        return broken(a, bind_nak_status(p->body.bind_nak.reason));
    case PDU_FAULT:
        return broken(a, fault_status_to_win32(p->body.fault.status));
    default:
        return broken(a, RPC_S_PROTOCOL_ERROR);
    }
}

/* Answers to a request ---------------------------------------------------------------------- */

/* The place of a fragment in its reply. False: out of order. */
static bool in_order(struct client_association *a, const struct pdu_header *h)
{
    bool first = h->flags & PFC_FIRST_FRAG;
    if (first == a->in_reply)
        return false;
    if (first) {
        memcpy(a->drep, h->drep, sizeof a->drep);
        a->big_endian = h->big_endian;
    }
    return memcmp(a->drep, h->drep, sizeof a->drep) == 0;
}

/* Counts the bytes of a fragment, kept or not, so that no reply is endless. False: too much, or a
   fragment without stub that is not the last. */
static bool within_bounds(struct client_association *a, const struct pdu_header *h,
                          size_t stub_length)
{
    if (stub_length > CLIENT_MAX_REPLY_STUB - a->reply_bytes)
        return false;
    a->reply_bytes += stub_length;
    return stub_length > 0 || h->flags & PFC_LAST_FRAG;
}

/* A fragment of the reply has been taken or dropped: whether it was the last one. */
static enum client_event after_fragment(struct client_association *a, const struct pdu_header *h)
{
    a->in_reply = !(h->flags & PFC_LAST_FRAG);
    if (a->in_reply)
        return CLIENT_MORE;
    a->state = CLIENT_IDLE;
    return a->draining ? CLIENT_NO_MEMORY : CLIENT_REPLY;
}

static enum client_event on_response(struct client_association *a, const struct pdu *p)
{
    if (!in_order(a, &p->header) || p->body.response.context_id != CONTEXT_ID ||
        p->body.response.alloc_hint > INT32_MAX)
        return broken(a, RPC_S_PROTOCOL_ERROR);
    size_t n = p->body.response.stub_length;
    if (!within_bounds(a, &p->header, n))
        return broken(a, RPC_S_PROTOCOL_ERROR);
    if (!a->draining)
        a->draining = !buffer_append(&a->reply, p->body.response.stub, n);
    return after_fragment(a, &p->header);
}

static enum client_event on_fault(struct client_association *a, const struct pdu *p)
{
    /* A fault ends the call, be it in the middle of a reply. */
    a->status = fault_status_to_win32(p->body.fault.status);
    a->state = CLIENT_IDLE;
    return CLIENT_FAULT;
}

static enum client_event on_pdu(struct client_association *a, const struct pdu *p)
{
    const struct pdu_header *h = &p->header;
    if (h->type == PDU_SHUTDOWN)
        return CLIENT_MORE;
    if (a->state == CLIENT_BINDING)
        return on_bind_answer(a, p);
    bool is_answer = h->type == PDU_RESPONSE || h->type == PDU_FAULT;
    if (is_answer && h->call_id != 0 && h->call_id <= a->ignored_through)
        return CLIENT_MORE;
    if (!is_answer || a->state != CLIENT_CALLING || h->call_id != a->call_id)
        return broken(a, RPC_S_PROTOCOL_ERROR);
    return h->type == PDU_FAULT ? on_fault(a, p) : on_response(a, p);
}

/* A fragment longer than the room, and no memory for more: it is dropped on arrival. */
static enum client_event skip_fragment(struct client_association *a, const struct pdu_header *h)
{
    bool ignored = h->call_id != 0 && h->call_id <= a->ignored_through;
    if (h->type != PDU_RESPONSE ||
        (!ignored && (a->state != CLIENT_CALLING || h->call_id != a->call_id)))
        return broken(a, ERROR_NOT_ENOUGH_MEMORY);
    a->skip = h->fragment_length;
    if (ignored)
        return CLIENT_MORE;
    /* Longer than the room, and so longer than its headers. */
    if (!in_order(a, h) ||
        !within_bounds(a, h, (size_t)h->fragment_length - PDU_RESPONSE_HEADER_SIZE))
        return broken(a, RPC_S_PROTOCOL_ERROR);
    a->draining = true;
    return after_fragment(a, h);
}

/* Returns the memory of consumed bytes to the input, and wipes it. */
static void settle(struct client_association *a)
{
    buffer_consume(&a->input, a->taken);
    a->taken = 0;
}

/* An incomplete fragment, for more of which room is made, as much again as has come: a length alone
   takes no memory. */
static enum client_event await_rest(struct client_association *a, const struct pdu_header *h,
                                    bool *progress)
{
    settle(a);
    size_t rest = h->fragment_length - a->input.length;
    size_t more = a->input.length > SMALLEST_ROOM ? a->input.length : SMALLEST_ROOM;
    *progress = !buffer_reserve(&a->input, more < rest ? more : rest);
    return *progress ? skip_fragment(a, h) : CLIENT_MORE;
}

/* Takes one PDU off the input. CLIENT_MORE with *progress false: it is incomplete. */
static enum client_event take_pdu(struct client_association *a, bool *progress)
{
    uint8_t *bytes = a->input.data + a->taken;
    size_t there = a->input.length - a->taken, need;
    *progress = a->skip > 0 && there > 0;
    if (*progress) {
        size_t n = a->skip < there ? a->skip : there;
        a->taken += n;
        a->skip -= n;
        return CLIENT_MORE;
    }
    struct pdu_header header;
    enum pdu_status status = pdu_peek(bytes, there, &header);
    if (status == PDU_INCOMPLETE)
        return CLIENT_MORE;
    if (status != PDU_OK || header.fragment_length > a->max_recv)
        return broken(a, RPC_S_PROTOCOL_ERROR);
    if (there < header.fragment_length)
        return await_rest(a, &header, progress);
    *progress = true;
    struct pdu pdu;
    if (pdu_parse(bytes, there, &pdu, &need) != PDU_OK)
        return broken(a, RPC_S_PROTOCOL_ERROR);
    enum client_event event = on_pdu(a, &pdu);
    a->taken += header.fragment_length;
    return event;
}

enum client_event client_association_received(struct client_association *a, size_t n)
{
    a->input.length += n;
    if (a->state == CLIENT_BROKEN)
        return broken(a, RPC_S_CALL_FAILED_DNE);
    enum client_event event = CLIENT_MORE;
    for (bool progress = true; progress && event == CLIENT_MORE;)
        event = take_pdu(a, &progress);
    settle(a);
    return event;
}
