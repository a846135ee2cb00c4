/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules, one a row: the first that matches says which answer is owed and whether the connection
 * stays open.
 */
#include "peer_internal.h"

#include <string.h>

enum {
    FAULT_ACCESS_DENIED = 5,
    FAULT_NO_CALL_ACTIVE = 0x6bd,
    FAULT_OP_RANGE = 0x1c010002,
    FAULT_UNKNOWN_INTERFACE = 0x1c010003,
    FAULT_PROTOCOL = 0x1c01000b,
    NAK_NOT_SPECIFIED = 0,
    NAK_LOCAL_LIMIT = 2,
    NAK_VERSION = 4,
    NAK_AUTH_TYPE = 8,
    TRAILER = 8,       /* bytes before the credentials of a bind: */
    AUTH_PLAIN = 0xd5, /* their type ... */
    AUTH_CONNECT = 2,  /* ... and level, which is the lowest */
    AUTH_PRIVACY = 6,  /* the highest */
    MOST_CREDENTIALS = 3 << 10,
    MAX_STUB = 4 << 20,
    MAX_CONTEXTS_IN_A_LIST = 128,
    STALE_CALLS = 150,
};

/* The header alone ---------------------------------------------------------------------------- */

static bool is_of_another_version(const struct peer_connection *c, const struct peer_pdu *p)
{
    (void)c;
    return p->bytes[0] != 5 || p->bytes[1] != 0;
}

static bool is_of_no_representation(const struct peer_connection *c, const struct peer_pdu *p)
{
    (void)c;
    return p->bytes[4] >> 4 > 1;
}

static bool is_shorter_than_its_header(const struct peer_connection *c, const struct peer_pdu *p)
{
    (void)c;
    return p->fragment_length < PEER_PDU_HEADER;
}

static bool is_too_long(const struct peer_connection *c, const struct peer_pdu *p)
{
    return p->fragment_length > c->max_receive;
}

static const struct peer_rule header_rules[] = {
    {"version other than 5.0", is_of_another_version, PEER_FAULT, FAULT_PROTOCOL, 0, true},
    {"integers neither little- nor big-endian", is_of_no_representation, PEER_FAULT, FAULT_PROTOCOL,
     0, true},
    {"frag_length below the header's size", is_shorter_than_its_header, PEER_FAULT, FAULT_PROTOCOL,
     0, true},
    {"frag_length above what the transport carries", is_too_long, PEER_FAULT, FAULT_PROTOCOL, 0,
     true},
};

/* A complete PDU ------------------------------------------------------------------------------ */

static bool is_of_unknown_type(const struct peer_connection *c, const struct peer_pdu *p)
{
    (void)c;
    return p->type > PEER_ORPHANED || (p->type > PEER_FAULT_PDU && p->type < PEER_BIND) ||
           p->type == 1;
}

static bool is_malformed_bind(const struct peer_connection *c, const struct peer_pdu *p)
{
    (void)c;
    return p->type == PEER_BIND && !p->well_formed;
}

static bool is_malformed(const struct peer_connection *c, const struct peer_pdu *p)
{
    (void)c;
    return !p->well_formed;
}

static bool is_for_clients(const struct peer_connection *c, const struct peer_pdu *p)
{
    (void)c;
    return p->type != PEER_REQUEST && p->type != PEER_BIND && p->type != PEER_ALTER &&
           p->type != PEER_CO_CANCEL && p->type != PEER_ORPHANED;
}

static bool is_about_no_call(const struct peer_connection *c, const struct peer_pdu *p)
{
    (void)c;
    return p->type == PEER_CO_CANCEL || p->type == PEER_ORPHANED;
}

static bool is_bind(const struct peer_connection *c, const struct peer_pdu *p)
{
    (void)c;
    return p->type == PEER_BIND;
}

static bool is_second_bind(const struct peer_connection *c, const struct peer_pdu *p)
{
    return p->type == PEER_BIND && c->bound;
}

static bool is_bind_of_no_list(const struct peer_connection *c, const struct peer_pdu *p)
{
    return p->type == PEER_BIND && !peer_is_legal_list(c, p);
}

static bool is_bind_of_too_many(const struct peer_connection *c, const struct peer_pdu *p)
{
    (void)c;
    return p->type == PEER_BIND && p->context_count > MAX_CONTEXTS_IN_A_LIST;
}

