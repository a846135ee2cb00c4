/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of presentation contexts, of bind and alter_context. [C706] 12.6.3.1, [MS-RPCE] 2.2.2.14.
 */
#include "peer_internal.h"

#include <string.h>

enum {
    LIST = 28,        /* where it begins */
    ELEMENT_HEAD = 4, /* context id, number of transfer syntaxes */
    SYNTAX = 20,
    ACCEPTED = 0,
    USER_REJECTED = 1,
    REJECTED = 2,
    ACKNOWLEDGED = 3,
};

const uint8_t peer_interface_uuid[PEER_INTERFACES][16] = {
    {0x70, 0x0d, 0xec, 0xec, 0x03, 0xa6, 0xd0, 0x11, 0x96, 0xb1, 0x00, 0xa0, 0xc9, 0x1e, 0xce,
     0x30},
    {0x3a, 0xcf, 0xe0, 0x16, 0x04, 0xa6, 0xd0, 0x11, 0x96, 0xb1, 0x00, 0xa0, 0xc9, 0x1e, 0xce,
     0x30},
    {0x52, 0x6a, 0x1f, 0x5b, 0x0e, 0x3c, 0x57, 0x4b, 0x9d, 0x3a, 0x0f, 0x2c, 0x84, 0xb7, 0xe6,
     0xd1},
    {0x80, 0xbd, 0xa8, 0xaf, 0x8a, 0x7d, 0xc9, 0x11, 0xbe, 0xf4, 0x08, 0x00, 0x2b, 0x10, 0x29,
     0x89},
};
const uint16_t peer_operations[PEER_INTERFACES] = {9, 8, 1, 5};

const uint8_t peer_ndr20[20] = {0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8,
                                0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 2,    0,    0,    0};
const uint8_t peer_ndr64[20] = {0x33, 0x05, 0x71, 0x71, 0xba, 0xbe, 0x37, 0x49, 0x83, 0x19,
                                0xb5, 0xdb, 0xef, 0x9c, 0xcc, 0x36, 1,    0,    0,    0};

/* One element of the list. */
struct element {
    uint16_t id;
    uint8_t transfers;
    uint8_t abstract[SYNTAX];
    const uint8_t *first; /* its transfer syntaxes */
    bool big_endian;
};

/* A syntax in little-endian form. */
static void take_syntax(uint8_t out[SYNTAX], const uint8_t *from, bool big_endian)
{
    static const uint8_t widths[] = {4, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 4};
    for (size_t i = 0, at = 0; i < sizeof widths; at += widths[i++])
        for (size_t b = 0; b < widths[i]; b++)
            out[at + b] = from[big_endian ? at + widths[i] - 1 - b : at + b];
}

static bool next_element(const struct peer_pdu *p, size_t *at, unsigned *index, struct element *out)
{
    if ((*index)++ == p->context_count)
        return false;
    const uint8_t *bytes = p->bytes + *at;
    out->big_endian = p->big_endian;
    out->id = (uint16_t)peer_get(bytes, 0, 2, p->big_endian);
    out->transfers = bytes[2];
    take_syntax(out->abstract, bytes + ELEMENT_HEAD, p->big_endian);
    out->first = bytes + ELEMENT_HEAD + SYNTAX;
    *at += ELEMENT_HEAD + SYNTAX + (size_t)SYNTAX * out->transfers;
    return true;
}

static bool offers(const struct element *e, const uint8_t wanted[SYNTAX])
{
    uint8_t syntax[SYNTAX];
    for (unsigned i = 0; i < e->transfers; i++) {
        take_syntax(syntax, e->first + (size_t)SYNTAX * i, e->big_endian);
        if (memcmp(syntax, wanted, SYNTAX) == 0)
            return true;
    }
    return false;
}

/* The first transfer syntax decides: 6cb71c2c-9812-4540-... version 1, followed by bits. */
static bool asks_for_features(const struct element *e)
{
    static const uint8_t prefix[] = {0x2c, 0x1c, 0xb7, 0x6c, 0x12, 0x98, 0x40, 0x45};
    uint8_t syntax[SYNTAX];
    if (e->transfers == 0)
        return false;
    take_syntax(syntax, e->first, e->big_endian);
    return memcmp(syntax, prefix, sizeof prefix) == 0 && peer_get(syntax, 16, 4, false) == 1;
}

static enum peer_interface interface_of(const struct element *e)
{
    for (int i = 0; i < PEER_INTERFACES; i++)
        if (memcmp(e->abstract, peer_interface_uuid[i], 16) == 0 &&
            peer_get(e->abstract, 16, 4, false) == 1)
            return (enum peer_interface)i;
    return PEER_UNKNOWN;
}

static int find(const struct peer_connection *c, uint16_t id)
{
    for (unsigned i = 0; i < c->context_count; i++)
        if (c->contexts[i].id == id)
            return (int)i;
    return -1;
}

enum peer_interface peer_find_context(const struct peer_connection *c, uint16_t id)
{
    int i = find(c, id);
    return i >= 0 ? c->contexts[i].interface : PEER_UNKNOWN;
}

/* False for an empty list, a context without transfer syntaxes, features asked for twice, and a
   context in use that would change its syntax. */
bool peer_is_legal_list(const struct peer_connection *c, const struct peer_pdu *p)
{
    struct element e;
    unsigned features = 0, index = 0;
    for (size_t at = LIST; next_element(p, &at, &index, &e);) {
        int known = find(c, e.id);
        if (e.transfers == 0 || (known >= 0 && c->contexts[known].interface == interface_of(&e) &&
                                 !offers(&e, peer_ndr20) && offers(&e, peer_ndr64)))
            return false;
        features += asks_for_features(&e);
    }
    return p->context_count > 0 && features <= 1;
}

/* An interface is accepted once in a list: further contexts of it are alternatives. */
static uint8_t judge(struct peer_connection *c, const struct element *e, unsigned *accepted)
{
    enum peer_interface interface = interface_of(e);
    int known = find(c, e->id);
    if (asks_for_features(e))
        return ACKNOWLEDGED;
    if (interface == PEER_UNKNOWN || !offers(e, peer_ndr20) || (*accepted & 1u << interface) ||
        (known >= 0 && c->contexts[known].interface != interface) ||
        (known < 0 && c->context_count == PEER_CONTEXTS))
        return REJECTED;
    *accepted |= 1u << interface;
    if (known < 0) {
        c->contexts[c->context_count].id = e->id;
        c->contexts[c->context_count++].interface = interface;
    }
    return ACCEPTED;
}

void peer_judge_list(struct peer_connection *c, const struct peer_pdu *p, struct peer_owed *out)
{
    struct element e;
    unsigned accepted = 0, index = 0;
    out->contexts = p->context_count;
    for (size_t at = LIST, i = 0; next_element(p, &at, &index, &e); i++)
        out->results[i] = judge(c, &e, &accepted);
}
