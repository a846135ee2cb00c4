/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests: reassembly, dispatch to the manager routine, reply. [MS-RPCE] 3.3.3.5
 */
#include "server_internal.h"

#include "../include/winerror.h"
#include "fault_status.h"

#include <string.h>

/* A request without FIRST whose id lies less than that below the last one is a leftover. */
enum { STALE_CALL_WINDOW = 150 };

/* Bytes that one reply may hold; clients take no more. */
enum { MAX_REPLY_STUB = 4 << 20 };

/* Answers a call early and keeps the connection; the rest of the call is dropped. */
static enum verdict refuse_call(struct rpc_connection *c, const struct pdu *p, uint16_t context_id,
                                uint32_t status)
{
    server_put_fault(c, p->header.call_id, PFC_DID_NOT_EXECUTE, context_id, status);
    server_drop_call(c);
    return CONNECTION_STAYS;
}

/* Answers a call that breaks the rules; the connection ends. */
static enum verdict break_call(struct rpc_connection *c, uint32_t call_id, uint16_t context_id,
                               uint32_t status)
{
    server_put_fault(c, call_id, 0, context_id, status);
    return CONNECTION_CLOSES;
}

bool rpc_call_reserve(struct rpc_call *call, size_t bytes)
{
    struct rpc_connection *c = call->connection;
    if (bytes > MAX_REPLY_STUB - c->reply_reserved)
        return false;
    /* The stub, and the same again in fragments: after this neither can fail. */
    size_t stub = c->reply_reserved + bytes;
    size_t written = c->server->reply.length;
    if ((written < stub && !buffer_reserve(&c->server->reply, stub - written)) ||
        !server_reserve_output(c, pdu_fragments_size(stub, c->max_fragment) + SERVER_FAULT_RESERVE))
        return false;
    c->reply_reserved = stub;
    return true;
}

/* The status to answer with, 0 for a reply. */
static uint32_t judge(const struct rpc_call *call, uint32_t status)
{
    if (status == 0)
        status = call->out.status;
    if (status == ERROR_NOT_ENOUGH_MEMORY)
        return nca_s_fault_remote_no_memory;
    return status != 0 && fault_status_is_forbidden(status) ? nca_s_fault_unspec : status;
}

/* The status that was answered with. */
static uint32_t reply(struct rpc_connection *c, const struct rpc_call *call, uint32_t status)
{
    const struct incoming_call *in = &c->call;
    const struct buffer *stub = &c->server->reply;
    size_t length = stub->length;
    status = judge(call, status);
    /* A response has the low byte of the context's id, a fault all of it: so do deployed servers.
       It fails only for a reply beyond what was reserved. */
    if (status == 0 && !pdu_put_response(&c->out, in->call_id, in->context_id & UINT8_MAX,
                                         stub->data, length, c->max_fragment))
        status = nca_s_fault_remote_no_memory;
    if (status != 0)
        server_put_fault(c, in->call_id, 0, in->context_id, status);
    else
        c->server->counts.pdus_sent +=
            (pdu_fragments_size(length, c->max_fragment) - length) / PDU_RESPONSE_HEADER_SIZE;
    return status;
}

/* The request is complete. */
static void dispatch(struct rpc_connection *c)
{
    struct incoming_call *in = &c->call;
    const struct rpc_server *s = c->server;
    const struct rpc_operation *operation = &in->interface->operations[in->opnum];
    struct rpc_call call = {.connection = c, .peer = &c->peer, .opnum = in->opnum};
    c->server->counts.calls_received++;
    c->calls++;
    c->reply_reserved = 0;
    if (!rpc_call_reserve(&call, operation->reply_reserve)) {
        server_put_fault(c, in->call_id, PFC_DID_NOT_EXECUTE, in->context_id,
                         nca_s_fault_remote_no_memory);
    } else {
        ndr_decode_init(&call.in, in->stub.data, in->stub.length, in->big_endian);
        ndr_encode_init(&call.out, &c->server->reply);
        void *service = in->interface->standard ? (void *)c->server : s->service;
        uint32_t status = reply(c, &call, operation->manager(&call, service));
        if (s->callbacks.called != NULL && !in->interface->standard)
            s->callbacks.called(&call, operation, status, service);
    }
    server_release_reply(c->server);
    server_drop_call(c);
}

