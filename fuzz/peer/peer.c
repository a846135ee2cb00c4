/* SPDX-License-Identifier: Apache-2.0 */
#include "peer_internal.h"

#include <string.h>

void peers_reset(struct peers *p)
{
    for (unsigned i = 0; i < PEER_CONNECTIONS; i++) {
        p->connections[i].open = false;
        p->connections[i].group = 0; /* scripts may select it */
    }
    p->handle_count = 0;
}

void peer_opened(struct peers *p, unsigned connection, bool tcp)
{
    struct peer_connection *c = &p->connections[connection];
    c->open = true;
    c->bound = c->closing = c->multiplexed = c->active = c->has_seen_call = false;
    c->tcp = tcp;
    c->max_receive = c->max_fragment = tcp ? 5840 : 65528;
    c->group = 0;
    c->context_count = 0;
    c->stub_bytes = c->length = c->reply_bytes = c->first = c->owed = 0;
    c->received = 0;
    c->last_call_id = 0;
    c->latest = NULL;
}

static bool is_live_group(const struct peers *p, uint32_t group, bool tcp)
{
    for (unsigned i = 0; i < PEER_CONNECTIONS; i++) {
        const struct peer_connection *c = &p->connections[i];
        if (c->open && c->group == group && c->tcp == tcp)
            return true;
    }
    return false;
}

/* A group whose last connection is gone takes its context handles with it. */
void peer_gone(struct peers *p, unsigned connection)
{
    struct peer_connection *c = &p->connections[connection];
    c->open = false;
    for (unsigned i = 0; i < p->handle_count;) {
        if (p->handles[i].group == c->group && !is_live_group(p, c->group, c->tcp))
            p->handles[i] = p->handles[--p->handle_count];
        else
            i++;
    }
}

/* PDUs of a client --------------------------------------------------------------------------- */

static bool begins_with_handle(enum peer_interface interface, uint16_t opnum)
{
    return (interface == PEER_BACKUP && opnum >= 1 && opnum <= 7) ||
           (interface == PEER_RESTORE && opnum >= 2 && opnum <= 5);
}

/* The part of a stub that belongs to its head, in little-endian form: 4, 4, 2, 2 and 8 bytes. */
static void take_head(struct peer_connection *c, const struct peer_pdu *p)
{
    for (size_t i = 0; i < p->stub_length && c->head_bytes < PEER_HEAD; i++)
        c->call.handle[c->head_bytes++] = p->bytes[p->stub + i];
}

static void turn(uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        uint8_t b = bytes[i];
        bytes[i] = bytes[n - 1 - i];
        bytes[n - 1 - i] = b;
    }
}

static void turn_handle(uint8_t handle[PEER_HEAD])
{
    turn(handle, 4);
    turn(handle + 4, 4);
    turn(handle + 8, 2);
    turn(handle + 10, 2);
}

static void start_call(struct peer_connection *c, const struct peer_pdu *p)
{
    c->active = true;
    c->stub_bytes = c->head_bytes = 0;
    memcpy(c->drep, p->bytes + 4, sizeof c->drep);
    c->call = (struct peer_owed){.answer = PEER_CALL,
                                 .call_id = p->call_id,
                                 .context_id = p->context_id,
                                 .interface = peer_find_context(c, p->context_id),
                                 .opnum = p->opnum};
}

static void keep_fragment(struct peer_connection *c, const struct peer_pdu *p)
{
    if (p->flags & PEER_FIRST)
        start_call(c, p);
    take_head(c, p);
    if (c->stub_bytes + p->stub_length <= PEER_STUB_KEPT)
        memcpy(c->stub + c->stub_bytes, p->bytes + p->stub, p->stub_length);
    c->stub_bytes += p->stub_length;
}

