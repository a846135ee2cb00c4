/* SPDX-License-Identifier: Apache-2.0 */
#include "conversation.h"

#include "driver.h"
#include "fuzz/peer/fields.h"
#include "fuzz/peer/peer.h"
#include "fuzz/program/program_text.h"
#include "fuzz/scene/service.h"

#include <string.h>

bool conversation_add(struct conversation *c, const uint8_t *pdu, size_t n)
{
    if (c->count == CONVERSATION_PDUS || n > sizeof c->bytes - c->size)
        return false;
    memcpy(c->bytes + c->size, pdu, n);
    c->at[c->count++] = c->size;
    c->size += n;
    c->at[c->count] = c->size;
    return true;
}

/* Recording ----------------------------------------------------------------------------------- */

static struct {
    struct conversation *out;
    unsigned room, made;
    bool too_long[CONVERSATIONS_MOST];
    uint8_t options;
} recording;

static void record(unsigned connection, bool from_client, const void *bytes, size_t n)
{
    if (!from_client || connection >= recording.room)
        return;
    struct conversation *c = &recording.out[connection];
    for (; recording.made <= connection; recording.made++)
        recording.out[recording.made] =
            (struct conversation){.bytes = {recording.options}, .size = 1};
    /* The tap sees PDUs whole: the client sends no parts. */
    recording.too_long[connection] |= !conversation_add(c, bytes, n);
}

unsigned conversation_record(const char *text, struct conversation *out, unsigned room)
{
    static struct program program;
    static struct run_report report;
    struct program_error error;
    unsigned kept = 0;
    recording.out = out;
    recording.room = room < CONVERSATIONS_MOST ? room : CONVERSATIONS_MOST;
    recording.made = 0;
    memset(recording.too_long, 0, sizeof recording.too_long);
    if (!program_parse(&program, text, strlen(text), &error))
        driver_finding(VERDICT_PROGRAM, "", error.expected);
    recording.options =
        (uint8_t)((program.world.tcp ? 0x01 : 0) | (program.world.restore_mode ? 0x10 : 0) |
                  (program.world.store & 7) << 5);
    service_set_tap(record);
    run_program(&program, NULL, &report);
    service_set_tap(NULL);
    for (unsigned i = 0; i < recording.made; i++)
        if (!recording.too_long[i] && out[i].count > 0)
            out[kept++] = out[i];
    return kept;
}

/* Made by hand -------------------------------------------------------------------------------- */

static size_t begin(uint8_t *pdu, uint8_t type, uint8_t flags, uint32_t call)
{
    memset(pdu, 0, PEER_PDU_HEADER);
    pdu[0] = 5;
    pdu[2] = type;
    pdu[3] = flags;
    pdu[4] = 0x10;
    peer_put(pdu, 12, 4, call, false);
    return PEER_PDU_HEADER;
}

static void end(struct conversation *c, uint8_t *pdu, size_t n)
{
    peer_put(pdu, 8, 2, (uint32_t)n, false);
    (void)conversation_add(c, pdu, n);
}

/* Each interface under a context of its number; with or without credentials. */
static void add_list(struct conversation *c, uint8_t type, uint32_t call, unsigned first,
                     unsigned last, bool credentials)
{
    enum { NTLM = 10, CONNECT = 2, TRAILER = 8, TOKEN = 16 };
    uint8_t pdu[512];
    size_t n = 28;
    begin(pdu, type, PEER_FIRST | PEER_LAST, call);
    peer_put(pdu, 16, 4, 4280 | 4280u << 16, false);
    peer_put(pdu, 20, 4, 0, false);
    peer_put(pdu, 24, 4, last - first, false);
    for (unsigned i = first; i < last; i++) {
        peer_put(pdu, n, 4, i | 1u << 16, false);
        memcpy(pdu + n + 4, peer_interface_uuid[i], 16);
        peer_put(pdu, n + 20, 4, 1, false);
        memcpy(pdu + n + 24, peer_ndr20, 20);
        n += 44;
    }
    if (credentials) {
        peer_put(pdu, 10, 2, TOKEN, false);
        memset(pdu + n, 0, TRAILER + TOKEN);
        peer_put(pdu, n, 2, NTLM | CONNECT << 8, false);
        n += TRAILER + TOKEN;
    }
    end(c, pdu, n);
}

