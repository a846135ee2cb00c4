/* SPDX-License-Identifier: Apache-2.0 */
#include "client_rules.h"

#include "client_replies.h"

#include "fuzz/model/allowed.h"
#include "fuzz/peer/fields.h"
#include "fuzz/peer/pdu.h"
#include "fuzz/peer/peer.h"

#include <windows.h>

#include <string.h>

enum demand {
    IGNORED, /* all calls end as without the change */
    REFUSED, /* the call ends with RPC_S_PROTOCOL_ERROR */
    FAILS,   /* the call ends with a code of the transport or of NDR */
    IGNORED_OR_REFUSED,
    STILL_FAILS, /* the call has failed, and ends with that code or one as above */
    OF_STATUS,   /* with that of the status that a fault has now */
    OF_REASON,   /* with that of the reason that a bind_nak has now */
    OF_RESULT,   /* with that of the result and reason that a context of a bind_ack has now */
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

static bool is_accepted(const uint8_t *pdu, uint32_t value)
{
    (void)pdu;
    return (value & 0xffff) == 0;
}

static bool is_shutdown(const uint8_t *pdu, uint32_t value)
{
    (void)pdu;
    return value == 17;
}

/* The first that fits decides. */
static const struct rule rules[] = {
    /* What follows the status, and the reason, is not needed. */
    {PEER_FAULT_PDU, "frag_length", NULL, STILL_FAILS},
    {PEER_FAULT_PDU, "(ends early)", NULL, STILL_FAILS},
    {PEER_BIND_NAK_PDU, "frag_length", NULL, STILL_FAILS},
    {PEER_BIND_NAK_PDU, "(ends early)", NULL, STILL_FAILS},
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
    {PEER_BIND_ACK_PDU, "(result and reason)", is_accepted, IGNORED},
    {PEER_BIND_ACK_PDU, "(result and reason)", NULL, OF_RESULT},
    {PEER_BIND_ACK_PDU, "transfer_syntax.uuid", NULL, REFUSED},
    {PEER_BIND_ACK_PDU, "transfer_syntax.version", NULL, REFUSED},
    {PEER_FAULT_PDU, "alloc_hint", NULL, IGNORED},
    {PEER_FAULT_PDU, "p_cont_id", NULL, IGNORED},
    {PEER_FAULT_PDU, "cancel_count", NULL, IGNORED},
    {PEER_FAULT_PDU, "reserved", NULL, IGNORED},
    {PEER_FAULT_PDU, "reserved2", NULL, IGNORED},
    {PEER_FAULT_PDU, "status", NULL, OF_STATUS},
    {PEER_FAULT_PDU, "(in the other byte order)", NULL, OF_STATUS},
    {PEER_BIND_NAK_PDU, "(in the other byte order)", NULL, OF_REASON},
    {PEER_BIND_NAK_PDU, "n_protocols", NULL, IGNORED},
    {PEER_BIND_NAK_PDU, "provider_reject_reason", NULL, OF_REASON},
    {ANY, "(inserted before)", is_shutdown, IGNORED},
    {ANY, "(inserted before)", NULL, REFUSED},
    {ANY, "(with a trailer)", NULL, IGNORED_OR_REFUSED},
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

static bool is_as(enum demand demand, uint32_t value, int32_t before, int32_t result)
{
    switch (demand) {
    case IGNORED_OR_REFUSED:
        return result == before || result == RPC_S_PROTOCOL_ERROR;
    case REFUSED:
        return result == RPC_S_PROTOCOL_ERROR;
    case FAILS:
        return is_of_transport(result);
    case STILL_FAILS:
        return is_of_transport(result) || result == before;
    case OF_STATUS:
        return result == allowed_code_of_status(value);
    case OF_REASON:
        return result == allowed_code_of_reason(value);
    case OF_RESULT:
        return result == allowed_code_of_result(value & 0xffff, value >> 16);
    default:
        return true;
    }
}

/* A change that a rule may be about; `field`: NULL, there is none. */
struct change {
    const char *field;
    uint32_t value;
};

static struct change change_of_field(const uint8_t *pdu, size_t n, size_t at, unsigned width,
                                     uint32_t value)
{
    static struct peer_field fields[PEER_FIELDS_MOST];
    unsigned count = peer_fields(pdu, n, fields);
    if (width < 4)
        value &= (1u << 8 * width) - 1;
    for (unsigned i = 0; i < count; i++)
        if (fields[i].at == at && peer_get(pdu, at, width, false) != value) {
            if (fields[i].width == width)
                return (struct change){fields[i].name, value};
            if (width == 4 && strcmp(fields[i].name, "result") == 0)
                return (struct change){"(result and reason)", value};
        }
    return (struct change){NULL, 0};
}

static struct change change_by_one(const uint8_t *pdu, size_t n, const uint8_t *record)
{
    const size_t at = peer_get(record, 2, 2, false) % n;
    const uint32_t value = peer_get(record, 4, 4, false);
    const bool fit = record[1] & 0x80;
    switch ((enum client_lie)(record[1] & 7)) {
    case LIE_TRUNCATE:
        if (fit && at < PEER_PDU_HEADER)
            break;
        return (struct change){fit ? "(ends early)" : "(cut off within)", 0};
    case LIE_SET_BYTE:
    case LIE_SET_SHORT:
    case LIE_SET_LONG:
        if (!fit)
            return change_of_field(pdu, n, at,
                                   (record[1] & 7) == LIE_SET_BYTE    ? 1
                                   : (record[1] & 7) == LIE_SET_SHORT ? 2
                                                                      : 4,
                                   value);
        break;
    default:
        break;
    }
    return (struct change){NULL, 0};
}

static bool is_written(const struct told_lies *l, unsigned pdu, const uint8_t *records, size_t n)
{
    uint8_t written[LIES_MOST * LIE_BYTES];
    return client_lies_write(l, pdu, written) == n && memcmp(written, records, n) == 0;
}

static struct change change_by_several(const uint8_t *pdu, size_t size, const uint8_t *records,
                                       size_t n)
{
    struct told_lies l;
    for (unsigned type = 0; type < LIE_TYPES; type++) {
        l = client_lie_inserted(pdu, (uint8_t)type);
        if (is_written(&l, records[0], records, n))
            return (struct change){"(inserted before)", type};
    }
    for (unsigned level = 0; level < LIE_LEVELS; level++)
        if (client_lie_trailer(size, (uint8_t)level, &l) && is_written(&l, records[0], records, n))
            return (struct change){"(with a trailer)", level};
    const uint32_t code = client_lie_code(records, n);
    if (client_lie_turned(pdu, code, &l) && is_written(&l, records[0], records, n))
        return (struct change){"(in the other byte order)", code};
    return (struct change){NULL, 0};
}

/* The PDU as it comes to the client, which differs in nothing but its stub from what it was; its
   size, or 0: it does, or there is no account of it. */
static size_t with_another_stub(const struct honest_server *honest, const uint8_t *records,
                                size_t n, uint8_t changed[PEER_FRAGMENT])
{
    const unsigned pdu = records[0];
    const uint8_t *before = honest->bytes[pdu];
    size_t size = honest->sizes[pdu];
    if (!client_reply_is_whole(honest, pdu))
        return 0;
    memcpy(changed, before, size);
    for (size_t at = 0; at < n; at += LIE_BYTES) {
        if (records[at] != pdu || (records[at + 1] & 7) == LIE_TWICE)
            return 0;
        size = client_lie_tell(records + at, changed, size, PEER_FRAGMENT);
    }
    bool same = size >= PEER_REQUEST_HEADER && memcmp(changed, before, 8) == 0 &&
                memcmp(changed + 10, before + 10, PEER_REQUEST_HEADER - 10) == 0;
    return same && peer_get(changed, 8, 2, false) == size ? size : 0;
}

/* False: there is no account of what has come. */
static bool judge_reply(const struct honest_server *honest, const uint8_t *records, size_t n,
                        size_t first_other, struct run_report *changed)
{
    static uint8_t pdu[PEER_FRAGMENT];
    const size_t call = honest->calls[records[0]],
                 size = with_another_stub(honest, records, n, pdu);
    if (size == 0)
        return false;
    int32_t owed = client_reply_result(honest, records[0], pdu + PEER_REQUEST_HEADER,
                                       size - PEER_REQUEST_HEADER);
    if (first_other < call || changed->results[call] != owed)
        report_find(changed, (int)call, VERDICT_WRONG_ANSWER,
                    "a call has not returned what its reply says");
    return true;
}

void client_rules_judge(const struct honest_server *honest, const uint8_t *records, size_t n,
                        struct run_report *changed)
{
    static const char *const wrong[] = {
        [IGNORED] = "a field that means nothing here has changed the result of a call",
        [IGNORED_OR_REFUSED] = "a PDU that may be taken or refused ended its call otherwise",
        [REFUSED] = "a PDU that breaks the protocol was not refused with RPC_S_PROTOCOL_ERROR",
        [FAILS] = "a PDU that is damaged did not end its call with a code of the transport",
        [STILL_FAILS] =
            "a refusal that ends early did not end its call with a code of the transport",
        [OF_STATUS] = "a fault did not end its call with the code of its status",
        [OF_REASON] = "a bind_nak did not end its call with the code of its reason",
        [OF_RESULT] = "a refused context did not end its call with the code of its reason",
    };
    if (n < LIE_BYTES || n % LIE_BYTES != 0 || records[0] >= honest->count)
        return;
    const uint8_t *pdu = honest->bytes[records[0]];
    const size_t size = honest->sizes[records[0]], call = honest->calls[records[0]];
    size_t i = 0;
    while (i < honest->call_count && honest->results[i] == changed->results[i])
        i++;
    if (judge_reply(honest, records, n, i, changed))
        return;
    const struct change c = n == LIE_BYTES ? change_by_one(pdu, size, records)
                                           : change_by_several(pdu, size, records, n);
    const struct rule *r = c.field != NULL ? find(pdu, c.field, c.value) : NULL;
    if (r == NULL)
        return;
    /* What came before the PDU is as it was. */
    bool good = r->demand == IGNORED ? i == honest->call_count
                                     : i >= call && is_as(r->demand, c.value, honest->results[call],
                                                          changed->results[call]);
    if (!good)
        report_find(changed, (int)call, VERDICT_WRONG_ANSWER, "%s", wrong[r->demand]);
}
