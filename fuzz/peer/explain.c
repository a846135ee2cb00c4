/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A complaint in words.
 */
#include "peer_internal.h"

#include <inttypes.h>
#include <stdio.h>

static const char *type_name(uint8_t type)
{
    switch (type) {
    case PEER_RESPONSE:
        return "a response";
    case PEER_FAULT_PDU:
        return "a fault";
    case PEER_BIND_ACK_PDU:
        return "a bind_ack";
    case PEER_BIND_NAK_PDU:
        return "a bind_nak";
    case PEER_ALTER_RESP_PDU:
        return "an alter_context_resp";
    case PEER_NO_TYPE:
        return "nothing";
    }
    return "a PDU of another type";
}

static void put_owed(const struct peer_owed *o, char out[96])
{
    static const char *const names[] = {
        [PEER_NOTHING] = "nothing",     [PEER_FAULT] = "a fault",
        [PEER_CALL] = "the reply",      [PEER_BIND_ACK] = "a bind_ack",
        [PEER_BIND_NAK] = "a bind_nak", [PEER_ALTER_RESP] = "an alter_context_resp",
    };
    const char *name = names[o->answer];
    if (o->answer == PEER_FAULT)
        snprintf(out, 96, "%s 0x%08" PRIx32 " of call %" PRIu32, name, o->status, o->call_id);
    else if (o->answer == PEER_BIND_NAK)
        snprintf(out, 96, "%s with reason %" PRIu32, name, o->status);
    else if (o->answer == PEER_CALL)
        snprintf(out, 96, "%s of call %" PRIu32 ", operation %u", name, o->call_id, o->opnum);
    else
        snprintf(out, 96, "%s", name);
}

void peer_explain(const struct peers *p, unsigned connection, const char *wrong,
                  char out[PEER_WORDS])
{
    const struct peer_connection *c = &p->connections[connection];
    char owed[96], got[96];
    put_owed(&c->judged, owed);
    if (c->got_type == PEER_FAULT_PDU)
        snprintf(got, sizeof got, "%s 0x%08" PRIx32, type_name(c->got_type), c->got_status);
    else
        snprintf(got, sizeof got, "%s", type_name(c->got_type));
    if (c->judged.rule == NULL)
        snprintf(out, PEER_WORDS, "%s", wrong);
    else
        snprintf(out, PEER_WORDS, "%s; connection %u, after %s: owed is %s%s; got %s", wrong,
                 connection, c->judged.rule->situation, owed,
                 c->judged.rule->closes ? ", then the end of the connection" : "", got);
}

const char *peer_cause(const struct peers *p, unsigned connection, const char *wrong)
{
    const struct peer_connection *c = &p->connections[connection];
    return c->otherwise && c->judged.rule != NULL ? c->judged.rule->situation : wrong;
}
