/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compares a server's answers with those that it owes.
 */
#include "peer_internal.h"

#include <string.h>

enum {
    BAD_STUB_DATA = 0x6f7,
    CONTEXT_MISMATCH = 0x1c00001a,
    ACCESS_DENIED = 5,
    FAULT_SIZE = 32,
    LITTLE_ENDIAN_DREP = 0x10,
    RESULT = 24, /* bytes of one result of a bind_ack */
};

static uint32_t get(const uint8_t *bytes, size_t at, unsigned width)
{
    return peer_get(bytes, at, width, false);
}

static int find_handle(const struct peers *p, const struct peer_connection *c,
                       const struct peer_owed *o)
{
    for (unsigned i = 0; i < p->handle_count; i++)
        if (p->handles[i].group == c->group && p->handles[i].interface == o->interface &&
            memcmp(p->handles[i].value, o->handle, PEER_HEAD) == 0)
            return (int)i;
    return -1;
}

static bool is_prepare(const struct peer_owed *o)
{
    return (o->interface == PEER_BACKUP && o->opnum == 0) ||
           (o->interface == PEER_RESTORE && o->opnum == 1);
}

static bool is_end(const struct peer_owed *o)
{
    return (o->interface == PEER_BACKUP && o->opnum == 1) ||
           (o->interface == PEER_RESTORE && o->opnum == 5);
}

static const char *judge_fault(const struct peer_owed *o, const uint8_t *pdu, size_t n)
{
    bool executed = !(pdu[3] & PEER_DID_NOT_EXECUTE);
    if (n != FAULT_SIZE || (pdu[3] & (PEER_FIRST | PEER_LAST)) != (PEER_FIRST | PEER_LAST))
        return "a malformed fault PDU";
    if (get(pdu, 20, 2) != o->context_id)
        return "a fault with the wrong context";
    if (get(pdu, 24, 4) != o->status)
        return "a fault with the wrong status";
    return executed == o->did_not_execute ? "a fault with the wrong did-not-execute flag" : NULL;
}

static const char *judge_list(const struct peers *p, struct peer_connection *c,
                              const struct peer_owed *o, const uint8_t *pdu, size_t n)
{
    size_t results = 0;
    if (n >= 28)
        results = (26 + get(pdu, 24, 2) + 3) & ~(size_t)3;
    if (results == 0 || n != results + 4 + (size_t)RESULT * o->contexts ||
        pdu[results] != o->contexts)
        return "the number of results is not that of contexts";
    for (unsigned i = 0; i < o->contexts; i++)
        if (get(pdu, results + 4 + (size_t)RESULT * i, 2) != o->results[i])
            return "a wrong result for a context";
    if (get(pdu, 16, 2) != o->max_fragment || get(pdu, 18, 2) != o->max_fragment)
        return "a wrong fragment size";
    uint32_t group = get(pdu, 20, 4);
    if (o->answer == PEER_ALTER_RESP || o->group != 0)
        return group == (o->group != 0 ? o->group : c->group) ? NULL : "a wrong association group";
    for (unsigned i = 0; i < PEER_CONNECTIONS; i++)
        if (p->connections[i].open && p->connections[i].group == group)
            return "a new group whose id is in use already";
    return group != 0 ? NULL : "no group";
}

/* A call has ended with the reply whose last bytes are `tail`. */
static const char *judge_reply(struct peers *p, struct peer_connection *c,
                               const struct peer_owed *o)
{
    uint32_t result = c->reply_bytes >= 4 ? get(c->reply_tail, 20, 4) : 0;
    int handle = o->names_handle ? find_handle(p, c, o) : -1;
    if (o->stub == PEER_STUB_BAD)
        return "a call whose stub cannot be decoded was served";
    if (o->stub == PEER_STUB_ILLEGAL && c->reply_bytes >= 4 && result == 0)
        return "a call with arguments that are illegal has succeeded";
    if (o->names_handle && handle < 0 && result != ACCESS_DENIED)
        return "a call with an invalid context handle was served";
    if (handle >= 0 && is_end(o) && result == 0)
        p->handles[handle] = p->handles[--p->handle_count];
    if (is_prepare(o) && result == 0 && c->reply_bytes >= 24) {
        if (p->handle_count == PEER_HANDLES)
            return "more sessions than the limit";
        struct peer_handle *h = &p->handles[p->handle_count++];
        *h = (struct peer_handle){.group = c->group, .interface = o->interface};
        memcpy(h->value, c->reply_tail, PEER_HEAD);
    }
    return NULL;
}

static const char *take_response(struct peers *p, struct peer_connection *c,
                                 const struct peer_owed *o, const uint8_t *pdu, size_t n,
                                 bool *done)
{
    bool first = pdu[3] & PEER_FIRST, last = pdu[3] & PEER_LAST;
    size_t stub = n - PEER_REQUEST_HEADER;
    *done = false;
    if (n < PEER_REQUEST_HEADER || first != (c->reply_bytes == 0))
        return "a response whose fragments are out of order";
    if (n > c->max_fragment)
        return "a fragment longer than negotiated";
    if (get(pdu, 20, 2) != (o->context_id & 0xff))
        return "a response with the wrong context";
    if (!last && (stub == 0 || stub % 8 != 0))
        return "a fragment whose stub is not a multiple of 8";
    size_t new = stub < sizeof c->reply_tail ? stub : sizeof c->reply_tail;
    memmove(c->reply_tail, c->reply_tail + new, sizeof c->reply_tail - new);
    memcpy(c->reply_tail + sizeof c->reply_tail - new, pdu + n - new, new);
    c->reply_bytes += stub;
    *done = last;
    const char *wrong = last ? judge_reply(p, c, o) : NULL;
    if (last)
        c->reply_bytes = 0;
    return wrong;
}