static void finish_call(struct peer_connection *c, struct peer_owed *out)
{
    const struct peer_rule *rule = out->rule;
    *out = c->call;
    out->rule = rule;
    out->names_handle =
        c->head_bytes == PEER_HEAD && begins_with_handle(out->interface, out->opnum);
    const bool big_endian = c->drep[0] >> 4 != 1;
    if (c->stub_bytes <= PEER_STUB_KEPT)
        out->stub = peer_judge_stub(out->interface, out->opnum, c->stub, c->stub_bytes, big_endian);
    if (big_endian)
        turn_handle(out->handle);
    c->active = false;
}

static void bind(struct peer_connection *c, const struct peer_pdu *p, struct peer_owed *out)
{
    uint16_t theirs = p->max_xmit < p->max_recv ? p->max_xmit : p->max_recv;
    uint16_t agreed = theirs < c->max_receive ? theirs & 0xfff8 : c->max_receive;
    c->max_fragment = agreed < 2048 ? 2048 : agreed;
    c->bound = true;
    c->multiplexed = p->flags & PEER_MPX;
    out->group = p->group;
}

static void owe(struct peer_connection *c, const struct peer_pdu *p, const struct peer_rule *r)
{
    struct peer_owed *out = &c->answers[(c->first + c->owed) % PEER_ANSWERS];
    if (r->details & PEER_FRAGMENT_KEPT)
        keep_fragment(c, p);
    if (p->type == PEER_REQUEST && (p->flags & PEER_FIRST) && !r->closes) {
        c->has_seen_call = true;
        c->last_call_id = p->call_id;
    }
    c->closing = r->closes;
    c->latest = r;
    if (r->answer == PEER_NOTHING)
        return;
    *out = (struct peer_owed){
        .rule = r,
        .answer = r->answer,
        .call_id = r->details & PEER_OF_CALL ? c->call.call_id : p->call_id,
        .status = r->status,
        .context_id = r->details & PEER_OF_CALL      ? c->call.context_id
                      : r->details & PEER_OF_CONTEXT ? p->context_id
                                                     : 0,
        .did_not_execute = (r->details & PEER_NOT_EXECUTED) || p->type == PEER_ALTER,
    };
    if (r->answer == PEER_CALL)
        finish_call(c, out);
    if (r->answer == PEER_BIND_ACK)
        bind(c, p, out);
    if (r->answer == PEER_BIND_ACK || r->answer == PEER_ALTER_RESP)
        peer_judge_list(c, p, out);
    out->max_fragment = c->max_fragment;
    c->owed++;
}

/* Takes one PDU from the received bytes; false: it is incomplete. */
static bool take_pdu(struct peers *all, struct peer_connection *c, size_t *taken)
{
    struct peer_pdu p;
    if (c->length - *taken < PEER_PDU_HEADER)
        return false;
    peer_take_header(&p, c->bytes + *taken);
    const struct peer_rule *r = peer_header_rule(c, &p);
    if (r == NULL && c->length - *taken < p.fragment_length)
        return false;
    if (r == NULL) {
        p.well_formed = peer_take_body(&p);
        p.group_lives = is_live_group(all, p.group, c->tcp);
        r = peer_rule(c, &p);
    }
    owe(c, &p, r);
    *taken += p.fragment_length;
    return true;
}

void peer_sent(struct peers *all, unsigned connection, const uint8_t *bytes, size_t n)
{
    struct peer_connection *c = &all->connections[connection];
    c->received += n;
    while (n > 0 && !c->closing) {
        size_t part = sizeof c->bytes - c->length < n ? sizeof c->bytes - c->length : n;
        size_t taken = 0;
        memcpy(c->bytes + c->length, bytes, part);
        c->length += part;
        bytes += part;
        n -= part;
        while (!c->closing && c->owed < PEER_ANSWERS && take_pdu(all, c, &taken))
            ;
        if (taken > c->length)
            taken = c->length;
        memmove(c->bytes, c->bytes + taken, c->length - taken);
        c->length -= taken;
    }
}
