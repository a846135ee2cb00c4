/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind and alter_context: presentation contexts, fragment sizes, association groups, credentials.
 * Neither has fragments: their FIRST and LAST flags are ignored. [C706] 12.6.3; [MS-RPCE]
 * 3.3.1.5.2-3, 3.3.3.5; where these leave it open, as raw protocol tests have published it of
 * deployed servers.
 */
#include "server_internal.h"

#include "../include/winerror.h"
#include "fault_status.h"

#include <stdlib.h>
#include <string.h>

/* Bind-time feature negotiation, [MS-RPCE] 2.2.2.14: a transfer syntax whose UUID begins so. */
static bool is_feature_negotiation(const struct rpc_syntax_id *s)
{
    return s->uuid.time_low == 0x6cb71c2c && s->uuid.time_mid == 0x9812 &&
           s->uuid.time_hi_and_version == 0x4540 && s->version == 1;
}

const struct presentation_context *server_find_context(const struct rpc_connection *c, uint16_t id)
{
    for (uint32_t i = 0; i < c->context_count; i++)
        if (c->contexts[i].id == id)
            return &c->contexts[i];
    return NULL;
}

static bool offers(const struct pdu *p, const struct pdu_context_element *e,
                   const struct rpc_syntax_id *wanted)
{
    for (unsigned i = 0; i < e->transfer_count; i++) {
        struct rpc_syntax_id syntax = pdu_transfer_syntax(p, e, (uint8_t)i);
        if (rpc_syntax_equal(&syntax, wanted))
            return true;
    }
    return false;
}

/* Only the first of its transfer syntaxes counts. */
static bool asks_for_features(const struct pdu *p, const struct pdu_context_element *e,
                              uint16_t *out_features)
{
    struct rpc_syntax_id first = pdu_transfer_syntax(p, e, 0);
    *out_features = first.uuid.clock_seq[0];
    return is_feature_negotiation(&first);
}

/* A context keeps its transfer syntax: one that is in use cannot be asked to go over to NDR64. */
static bool changes_syntax(const struct rpc_connection *c, const struct pdu *p,
                           const struct pdu_context_element *e)
{
    const struct presentation_context *known = server_find_context(c, e->context_id);
    return known != NULL &&
           known->interface == server_find_interface(c->server, &e->abstract_syntax) &&
           !offers(p, e, &rpc_ndr20_syntax) && offers(p, e, &rpc_ndr64_syntax);
}

/* Whether a list is illegal: empty, a context without transfer syntaxes, features twice, a context
   that changes its syntax. */
static bool is_legal_list(const struct rpc_connection *c, const struct pdu *p)
{
    struct pdu_context_element e;
    unsigned negotiations = 0;
    uint16_t features;
    for (size_t offset = 0; pdu_next_context(p, &offset, &e);) {
        if (e.transfer_count == 0 || changes_syntax(c, p, &e))
            return false;
        negotiations += asks_for_features(p, &e, &features) ? 1 : 0;
    }
    return p->body.bind.context_count > 0 && negotiations <= 1;
}

static struct pdu_context_outcome rejected(uint16_t reason)
{
    return (struct pdu_context_outcome){.result = CONTEXT_PROVIDER_REJECT, .reason = reason};
}

/* An orphaned call has never closed a connection here; and as there is no security context on a
   connection, there may be several. */
static struct pdu_context_outcome acknowledged(uint16_t features)
{
    enum { OFFERED = FEATURE_SECURITY_CONTEXT_MULTIPLEXING | FEATURE_KEEP_CONNECTION_ON_ORPHAN };
    return (struct pdu_context_outcome){.result = CONTEXT_NEGOTIATE_ACK,
                                        .reason = features & OFFERED};
}

/* The contexts of one list, and their results. */
struct judgement {
    struct pdu_context_outcome outcomes[UINT8_MAX];
    const struct rpc_interface *accepted[UINT8_MAX]; /* NULL: it was not */
    unsigned count;
};

static bool was_accepted(const struct judgement *j, const struct rpc_interface *f)
{
    for (unsigned i = 0; i < j->count; i++)
        if (j->accepted[i] == f)
            return true;
    return false;
}

