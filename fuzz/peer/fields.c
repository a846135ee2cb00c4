/* SPDX-License-Identifier: Apache-2.0 */
#include "fields.h"

#include "pdu.h"

#include <string.h>

struct layout {
    const char *name;
    uint8_t at, width;
    uint32_t limit;
};

/* Of a request's stub; of fragments, by [MS-RPCE] and as the transports carry them. */
enum { STUB_MOST = 4 << 20, FRAGMENT_LEAST = 2048, TRAILER = 8 };

static const struct layout header[] = {
    {"rpc_vers", 0, 1, 0},     {"rpc_vers_minor", 1, 1, 0}, {"PTYPE", 2, 1, 0},
    {"pfc_flags", 3, 1, 0},    {"drep[0]", 4, 1, 0},        {"drep[1]", 5, 1, 0},
    {"drep[2]", 6, 1, 0},      {"drep[3]", 7, 1, 0},        {"frag_length", 8, 2, PEER_PDU_HEADER},
    {"auth_length", 10, 2, 0}, {"call_id", 12, 4, 0},
};
static const struct layout bind[] = {{"max_xmit_frag", 16, 2, FRAGMENT_LEAST},
                                     {"max_recv_frag", 18, 2, FRAGMENT_LEAST},
                                     {"assoc_group_id", 20, 4, 0}};
static const struct layout bind_list[] = {
    {"n_context_elem", 24, 1, 0}, {"reserved", 25, 1, 0}, {"reserved2", 26, 2, 0}};
static const struct layout request[] = {
    {"alloc_hint", 16, 4, STUB_MOST}, {"p_cont_id", 20, 2, 0}, {"opnum", 22, 2, 0}};
static const struct layout response[] = {{"alloc_hint", 16, 4, 1u << 31},
                                         {"p_cont_id", 20, 2, 0},
                                         {"cancel_count", 22, 1, 0},
                                         {"reserved", 23, 1, 0}};
static const struct layout fault[] = {{"status", 24, 4, 0}, {"reserved2", 28, 4, 0}};
static const struct layout bind_nak[] = {{"provider_reject_reason", 16, 2, 0},
                                         {"n_protocols", 18, 1, 0}};
/* Relative to a presentation context, a transfer syntax, a result. */
static const struct layout context[] = {{"p_cont_id", 0, 2, 0},
                                        {"n_transfer_syn", 2, 1, 0},
                                        {"reserved", 3, 1, 0},
                                        {"abstract_syntax.uuid", 4, 4, 0},
                                        {"abstract_syntax.uuid", 16, 4, 0},
                                        {"if_version", 20, 4, 0}};
static const struct layout syntax[] = {{"transfer_syntax.uuid", 0, 4, 0},
                                       {"transfer_syntax.uuid", 12, 4, 0},
                                       {"transfer_syntax.version", 16, 4, 0}};
static const struct layout result[] = {{"result", 0, 2, 0}, {"reason", 2, 2, 0}};
static const struct layout trailer[] = {{"auth_type", 0, 1, 0},
                                        {"auth_level", 1, 1, 0},
                                        {"auth_pad_length", 2, 1, 0},
                                        {"auth_reserved", 3, 1, 0},
                                        {"auth_context_id", 4, 4, 0}};

struct list {
    struct peer_field *out;
    unsigned count;
    size_t end; /* of the PDU */
};

static void add_with(struct list *l, const char *name, size_t at, unsigned width, uint32_t limit)
{
    if (at + width <= l->end && l->count < PEER_FIELDS_MOST)
        l->out[l->count++] =
            (struct peer_field){.name = name, .at = at, .width = width, .limit = limit};
}

static void add(struct list *l, const char *name, size_t at, unsigned width)
{
    add_with(l, name, at, width, 0);
}

static void add_table(struct list *l, const struct layout *rows, size_t count, size_t base)
{
    for (size_t i = 0; i < count; i++)
        add_with(l, rows[i].name, base + rows[i].at, rows[i].width, rows[i].limit);
}
#define ADD_TABLE(l, rows, base) add_table(l, rows, sizeof(rows) / sizeof *(rows), base)

static void add_contexts(struct list *l, const uint8_t *pdu)
{
    size_t at = 28;
    for (unsigned i = 0; i < pdu[24] && at + 24 <= l->end; i++) {
        unsigned syntaxes = pdu[at + 2];
        ADD_TABLE(l, context, at);
        at += 24;
        for (unsigned k = 0; k < syntaxes; k++, at += 20)
            ADD_TABLE(l, syntax, at);
    }
}

static void add_results(struct list *l, const uint8_t *pdu, bool big)
{
    add(l, "sec_addr.length", 24, 2);
    size_t at = 26 + peer_get(pdu, 24, 2, big);
    at += -at & 3;
    add(l, "n_results", at, 1);
    for (size_t r = at + 4; r + 24 <= l->end; r += 24) {
        ADD_TABLE(l, result, r);
        ADD_TABLE(l, syntax, r + 4);
    }
}

static void add_stub(struct list *l, size_t at)
{
    for (unsigned i = 0; i < PEER_STUB_WORDS && at + 4 <= l->end; i++, at += 4)
        add(l, "stub", at, 4);
    if (at + 4 <= l->end)
        add(l, "stub", l->end - 4, 4);
}

/* How long a trailer can be depends on the PDU. */
static void set_limit(struct list *l, const char *name, size_t limit)
{
    for (unsigned i = 0; i < l->count; i++)
        if (strcmp(l->out[i].name, name) == 0 && limit < 1u << 8 * l->out[i].width)
            l->out[i].limit = (uint32_t)limit;
}