/* User, domain and password, with a NUL behind each, and nothing more. */
static bool are_three_texts(const uint8_t *bytes, size_t n)
{
    unsigned nuls = 0;
    for (size_t i = 0; i < n; i++)
        nuls += bytes[i] == 0;
    return nuls == 3 && bytes[n - 1] == 0;
}

/* What nobody can make credentials of: of another type or level, over TCP, or of another form. */
static bool is_bind_of_no_credentials(const struct peer_connection *c, const struct peer_pdu *p)
{
    if (p->type != PEER_BIND || p->auth_length == 0)
        return false;
    const uint8_t *value = p->bytes + p->fragment_length - p->auth_length;
    const uint8_t *trailer = value - TRAILER;
    return c->tcp || trailer[0] != AUTH_PLAIN || trailer[1] != AUTH_CONNECT ||
           p->auth_length > MOST_CREDENTIALS || !are_three_texts(value, p->auth_length);
}

static bool is_bind_of_no_level(const struct peer_connection *c, const struct peer_pdu *p)
{
    if (!is_bind_of_no_credentials(c, p))
        return false;
    uint8_t level = p->bytes[p->fragment_length - p->auth_length - TRAILER + 1];
    return level < AUTH_CONNECT || level > AUTH_PRIVACY;
}

static bool is_bind_to_a_dead_group(const struct peer_connection *c, const struct peer_pdu *p)
{
    (void)c;
    return p->type == PEER_BIND && p->group != 0 && !p->group_lives;
}

static bool is_wrong_alter(const struct peer_connection *c, const struct peer_pdu *p)
{
    return p->type == PEER_ALTER && (!c->bound || !peer_is_legal_list(c, p) || p->auth_length > 0 ||
                                     p->context_count > MAX_CONTEXTS_IN_A_LIST);
}

static bool is_alter(const struct peer_connection *c, const struct peer_pdu *p)
{
    (void)c;
    return p->type == PEER_ALTER;
}

/* Requests: all rows above are for other types. */

static bool is_unbound(const struct peer_connection *c, const struct peer_pdu *p)
{
    (void)p;
    return !c->bound;
}

static bool is_signed(const struct peer_connection *c, const struct peer_pdu *p)
{
    (void)c;
    return p->auth_length > 0;
}

static bool is_first(const struct peer_pdu *p)
{
    return p->flags & PEER_FIRST;
}

static bool breaks_into_a_call(const struct peer_connection *c, const struct peer_pdu *p)
{
    if (!c->active)
        return false;
    return is_first(p) || p->call_id != c->call.call_id || memcmp(p->bytes + 4, c->drep, 4) != 0;
}

/* If calls may be interleaved the fault is for the fragment's own call, otherwise for the
   call under way. */
static bool is_to_blame_itself(const struct peer_connection *c, const struct peer_pdu *p)
{
    return breaks_into_a_call(c, p) && c->multiplexed && p->call_id != c->call.call_id;
}

static bool is_cancelled_at_once(const struct peer_connection *c, const struct peer_pdu *p)
{
    (void)c;
    return is_first(p) && (p->flags & PEER_PENDING_CANCEL);
}

static bool is_in_no_context(const struct peer_connection *c, const struct peer_pdu *p)
{
    return is_first(p) && peer_find_context(c, p->context_id) == PEER_UNKNOWN;
}

static bool is_of_no_operation(const struct peer_connection *c, const struct peer_pdu *p)
{
    return is_first(p) && p->opnum >= peer_operations[peer_find_context(c, p->context_id)];
}

static bool promises_too_much(const struct peer_connection *c, const struct peer_pdu *p)
{
    (void)c;
    return is_first(p) && !(p->flags & PEER_LAST) && p->alloc_hint > MAX_STUB;
}

static bool is_leftover(const struct peer_connection *c, const struct peer_pdu *p)
{
    return !is_first(p) && !c->active && c->has_seen_call && p->call_id <= c->last_call_id &&
           c->last_call_id - p->call_id < STALE_CALLS;
}

static bool continues_nothing(const struct peer_connection *c, const struct peer_pdu *p)
{
    return !is_first(p) && !c->active;
}

static bool is_too_much(const struct peer_connection *c, const struct peer_pdu *p)
{
    return (is_first(p) ? 0 : c->stub_bytes) + p->stub_length > MAX_STUB;
}

static bool is_in_the_middle(const struct peer_connection *c, const struct peer_pdu *p)
{
    (void)c;
    return !(p->flags & PEER_LAST);
}

static bool is_whole(const struct peer_connection *c, const struct peer_pdu *p)
{
    (void)c, (void)p;
    return true;
}