/* Judges one offered context, and enters it if it is accepted; room has been made. Contexts of the
   same interface in one list are alternatives: [MS-RPCE] offers NDR and NDR64 so. One is taken. */
static struct pdu_context_outcome judge_context(struct rpc_connection *c, const struct pdu *p,
                                                const struct pdu_context_element *e,
                                                const struct judgement *before)
{
    uint16_t features;
    if (asks_for_features(p, e, &features))
        return acknowledged(features);
    const struct rpc_interface *f = server_find_interface(c->server, &e->abstract_syntax);
    if (f == NULL)
        return rejected(CONTEXT_ABSTRACT_SYNTAX_NOT_SUPPORTED);
    if (!offers(p, e, &rpc_ndr20_syntax) || was_accepted(before, f))
        return rejected(CONTEXT_TRANSFER_SYNTAXES_NOT_SUPPORTED);
    const struct presentation_context *known = server_find_context(c, e->context_id);
    if (known != NULL && known->interface != f)
        return rejected(CONTEXT_REASON_NOT_SPECIFIED);
    if (known == NULL) {
        if (c->context_count >= c->server->limits.max_contexts_per_connection)
            return rejected(CONTEXT_LOCAL_LIMIT_EXCEEDED);
        c->contexts[c->context_count++] = (struct presentation_context){e->context_id, f};
    }
    return (struct pdu_context_outcome){.result = CONTEXT_ACCEPT,
                                        .transfer_syntax = rpc_ndr20_syntax};
}

/* Reserves room for `n` more contexts. */
static bool reserve_contexts(struct rpc_connection *c, unsigned n)
{
    struct presentation_context *grown =
        realloc(c->contexts, (c->context_count + n) * sizeof *grown);
    if (grown == NULL)
        return false;
    c->contexts = grown;
    return true;
}

enum verdict server_refuse_bind(struct rpc_connection *c, uint32_t call_id, uint16_t reason)
{
    c->server->counts.pdus_sent++;
    (void)pdu_put_bind_nak(&c->out, call_id, reason); /* shorter than the fault kept free */
    return CONNECTION_CLOSES;
}

/* Three strings, each with its NUL, and nothing after them. */
static bool split_credentials(const struct pdu_auth *a, struct rpc_credentials *out)
{
    const char *strings[3], *at = (const char *)a->value, *end = at + a->value_length;
    for (int i = 0; i < 3; i++) {
        const char *nul = at < end ? memchr(at, '\0', (size_t)(end - at)) : NULL;
        if (nul == NULL)
            return false;
        strings[i] = at;
        at = nul + 1;
    }
    *out = (struct rpc_credentials){strings[0], strings[1], strings[2]};
    return at == end;
}

/* False: the bind is refused, with that reason. Denied credentials are not an error of the bind:
   every call will be answered with "access denied". */
static bool authenticate(struct rpc_connection *c, const struct pdu *p, uint16_t *reason)
{
    if (p->header.auth_length == 0)
        return true;
    struct rpc_credentials credentials;
    bool is_level =
        p->auth.level >= PDU_AUTH_LEVEL_CONNECT && p->auth.level <= PDU_AUTH_LEVEL_PRIVACY;
    *reason = is_level ? BIND_NAK_AUTH_TYPE_NOT_RECOGNIZED : BIND_NAK_NOT_SPECIFIED;
    if (p->auth.type != PDU_AUTH_TYPE_PLAIN || p->auth.level != PDU_AUTH_LEVEL_CONNECT ||
        c->peer.transport != RPC_NCALRPC || p->auth.value_length > PDU_MAX_AUTH_VALUE ||
        !split_credentials(&p->auth, &credentials))
        return false;
    const struct rpc_server_callbacks *callbacks = &c->server->callbacks;
    uint32_t code = ERROR_ACCESS_DENIED;
    if (callbacks->authenticate != NULL)
        code = callbacks->authenticate(&credentials, &c->peer, c->server->service);
    *reason = BIND_NAK_LOCAL_LIMIT_EXCEEDED;
    c->peer.authenticated = code == 0;
    c->peer.rejected = code != 0;
    return code == 0 || code == ERROR_ACCESS_DENIED;
}

