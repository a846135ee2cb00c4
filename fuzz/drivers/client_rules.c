/* SPDX-License-Identifier: Apache-2.0 */
#include "client_rules.h"

#include "fuzz/peer/fields.h"
#include "fuzz/peer/pdu.h"

#include <windows.h>

#include <string.h>

enum demand {
    IGNORED, /* all calls end as without the change */
    REFUSED, /* the call ends with RPC_S_PROTOCOL_ERROR */
    FAILS,   /* the call ends with a code of the transport or of NDR */
};

struct rule {
    int type; /* ANY: of any PDU */
    const char *field;
    bool (*when)(const uint8_t *pdu, uint32_t value); /* NULL: always */
    enum demand demand;
};
enum { ANY = -1 };

static bool is_whole(const uint8_t *pdu, uint32_t value)
{
    (void)value;
    return (pdu[3] & (PEER_FIRST | PEER_LAST)) == (PEER_FIRST | PEER_LAST);
}

static bool is_huge(const uint8_t *pdu, uint32_t value)
{
    (void)pdu;
    return value > INT32_MAX;
}

/* The first that fits decides. */
static const struct rule rules[] = {
    {ANY, "rpc_vers", NULL, REFUSED},
    {ANY, "rpc_vers_minor", NULL, REFUSED},
    {ANY, "call_id", NULL, REFUSED},
    {ANY, "frag_length", NULL, FAILS},
    {ANY, "auth_length", NULL, FAILS},
    /* The representation of characters and of floating-point numbers, which these interfaces have
       none of; and a reserved byte. It must not change within an answer. */
    {ANY, "drep[1]", is_whole, IGNORED},
    {ANY, "drep[2]", is_whole, IGNORED},
    {ANY, "drep[3]", is_whole, IGNORED},
    {ANY, "drep[1]", NULL, REFUSED},
    {ANY, "drep[2]", NULL, REFUSED},
    {ANY, "drep[3]", NULL, REFUSED},
    {PEER_RESPONSE, "alloc_hint", is_huge, REFUSED},
    {PEER_RESPONSE, "alloc_hint", NULL, IGNORED},
    {PEER_RESPONSE, "p_cont_id", NULL, REFUSED},
    {PEER_RESPONSE, "cancel_count", NULL, IGNORED},
    {PEER_RESPONSE, "reserved", NULL, IGNORED},
    {PEER_BIND_ACK_PDU, "max_recv_frag", NULL, IGNORED},
    {PEER_BIND_ACK_PDU, "assoc_group_id", NULL, IGNORED},
    {PEER_BIND_ACK_PDU, "n_results", NULL, REFUSED},
    {PEER_BIND_ACK_PDU, "result", NULL, FAILS},
    {PEER_BIND_ACK_PDU, "reason", NULL, IGNORED},
    {PEER_BIND_ACK_PDU, "transfer_syntax.uuid", NULL, REFUSED},
    {PEER_BIND_ACK_PDU, "transfer_syntax.version", NULL, REFUSED},
    {ANY, "(cut off within)", NULL, FAILS},
    {ANY, "(ends early)", NULL, FAILS},
};

static const struct rule *find(const uint8_t *pdu, const char *field, uint32_t value)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct rule *r = &rules[i];
        if ((r->type == ANY || r->type == pdu[2]) && strcmp(r->field, field) == 0 &&
            (r->when == NULL || r->when(pdu, value)))
            return r;
    }
    return NULL;
}

static bool is_of_transport(int32_t code)
{
    static const int32_t codes[] = {RPC_S_PROTOCOL_ERROR, RPC_S_CALL_FAILED, RPC_S_CALL_FAILED_DNE,
                                    RPC_X_BAD_STUB_DATA, ERROR_ACCESS_DENIED};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i] == code)
            return true;
    return false;
}

const char *client_rule_broken(const uint8_t *pdu, const char *field, uint32_t value,
                               const struct run_report *base, const struct run_report *changed)
{
    const struct rule *r = find(pdu, field, value);
    size_t i = 0;
    while (i < base->call_count && base->results[i] == changed->results[i])
        i++;
    bool same = i == base->call_count;
    if (r == NULL)
        return NULL;
    switch (r->demand) {
    case IGNORED:
        return same ? NULL : "a field that means nothing here has changed the result of a call";
    case REFUSED:
        return !same && changed->results[i] == RPC_S_PROTOCOL_ERROR
                   ? NULL
                   : "a PDU that breaks the protocol was not refused with RPC_S_PROTOCOL_ERROR";
    default:
        return !same && is_of_transport(changed->results[i])
                   ? NULL
                   : "a PDU that is damaged did not end its call with a code of the transport";
    }
}
