/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection of the server: takes whole PDUs off the input and hands each to its handler.
 */
#include "server_internal.h"

#include "fault_status.h"

#include <stdlib.h>
#include <string.h>

/* Kept free in the output, so that a fault can be said when there is no memory for anything. */
enum { FAULT_RESERVE = 2 * PDU_FAULT_SIZE };

struct rpc_connection *rpc_connection_create(struct rpc_server *s, const struct rpc_peer *peer,
                                             const char *secondary_address)
{
    struct rpc_connection *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    if (!buffer_reserve(&c->out, FAULT_RESERVE)) {
        free(c);
        return NULL;
    }
    c->server = s;
    c->peer = *peer;
    c->peer.authenticated = c->peer.rejected = false;
    c->max_fragment =
        peer->transport == RPC_NCALRPC ? s->limits.max_fragment_local : s->limits.max_fragment_tcp;
    size_t n = strlen(secondary_address);
    if (n < sizeof c->secondary_address)
        memcpy(c->secondary_address, secondary_address, n);
    s->counts.connections++;
    return c;
}

void rpc_connection_destroy(struct rpc_connection *c)
{
    if (c->group != NULL)
        association_group_leave(&c->server->groups, c->group, c->server->service);
    c->server->counts.connections--;
    free(c->contexts);
    buffer_destroy(&c->call.stub);
    buffer_destroy(&c->reply);
    buffer_destroy(&c->in);
    buffer_destroy(&c->out);
    free(c);
}

void server_put_fault(struct rpc_connection *c, uint32_t call_id, uint8_t flags,
                      uint16_t context_id, uint32_t status)
{
    c->server->counts.faults_sent++;
    c->server->counts.pdus_sent++;
    (void)pdu_put_fault(&c->out, call_id, flags, context_id, status); /* FAULT_RESERVE */
}

enum verdict server_protocol_error(struct rpc_connection *c, uint32_t call_id)
{
    server_put_fault(c, call_id, PFC_DID_NOT_EXECUTE, 0, nca_s_proto_error);
    return CONNECTION_CLOSES;
}

void server_drop_call(struct rpc_connection *c)
{
    buffer_destroy(&c->call.stub);
    c->call.active = false;
}

static enum verdict on_ignored(struct rpc_connection *c, const struct pdu *p)
{
    (void)c, (void)p;
    return CONNECTION_STAYS;
}

static enum verdict on_unexpected(struct rpc_connection *c, const struct pdu *p)
{
    return server_protocol_error(c, p->header.call_id);
}

static pdu_handler *const handlers[] = {
    [PDU_REQUEST] = server_on_request,
    [PDU_RESPONSE] = on_unexpected,
    [PDU_FAULT] = on_unexpected,
    [PDU_BIND] = server_on_bind,
    [PDU_BIND_ACK] = on_unexpected,
    [PDU_BIND_NAK] = on_unexpected,
    [PDU_ALTER_CONTEXT] = server_on_alter_context,
    [PDU_ALTER_CONTEXT_RESP] = on_unexpected,
    [PDU_AUTH3] = on_unexpected,
    [PDU_SHUTDOWN] = on_unexpected,
    /* No manager runs while PDUs are read, so there is never a call to stop. */
    [PDU_CO_CANCEL] = on_ignored,
    [PDU_ORPHANED] = on_ignored,
};

/* A fragment arrives for which there is no memory: the call is refused, the fragment dropped. */
static enum verdict refuse_fragment(struct rpc_connection *c, const struct pdu_header *h)
{
    c->skip = h->fragment_length;
    if (h->type != PDU_REQUEST)
        return CONNECTION_CLOSES;
    server_put_fault(c, h->call_id, PFC_DID_NOT_EXECUTE, 0, nca_s_fault_remote_no_memory);
    if (h->call_id > c->last_call_id)
        c->last_call_id = h->call_id;
    server_drop_call(c);
    return CONNECTION_STAYS;
}

/* Takes one PDU off the input. False: nothing could be taken. */
static bool take_pdu(struct rpc_connection *c, enum verdict *verdict)
{
    if (c->skip > 0) {
        size_t n = c->skip < c->in.length ? c->skip : c->in.length;
        buffer_consume(&c->in, n);
        c->skip -= n;
        return n > 0;
    }
    struct pdu_header header;
    enum pdu_status status = pdu_peek(c->in.data, c->in.length, &header);
    if (status == PDU_INCOMPLETE)
        return false;
    if (status != PDU_OK || header.fragment_length > c->max_fragment) {
        *verdict = server_protocol_error(c, header.call_id);
        return true;
    }
    if (c->in.length < header.fragment_length) {
        if (buffer_reserve(&c->in, header.fragment_length - c->in.length))
            return false;
        *verdict = refuse_fragment(c, &header);
        return true;
    }
    struct pdu pdu;
    size_t need;
    c->server->counts.pdus_received++;
    status = pdu_parse(c->in.data, c->in.length, &pdu, &need);
    if (status == PDU_OK)
        *verdict = handlers[header.type](c, &pdu);
    else
        *verdict = server_protocol_error(c, header.call_id);
    buffer_consume(&c->in, header.fragment_length);
    return true;
}

static void process(struct rpc_connection *c)
{
    enum verdict verdict = CONNECTION_STAYS;
    while (c->state != CONNECTION_FINISHING) {
        if (c->out.length > c->server->limits.output_high_water ||
            !buffer_reserve(&c->out, FAULT_RESERVE))
            return; /* rpc_connection_sent() goes on */
        if (!take_pdu(c, &verdict))
            return;
        if (verdict == CONNECTION_CLOSES) {
            c->state = CONNECTION_FINISHING;
            buffer_destroy(&c->in);
            server_drop_call(c);
        }
    }
}

void rpc_connection_receive(struct rpc_connection *c, const void *bytes, size_t n)
{
    if (c->state == CONNECTION_FINISHING)
        return;
    if (!buffer_append(&c->in, bytes, n)) {
        /* These bytes are lost, and with them the framing. */
        c->state = CONNECTION_FINISHING;
        return;
    }
    process(c);
}

bool rpc_connection_wants_input(const struct rpc_connection *c)
{
    return c->state != CONNECTION_FINISHING && c->out.length <= c->server->limits.output_high_water;
}

const uint8_t *rpc_connection_output(const struct rpc_connection *c, size_t *out_length)
{
    *out_length = c->out.length;
    return c->out.data;
}

void rpc_connection_sent(struct rpc_connection *c, size_t n)
{
    buffer_consume(&c->out, n);
    process(c);
}

bool rpc_connection_is_finished(const struct rpc_connection *c)
{
    return c->state == CONNECTION_FINISHING && c->out.length == 0;
}

const struct rpc_peer *rpc_connection_peer(const struct rpc_connection *c)
{
    return &c->peer;
}

bool rpc_connection_has_context_handles(const struct rpc_connection *c)
{
    return c->group != NULL && c->group->entry_count > 0;
}