/* A fault that only the operation can have decided. */
static const char *judge_refusal(const struct peers *p, const struct peer_connection *c,
                                 const struct peer_owed *o, const uint8_t *pdu, size_t n)
{
    uint32_t status = n == FAULT_SIZE ? get(pdu, 24, 4) : 0;
    struct peer_owed as_it_is = *o;
    as_it_is.status = status;
    if (c->reply_bytes > 0)
        return "a fault in the middle of a response";
    if (status != BAD_STUB_DATA && status != CONTEXT_MISMATCH)
        return "a call ended with a status that no call may return";
    if (status == BAD_STUB_DATA && (o->stub == PEER_STUB_GOOD || o->stub == PEER_STUB_ILLEGAL))
        return "a call whose stub can be decoded was refused for it";
    if (status == CONTEXT_MISMATCH && (!o->names_handle || find_handle(p, c, o) >= 0))
        return "a live context handle was refused";
    return judge_fault(&as_it_is, pdu, n);
}

/* `*done`: no further PDU is owed for it. */
static const char *judge(struct peers *p, struct peer_connection *c, const struct peer_owed *o,
                         const uint8_t *pdu, size_t n, bool *done)
{
    uint8_t type = pdu[2];
    *done = true;
    switch (o->answer) {
    case PEER_FAULT:
        return type == PEER_FAULT_PDU ? judge_fault(o, pdu, n)
                                      : "expected a fault, got another type of PDU";
    case PEER_BIND_NAK:
        if (type != PEER_BIND_NAK_PDU || n < 18)
            return "expected a bind_nak, got another type of PDU";
        return get(pdu, 16, 2) == o->status ? NULL : "a bind_nak with the wrong reason";
    case PEER_BIND_ACK:
        if (type != PEER_BIND_ACK_PDU)
            return "expected a bind_ack, got another type of PDU";
        c->group = 0;
        const char *wrong = judge_list(p, c, o, pdu, n);
        c->group = get(pdu, 20, 4);
        return wrong;
    case PEER_ALTER_RESP:
        return type == PEER_ALTER_RESP_PDU
                   ? judge_list(p, c, o, pdu, n)
                   : "expected an alter_context_resp, got another type of PDU";
    case PEER_CALL:
        if (type == PEER_RESPONSE)
            return take_response(p, c, o, pdu, n, done);
        return type == PEER_FAULT_PDU ? judge_refusal(p, c, o, pdu, n)
                                      : "expected a response, got another type of PDU";
    case PEER_NOTHING:
        break;
    }
    return "an answer without a request";
}

/* Remembers what is judged, for peer_explain(). */
static void note_judged(struct peer_connection *c, const struct peer_owed *o)
{
    c->judged = o != NULL ? *o : (struct peer_owed){.rule = c->latest};
    c->otherwise = o == NULL || o->answer == PEER_FAULT || o->answer == PEER_BIND_NAK;
    c->got_type = PEER_NO_TYPE;
    c->got_status = 0;
}

/* A fault of the status that is owed may be wrong in its form alone. */
static void note_answer(struct peer_connection *c, const uint8_t *pdu, size_t n)
{
    c->got_type = pdu[2];
    if (c->got_type == PEER_FAULT_PDU && n >= 28)
        c->got_status = get(pdu, 24, 4);
    if (c->judged.answer == PEER_FAULT && c->got_type == PEER_FAULT_PDU &&
        c->got_status == c->judged.status && get(pdu, 12, 4) == c->judged.call_id)
        c->otherwise = false;
}

const char *peer_received(struct peers *p, unsigned connection, const uint8_t *pdu, size_t n)
{
    struct peer_connection *c = &p->connections[connection];
    bool done;
    note_judged(c, c->owed > 0 ? &c->answers[c->first] : NULL);
    if (n < PEER_PDU_HEADER || pdu[0] != 5 || pdu[1] != 0 || pdu[4] != LITTLE_ENDIAN_DREP ||
        get(pdu, 8, 2) != n || get(pdu, 10, 2) != 0) {
        c->otherwise = false;
        return "not a PDU of version 5.0, or one with a trailer";
    }
    note_answer(c, pdu, n);
    if (c->owed == 0)
        return "an unsolicited PDU";
    const struct peer_owed *o = &c->answers[c->first];
    if (get(pdu, 12, 4) != o->call_id)
        return "an answer to another call";
    const char *wrong = judge(p, c, o, pdu, n, &done);
    if (done) {
        c->first = (c->first + 1) % PEER_ANSWERS;
        c->owed--;
    }
    return wrong;
}

const char *peer_settled(struct peers *p, unsigned connection, bool finished)
{
    struct peer_connection *c = &p->connections[connection];
    note_judged(c, c->owed > 0 ? &c->answers[c->first] : NULL);
    if (c->owed > 0)
        return "an answer that was owed was not sent";
    if (c->closing != finished)
        return finished ? "the connection was closed, but should stay open"
                        : "the connection stayed open, but should be closed";
    return NULL;
}