static void add_request(struct conversation *c, uint8_t flags, uint32_t call, unsigned interface,
                        unsigned opnum)
{
    enum { STUB = 24 };
    uint8_t pdu[PEER_REQUEST_HEADER + STUB] = {0};
    begin(pdu, PEER_REQUEST, flags, call);
    peer_put(pdu, 16, 4, STUB, false);
    peer_put(pdu, 20, 4, interface | opnum << 16, false);
    memset(pdu + PEER_REQUEST_HEADER, 0, STUB);
    end(c, pdu, sizeof pdu);
}

void conversation_of_everything(struct conversation *c, bool tcp)
{
    uint8_t small[PEER_PDU_HEADER];
    uint32_t call = 1;
    *c = (struct conversation){.bytes = {tcp}, .size = 1};
    add_list(c, PEER_BIND, call++, PEER_BACKUP, PEER_INSPECT, false);
    add_list(c, PEER_ALTER, call++, PEER_INSPECT, PEER_INTERFACES, false);
    for (unsigned i = 0; i < PEER_INTERFACES; i++)
        for (unsigned op = 0; op <= peer_operations[i]; op++)
            add_request(c, PEER_FIRST | PEER_LAST, call++, i, op);
    add_request(c, PEER_FIRST, call, PEER_BACKUP, 0);
    end(c, small, begin(small, PEER_CO_CANCEL, PEER_FIRST | PEER_LAST, call));
    add_request(c, 0, call, PEER_BACKUP, 0);
    end(c, small, begin(small, PEER_ORPHANED, PEER_FIRST | PEER_LAST, call));
    add_request(c, PEER_LAST, call, PEER_BACKUP, 0);
}

void conversation_of_credentials(struct conversation *c, bool tcp)
{
    *c = (struct conversation){.bytes = {tcp}, .size = 1};
    add_list(c, PEER_BIND, 1, PEER_BACKUP, PEER_INSPECT, true);
    add_request(c, PEER_FIRST | PEER_LAST, 2, PEER_BACKUP, 0);
}

/* Fragments ----------------------------------------------------------------------------------- */

static void cut_request(const uint8_t *pdu, size_t n, unsigned fragments, struct conversation *out)
{
    static uint8_t part[CONVERSATION_BYTES];
    const size_t stub = n - PEER_REQUEST_HEADER;
    /* Multiples of 8, as C706 has it; at least one in each. */
    size_t step = (stub / fragments + 7) & ~(size_t)7, at = 0;
    for (unsigned i = 0; i < fragments && at < stub; i++) {
        bool last = i == fragments - 1 || stub - at <= step;
        size_t bytes = last ? stub - at : step;
        memcpy(part, pdu, PEER_REQUEST_HEADER);
        memcpy(part + PEER_REQUEST_HEADER, pdu + PEER_REQUEST_HEADER + at, bytes);
        part[3] = (uint8_t)((at == 0 ? PEER_FIRST : 0) | (last ? PEER_LAST : 0));
        peer_put(part, 16, 4, (uint32_t)(stub - at), false);
        end(out, part, PEER_REQUEST_HEADER + bytes);
        at += bytes;
    }
}

void conversation_cut(const struct conversation *c, unsigned fragments, struct conversation *out)
{
    *out = (struct conversation){.bytes = {c->bytes[0]}, .size = 1};
    for (unsigned i = 0; i < c->count; i++) {
        const uint8_t *pdu = c->bytes + c->at[i];
        size_t n = c->at[i + 1] - c->at[i];
        bool whole = (pdu[3] & (PEER_FIRST | PEER_LAST)) == (PEER_FIRST | PEER_LAST);
        if (pdu[2] == PEER_REQUEST && whole && n > PEER_REQUEST_HEADER + 8 &&
            !(pdu[3] & PEER_OBJECT) && pdu[10] == 0 && pdu[11] == 0)
            cut_request(pdu, n, fragments, out);
        else
            (void)conversation_add(out, pdu, n);
    }
}