static const struct peer_rule rules[] = {
    {"a malformed bind", is_malformed_bind, PEER_BIND_NAK, NAK_VERSION, 0, true},
    {"an unknown type", is_of_unknown_type, PEER_FAULT, FAULT_PROTOCOL, 0, true},
    {"a malformed body or trailer", is_malformed, PEER_FAULT, FAULT_PROTOCOL, 0, true},
    {"a PDU that only servers send, or one of security alone", is_for_clients, PEER_FAULT,
     FAULT_PROTOCOL, 0, true},
    {"co_cancel and orphaned: no call is under way", is_about_no_call, PEER_NOTHING, 0, 0, false},

    {"a second bind", is_second_bind, PEER_BIND_NAK, NAK_NOT_SPECIFIED, 0, true},
    {"a bind without contexts, or with an illegal list", is_bind_of_no_list, PEER_BIND_NAK,
     NAK_NOT_SPECIFIED, 0, true},
    {"a bind with too many contexts", is_bind_of_too_many, PEER_BIND_NAK, NAK_LOCAL_LIMIT, 0, true},
    {"a bind with credentials of no level", is_bind_of_no_level, PEER_BIND_NAK, NAK_NOT_SPECIFIED,
     0, true},
    {"a bind with credentials of another type or form", is_bind_of_no_credentials, PEER_BIND_NAK,
     NAK_AUTH_TYPE, 0, true},
    {"a bind to a group that does not exist", is_bind_to_a_dead_group, PEER_BIND_NAK,
     NAK_NOT_SPECIFIED, 0, true},
    {"a bind", is_bind, PEER_BIND_ACK, 0, 0, false},
    {"an alter_context before the bind, without contexts, with an illegal list or credentials",
     is_wrong_alter, PEER_FAULT, FAULT_PROTOCOL, 0, true},
    {"an alter_context", is_alter, PEER_ALTER_RESP, 0, 0, false},

    {"a request before the bind", is_unbound, PEER_FAULT, FAULT_PROTOCOL, 0, true},
    {"a request with a signature", is_signed, PEER_FAULT, FAULT_ACCESS_DENIED, PEER_OF_CONTEXT,
     true},
    {"a fragment of another call, where calls may be interleaved", is_to_blame_itself, PEER_FAULT,
     FAULT_PROTOCOL, 0, true},
    {"a fragment that does not continue the call under way", breaks_into_a_call, PEER_FAULT,
     FAULT_PROTOCOL, PEER_OF_CALL, true},
    {"FIRST with PENDING_CANCEL", is_cancelled_at_once, PEER_FAULT, FAULT_NO_CALL_ACTIVE,
     PEER_NOT_EXECUTED, true},
    {"an unknown context", is_in_no_context, PEER_FAULT, FAULT_UNKNOWN_INTERFACE, PEER_NOT_EXECUTED,
     false},
    {"an unknown operation", is_of_no_operation, PEER_FAULT, FAULT_OP_RANGE,
     PEER_NOT_EXECUTED | PEER_OF_CONTEXT, false},
    {"alloc_hint of a call of several fragments above 4 MiB", promises_too_much, PEER_FAULT,
     FAULT_ACCESS_DENIED, PEER_OF_CONTEXT, true},
    {"a fragment of a call that was dropped", is_leftover, PEER_NOTHING, 0, 0, false},
    {"a fragment without a call", continues_nothing, PEER_FAULT, FAULT_PROTOCOL, 0, true},
    {"more than 4 MiB of stub", is_too_much, PEER_FAULT, FAULT_ACCESS_DENIED, PEER_OF_CONTEXT,
     true},
    {"a fragment that is not the last", is_in_the_middle, PEER_NOTHING, 0, PEER_FRAGMENT_KEPT,
     false},
    {"the last fragment", is_whole, PEER_CALL, 0, PEER_FRAGMENT_KEPT, false},
};

#define FIND(table, c, p) find(table, sizeof(table) / sizeof *(table), c, p)

static const struct peer_rule *find(const struct peer_rule *table, size_t n,
                                    const struct peer_connection *c, const struct peer_pdu *p)
{
    for (size_t i = 0; i < n; i++)
        if (table[i].holds(c, p))
            return &table[i];
    return NULL;
}

const struct peer_rule *peer_header_rule(const struct peer_connection *c, const struct peer_pdu *p)
{
    return FIND(header_rules, c, p);
}

const struct peer_rule *peer_rule(const struct peer_connection *c, const struct peer_pdu *p)
{
    return FIND(rules, c, p);
}
