/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection of the server: takes complete PDUs from the input and passes each to its handler.
 */
#include "server_internal.h"

#include "fault_status.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_ROOM = 1024 }; /* for the rest of a fragment */

struct rpc_connection *rpc_connection_create(struct rpc_server *s, const struct rpc_peer *peer,
                                             const char *secondary_address)
{
    struct rpc_connection *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    /* There is room for a header and a fault from the start, so every PDU can be answered. */
    if (!buffer_reserve(&c->out, SERVER_FAULT_RESERVE) ||
        !buffer_reserve(&c->in, PDU_HEADER_SIZE)) {
        buffer_destroy(&c->out);
        free(c);
        return NULL;
    }
    c->server = s;
    c->peer = *peer;
    c->peer.authenticated = c->peer.rejected = false;
    c->max_receive =
        peer->transport == RPC_NCALRPC ? s->limits.max_fragment_local : s->limits.max_fragment_tcp;
    c->max_fragment = c->max_receive;
    /* Clients do not need it: one that is too long to keep is left out. */
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
    free(c->contexts);
    buffer_destroy(&c->call.stub);
    buffer_destroy(&c->in);
    buffer_destroy(&c->out);
    buffer_destroy(&c->small_out);
    server_account(c);
    if (--c->server->counts.connections == 0)
        buffer_destroy(&c->server->reply); /* there is no one that it would serve again */
    free(c);
}

void server_put_fault(struct rpc_connection *c, uint32_t call_id, uint8_t flags,
                      uint16_t context_id, uint32_t status)
{
    c->server->counts.faults_sent++;
    c->server->counts.pdus_sent++;
    (void)pdu_put_fault(&c->out, call_id, flags, context_id, status); /* SERVER_FAULT_RESERVE */
}

/* Only for an alter_context the fault says that nothing was done, as deployed servers do. */
enum verdict server_protocol_error(struct rpc_connection *c, const struct pdu_header *h)
{
    uint8_t flags = h->type == PDU_ALTER_CONTEXT ? PFC_DID_NOT_EXECUTE : 0;
    server_put_fault(c, h->call_id, flags, 0, nca_s_proto_error);
    return CONNECTION_CLOSES;
}

void server_drop_call(struct rpc_connection *c)
{
    buffer_destroy(&c->call.stub);
    c->call.active = false;
}

void server_note_call(struct rpc_connection *c, uint32_t call_id)
{
    c->last_call_id = call_id;
    c->has_seen_call = true;
}

static enum verdict on_ignored(struct rpc_connection *c, const struct pdu *p)
{
    (void)c, (void)p;
    return CONNECTION_STAYS;
}