unsigned peer_fields(const uint8_t *pdu, size_t n, struct peer_field out[PEER_FIELDS_MOST])
{
    struct peer_pdu p;
    struct list l = {out, 0, n};
    peer_take_header(&p, pdu);
    ADD_TABLE(&l, header, 0);
    if (p.auth_length > 0 && (size_t)p.auth_length + TRAILER <= n - PEER_PDU_HEADER) {
        ADD_TABLE(&l, trailer, n - p.auth_length - TRAILER);
        l.end = n - p.auth_length - TRAILER;
    }
    set_limit(&l, "auth_length", n - PEER_PDU_HEADER - TRAILER);
    set_limit(&l, "auth_pad_length", l.end - PEER_PDU_HEADER);
    switch (p.type) {
    case PEER_BIND:
    case PEER_ALTER:
        ADD_TABLE(&l, bind, 0);
        ADD_TABLE(&l, bind_list, 0);
        if (l.end >= 28)
            add_contexts(&l, pdu);
        break;
    case PEER_REQUEST:
        ADD_TABLE(&l, request, 0);
        if (p.flags & PEER_OBJECT)
            add(&l, "object", PEER_REQUEST_HEADER, 4);
        add_stub(&l, PEER_REQUEST_HEADER + (p.flags & PEER_OBJECT ? 16u : 0u));
        break;
    case PEER_RESPONSE:
        ADD_TABLE(&l, response, 0);
        add_stub(&l, PEER_REQUEST_HEADER);
        break;
    case PEER_FAULT_PDU:
        ADD_TABLE(&l, response, 0);
        ADD_TABLE(&l, fault, 0);
        break;
    case PEER_BIND_ACK_PDU:
    case PEER_ALTER_RESP_PDU:
        ADD_TABLE(&l, bind, 0);
        if (l.end >= 28)
            add_results(&l, pdu, p.big_endian);
        break;
    case PEER_BIND_NAK_PDU:
        ADD_TABLE(&l, bind_nak, 0);
        break;
    default:
        break;
    }
    return l.count;
}

bool peer_field_binds(const struct peer_field *f)
{
    static const char *const names[] = {
        "pfc_flags",    "frag_length",   "auth_length",     "call_id",
        "alloc_hint",   "p_cont_id",     "opnum",           "n_context_elem",
        "n_results",    "max_xmit_frag", "n_transfer_syn",  "max_recv_frag",
        "cancel_count", "status",        "sec_addr.length", "auth_pad_length",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], f->name) == 0)
            return true;
    return false;
}

const char *peer_type_name(uint8_t type)
{
    static const char *const names[] = {
        [PEER_REQUEST] = "request",       [PEER_RESPONSE] = "response",
        [PEER_FAULT_PDU] = "fault",       [PEER_BIND] = "bind",
        [PEER_BIND_ACK_PDU] = "bind_ack", [PEER_BIND_NAK_PDU] = "bind_nak",
        [PEER_ALTER] = "alter_context",   [PEER_ALTER_RESP_PDU] = "alter_context_resp",
        [PEER_CO_CANCEL] = "co_cancel",   [PEER_ORPHANED] = "orphaned",
    };
    return type < sizeof names / sizeof *names && names[type] != NULL ? names[type] : "other";
}

const char *peer_value_name(enum peer_value v)
{
    static const char *const names[PEER_VALUES] = {"zero",     "one",      "most",      "sign",
                                                   "one less", "one more", "misplaced", "twice",
                                                   "swapped",  "below",    "limit",     "above"};
    return names[v];
}

static uint32_t swap(uint32_t value, unsigned width)
{
    uint32_t swapped = 0;
    for (unsigned i = 0; i < width; i++)
        swapped = swapped << 8 | (value >> 8 * i & 0xff);
    return swapped;
}

bool peer_value_of(enum peer_value v, const struct peer_field *f, uint32_t now, uint32_t *out)
{
    const uint32_t most = f->width == 4 ? UINT32_MAX : (1u << 8 * f->width) - 1;
    uint32_t value = now;
    switch (v) {
    case PEER_VALUE_ZERO:
        value = 0;
        break;
    case PEER_VALUE_ONE:
        value = 1;
        break;
    case PEER_VALUE_MOST:
        value = most;
        break;
    case PEER_VALUE_SIGN:
        value = most / 2 + 1;
        break;
    case PEER_VALUE_LESS:
        value = now - 1;
        break;
    case PEER_VALUE_MORE:
        value = now + 1;
        break;
    case PEER_VALUE_MISPLACED:
        value = now + 4;
        break;
    case PEER_VALUE_TWICE:
        value = now * 2;
        break;
    case PEER_VALUE_SWAPPED:
        value = swap(now, f->width);
        break;
    case PEER_VALUE_BELOW:
        value = f->limit != 0 ? f->limit - 1 : now;
        break;
    case PEER_VALUE_LIMIT:
        value = f->limit != 0 ? f->limit : now;
        break;
    default:
        value = f->limit != 0 ? f->limit + 1 : now;
        break;
    }
    *out = value & most;
    return *out != now;
}

void peer_put(uint8_t *bytes, size_t at, unsigned width, uint32_t value, bool big_endian)
{
    for (unsigned i = 0; i < width; i++)
        bytes[big_endian ? at + width - 1 - i : at + i] = (uint8_t)(value >> 8 * i);
}