/* Starts a call. False: it has been answered, and `*verdict` says how it goes on. */
static bool start_call(struct rpc_connection *c, const struct pdu *p, enum verdict *verdict)
{
    const struct pdu_header *h = &p->header;
    if (h->flags & PFC_PENDING_CANCEL) {
        server_put_fault(c, h->call_id, PFC_DID_NOT_EXECUTE, 0, RPC_S_NO_CALL_ACTIVE);
        *verdict = CONNECTION_CLOSES;
        return false;
    }
    const struct presentation_context *context = server_find_context(c, p->body.request.context_id);
    if (context == NULL) {
        *verdict = refuse_call(c, p, 0, nca_s_unk_if);
        return false;
    }
    if (p->body.request.opnum >= context->interface->operation_count) {
        *verdict = refuse_call(c, p, context->id, nca_s_op_rng_error);
        return false;
    }
    if (!(h->flags & PFC_LAST_FRAG) &&
        p->body.request.alloc_hint > c->server->limits.max_request_stub) {
        *verdict = break_call(c, h->call_id, context->id, ERROR_ACCESS_DENIED);
        return false;
    }
    c->call = (struct incoming_call){
        .active = true,
        .call_id = h->call_id,
        .context_id = context->id,
        .opnum = p->body.request.opnum,
        .drep = {h->drep[0], h->drep[1], h->drep[2], h->drep[3]},
        .big_endian = h->big_endian,
        .interface = context->interface,
        .stub = c->call.stub,
    };
    return true;
}

/* A fragment does not go with the call under way. The fault is for that call; on a multiplexed
   connection it is for the fragment's own call, because there it need not wait for the end of the
   first one. (There is one reassembly all the same: clients send a request in one piece.) */
static enum verdict out_of_order(struct rpc_connection *c, const struct pdu_header *h)
{
    if (c->multiplexed && h->call_id != c->call.call_id)
        return server_protocol_error(c, h);
    return break_call(c, c->call.call_id, c->call.context_id, nca_s_proto_error);
}

/* Whether a fragment continues the call under way; `*verdict` is set if not. */
static bool continues_call(struct rpc_connection *c, const struct pdu *p, enum verdict *verdict)
{
    const struct pdu_header *h = &p->header;
    if (!c->call.active) {
        bool stale = c->has_seen_call && h->call_id <= c->last_call_id &&
                     c->last_call_id - h->call_id < STALE_CALL_WINDOW;
        *verdict = stale ? CONNECTION_STAYS : server_protocol_error(c, h);
        return false;
    }
    if (h->call_id != c->call.call_id || memcmp(h->drep, c->call.drep, sizeof h->drep) != 0) {
        *verdict = out_of_order(c, h);
        return false;
    }
    return true;
}

enum verdict server_on_request(struct rpc_connection *c, const struct pdu *p)
{
    const struct pdu_header *h = &p->header;
    enum verdict verdict = CONNECTION_STAYS;
    if (c->state != CONNECTION_BOUND)
        return server_protocol_error(c, h);
    if (h->auth_length != 0) /* there is no security context for it */
        return break_call(c, h->call_id, p->body.request.context_id, ERROR_ACCESS_DENIED);
    if (h->flags & PFC_FIRST_FRAG) {
        if (c->call.active)
            return out_of_order(c, h);
        server_note_call(c, h->call_id);
        if (!start_call(c, p, &verdict))
            return verdict;
    } else if (!continues_call(c, p, &verdict)) {
        return verdict;
    }
    if (p->body.request.stub_length > c->server->limits.max_request_stub - c->call.stub.length)
        return break_call(c, h->call_id, c->call.context_id, ERROR_ACCESS_DENIED);
    if (!buffer_append(&c->call.stub, p->body.request.stub, p->body.request.stub_length))
        return refuse_call(c, p, c->call.context_id, nca_s_fault_remote_no_memory);
    if (h->flags & PFC_LAST_FRAG)
        dispatch(c);
    else if (server_is_full(c))
        return refuse_call(c, p, c->call.context_id, nca_s_fault_remote_no_memory);
    return CONNECTION_STAYS;
}