static enum verdict on_unexpected(struct rpc_connection *c, const struct pdu *p)
{
    return server_protocol_error(c, &p->header);
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

/* There is no memory for the PDU that has begun: it is refused, and dropped on arrival. */
static enum verdict refuse_pdu(struct rpc_connection *c, const struct pdu_header *h)
{
    c->skip = h->fragment_length;
    if (h->type == PDU_BIND)
        return server_refuse_bind(c, h->call_id, BIND_NAK_LOCAL_LIMIT_EXCEEDED);
    if (h->type != PDU_REQUEST && h->type != PDU_ALTER_CONTEXT)
        return CONNECTION_STAYS;
    if (h->type == PDU_REQUEST && (h->flags & PFC_FIRST_FRAG))
        server_note_call(c, h->call_id);
    server_put_fault(c, h->call_id, PFC_DID_NOT_EXECUTE, 0, nca_s_fault_remote_no_memory);
    server_drop_call(c);
    return CONNECTION_STAYS;
}

/* Returns the memory of consumed bytes to the input, and wipes it. */
static void settle(struct rpc_connection *c)
{
    buffer_consume(&c->in, c->taken);
    c->taken = 0;
}

static bool take_skipped(struct rpc_connection *c, size_t there)
{
    size_t n = c->skip < there ? c->skip : there;
    c->taken += n;
    c->skip -= n;
    return n > 0;
}

/* An incomplete fragment. False: there is room for more of it, as much again as has come, which
   must arrive: a length alone takes no memory. Otherwise it was refused. */
static bool await_rest(struct rpc_connection *c, const struct pdu_header *h, enum verdict *verdict)
{
    settle(c);
    size_t rest = h->fragment_length - c->in.length;
    size_t more = c->in.length > LEAST_ROOM ? c->in.length : LEAST_ROOM;
    if (buffer_reserve(&c->in, more < rest ? more : rest))
        return false;
    *verdict = refuse_pdu(c, h);
    return true;
}

/* Takes one PDU from the input. False: there is no complete one. */
static bool take_pdu(struct rpc_connection *c, enum verdict *verdict)
{
    uint8_t *bytes = c->in.data + c->taken;
    size_t there = c->in.length - c->taken, need;
    struct pdu_header header;
    struct pdu pdu;
    if (c->skip > 0)
        return take_skipped(c, there);
    enum pdu_status status = pdu_peek(bytes, there, &header);
    if (status == PDU_INCOMPLETE)
        return false;
    if (status != PDU_OK || header.fragment_length > c->max_receive) {
        *verdict = server_protocol_error(c, &header);
        return true;
    }
    if (there < header.fragment_length)
        return await_rest(c, &header, verdict);
    c->server->counts.pdus_received++;
    if (pdu_parse(bytes, there, &pdu, &need) == PDU_OK)
        *verdict = handlers[header.type](c, &pdu);
    else if (header.type == PDU_BIND)
        *verdict = server_refuse_bind(c, header.call_id, BIND_NAK_PROTOCOL_VERSION_NOT_SUPPORTED);
    else
        *verdict = server_protocol_error(c, &header);
    c->taken += header.fragment_length;
    return true;
}

static void finish(struct rpc_connection *c)
{
    c->state = CONNECTION_FINISHING;
    buffer_destroy(&c->in);
    c->taken = c->skip = 0;
    server_drop_call(c);
}

static size_t unsent(const struct rpc_connection *c)
{
    return c->out.length - c->sent;
}

/* Whether another PDU may be taken, because there is room for its answer. If
   not, rpc_connection_sent() continues. */
static bool has_room(struct rpc_connection *c)
{
    return unsent(c) <= c->server->limits.output_high_water &&
           buffer_reserve(&c->out, SERVER_FAULT_RESERVE);
}

static void process(struct rpc_connection *c)
{
    enum verdict verdict = CONNECTION_STAYS;
    if (c->state == CONNECTION_FINISHING)
        return;
    while (verdict == CONNECTION_STAYS && has_room(c) && take_pdu(c, &verdict))
        ;
    if (verdict == CONNECTION_CLOSES)
        finish(c);
    else
        settle(c);
    server_account(c);
}

/* As many as fit: await_rest() makes room for a fragment once its length is known, and answers if
   there is none. */
static size_t take_in(struct rpc_connection *c, const uint8_t *bytes, size_t n)
{
    if (c->in.capacity == c->in.length && !buffer_reserve(&c->in, n))
        return 0;
    size_t room = c->in.capacity - c->in.length;
    if (n > room)
        n = room;
    (void)buffer_append(&c->in, bytes, n);
    return n;
}

void rpc_connection_receive(struct rpc_connection *c, const void *bytes, size_t n)
{
    const uint8_t *at = bytes;
    while (n > 0 && c->state != CONNECTION_FINISHING) {
        size_t taken = take_in(c, at, n);
        if (taken == 0) {
            /* No memory, and output waits that nobody sends: these bytes are lost, and with them
               the framing. */
            finish(c);
            return;
        }
        at += taken;
        n -= taken;
        process(c);
    }
}

bool rpc_connection_wants_input(const struct rpc_connection *c)
{
    return c->state != CONNECTION_FINISHING && unsent(c) <= c->server->limits.output_high_water;
}

const uint8_t *rpc_connection_output(const struct rpc_connection *c, size_t *out_length)
{
    *out_length = unsent(c);
    return c->out.data + c->sent;
}

void rpc_connection_sent(struct rpc_connection *c, size_t n)
{
    c->sent += n;
    /* Not moved for each part that was sent, but only when little or nothing is left. */
    if (unsent(c) > c->server->limits.output_high_water)
        return;
    buffer_consume(&c->out, c->sent);
    c->sent = 0;
    server_release_output(c);
    process(c);
}

bool rpc_connection_is_finished(const struct rpc_connection *c)
{
    return c->state == CONNECTION_FINISHING && unsent(c) == 0;
}

bool rpc_connection_has_context_handles(const struct rpc_connection *c)
{
    return c->group != NULL && c->group->entry_count > 0;
}

bool rpc_connection_is_busy(const struct rpc_connection *c)
{
    return c->call.active || c->in.length > 0 || c->skip > 0 || unsent(c) > 0;
}

uint64_t rpc_connection_calls(const struct rpc_connection *c)
{
    return c->calls;
}