/* Judges all contexts and answers. The caller has reserved the memory. */
static void answer(struct rpc_connection *c, const struct pdu *p, enum pdu_type type,
                   const char *address)
{
    struct judgement j;
    j.count = 0; /* the arrays are too large to be cleared for each bind */
    struct pdu_context_element element;
    for (size_t offset = 0; pdu_next_context(p, &offset, &element); j.count++) {
        struct pdu_context_outcome o = judge_context(c, p, &element, &j);
        j.outcomes[j.count] = o;
        j.accepted[j.count] = o.result == CONTEXT_ACCEPT
                                  ? server_find_interface(c->server, &element.abstract_syntax)
                                  : NULL;
    }
    /* Header signing is agreed to: it concerns signatures, which are not used. */
    uint8_t echoed = PFC_SUPPORT_HEADER_SIGN | (type == PDU_BIND_ACK ? PFC_CONC_MPX : 0);
    c->server->counts.pdus_sent++;
    (void)pdu_put_bind_ack(&c->out, type, p->header.call_id, p->header.flags & echoed,
                           c->max_fragment, c->max_fragment, c->group->id, address, j.outcomes,
                           (uint8_t)j.count);
}

static bool reserve_answer(struct rpc_connection *c, const struct pdu *p)
{
    /* header, sizes, group, address, its padding to 4, count; then the results */
    enum { FIXED = 26 + sizeof c->secondary_address + 3 + 4, RESULT_SIZE = 24 };
    size_t results = (size_t)p->body.bind.context_count * RESULT_SIZE;
    return reserve_contexts(c, p->body.bind.context_count) &&
           buffer_reserve(&c->out, FIXED + results + SERVER_FAULT_RESERVE);
}

/* Why a bind cannot be accepted before its group is looked up; false: it can. */
static bool find_refusal(struct rpc_connection *c, const struct pdu *p, uint16_t *reason)
{
    *reason = BIND_NAK_NOT_SPECIFIED;
    if (c->state != CONNECTION_FRESH || !is_legal_list(c, p))
        return true;
    *reason = BIND_NAK_LOCAL_LIMIT_EXCEEDED;
    if (p->body.bind.context_count > c->server->limits.max_contexts_per_bind ||
        !reserve_answer(c, p))
        return true;
    return !authenticate(c, p, reason);
}

enum verdict server_on_bind(struct rpc_connection *c, const struct pdu *p)
{
    uint16_t reason;
    bool no_memory;
    if (find_refusal(c, p, &reason))
        return server_refuse_bind(c, p->header.call_id, reason);
    c->group = association_group_join(&c->server->groups, p->body.bind.group_id, c->peer.transport,
                                      &no_memory);
    if (c->group == NULL)
        return server_refuse_bind(c, p->header.call_id,
                                  no_memory ? BIND_NAK_LOCAL_LIMIT_EXCEEDED
                                            : BIND_NAK_NOT_SPECIFIED);
    uint16_t theirs = p->body.bind.max_xmit < p->body.bind.max_recv ? p->body.bind.max_xmit
                                                                    : p->body.bind.max_recv;
    c->max_fragment = pdu_negotiate_fragment(c->max_fragment, theirs);
    c->multiplexed = p->header.flags & PFC_CONC_MPX;
    c->state = CONNECTION_BOUND;
    answer(c, p, PDU_BIND_ACK, c->secondary_address);
    return CONNECTION_STAYS;
}

enum verdict server_on_alter_context(struct rpc_connection *c, const struct pdu *p)
{
    /* Credentials belong to the bind: the identity of a connection never changes. */
    if (c->state != CONNECTION_BOUND || !is_legal_list(c, p) || p->header.auth_length != 0 ||
        p->body.bind.context_count > c->server->limits.max_contexts_per_bind)
        return server_protocol_error(c, &p->header);
    if (!reserve_answer(c, p))
        server_put_fault(c, p->header.call_id, PFC_DID_NOT_EXECUTE, 0,
                         nca_s_fault_remote_no_memory);
    else
        answer(c, p, PDU_ALTER_CONTEXT_RESP, "");
    return CONNECTION_STAYS;
}
