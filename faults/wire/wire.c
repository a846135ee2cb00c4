/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"

#include "faults/fault/fault.h"
#include "faults/fault/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* C706 12.6.3.1 */
enum {
    HEADER = 16,
    RESPONSE_HEADER = 24,
    FAULT_BYTES = 32,
    BIND_HEAD = 32, /* up to the UUID of the first offered interface */
    TYPE_REQUEST = 0,
    TYPE_PING = 1,
    TYPE_RESPONSE = 2,
    TYPE_FAULT = 3,
    TYPE_BIND = 11,
    TYPE_BIND_ACK = 12,
    TYPE_BIND_NAK = 13,
    TYPE_ALTER_CONTEXT = 14,
    TYPE_ALTER_CONTEXT_RESP = 15,
    TYPE_CO_CANCEL = 18,
    TYPE_ORPHANED = 19,
    FIRST_AND_LAST = 3,
    LITTLE_ENDIAN_DREP = 0x10,
    STUB_EXTRA = 8,
    MAX_PDU = 65535 + STUB_EXTRA,
};

/* Fault points ------------------------------------------------------------------------------ */

static struct {
    const struct wire_interface *interfaces;
    unsigned count;
    /* By interface and operation; the last operation stands for the bind. */
    int to_server[WIRE_INTERFACES][WIRE_OPERATIONS + 1];
    int to_client[WIRE_INTERFACES][WIRE_OPERATIONS + 1];
} known;

static int add_site(enum fault_class class, const char *interface, const char *operation)
{
    char name[64];
    snprintf(name, sizeof name, "%s.%s", interface, operation);
    return site_add_named(class, name);
}

void wire_register(const struct wire_interface *interfaces, unsigned count)
{
    known.interfaces = interfaces;
    known.count = count;
    for (unsigned i = 0; i < count; i++) {
        const struct wire_interface *f = &interfaces[i];
        for (unsigned op = 0; op < f->operation_count; op++) {
            known.to_server[i][op] = add_site(FAULT_RPC_REQUEST, f->name, f->operations[op]);
            known.to_client[i][op] = add_site(FAULT_RPC_REPLY, f->name, f->operations[op]);
        }
        known.to_server[i][WIRE_OPERATIONS] = add_site(FAULT_RPC_BIND, f->name, "bind");
        known.to_client[i][WIRE_OPERATIONS] = add_site(FAULT_RPC_BIND_ACK, f->name, "bind");
    }
}

/* Fields ------------------------------------------------------------------------------------ */

static bool little_endian(const uint8_t *pdu)
{
    return pdu[4] & LITTLE_ENDIAN_DREP;
}

static uint32_t get(const uint8_t *pdu, size_t at, size_t bytes)
{
    uint32_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | pdu[little_endian(pdu) ? at + bytes - 1 - i : at + i];
    return value;
}

static void put(uint8_t *pdu, size_t at, size_t bytes, uint32_t value)
{
    for (size_t i = 0; i < bytes; i++, value >>= 8)
        pdu[little_endian(pdu) ? at + i : at + bytes - 1 - i] = (uint8_t)value;
}

static bool is_bind(uint8_t type)
{
    return type == TYPE_BIND || type == TYPE_ALTER_CONTEXT;
}

static bool is_bind_answer(uint8_t type)
{
    return type == TYPE_BIND_ACK || type == TYPE_BIND_NAK || type == TYPE_ALTER_CONTEXT_RESP;
}

/* What the PDU says about the call under way. */
static void follow(struct wire *w, const uint8_t *pdu, size_t n)
{
    if (is_bind(pdu[2]) && n >= BIND_HEAD + 4) {
        w->interface = -1;
        uint32_t time_low = get(pdu, BIND_HEAD, 4);
        for (unsigned i = 0; i < known.count; i++)
            if (known.interfaces[i].time_low == time_low)
                w->interface = (int)i;
    }
    /* These are about the call under way. */
    if (pdu[2] == TYPE_CO_CANCEL || pdu[2] == TYPE_ORPHANED)
        return;
    w->operation = -1;
    if (pdu[2] == TYPE_REQUEST && n >= RESPONSE_HEADER)
        w->operation = (int)get(pdu, 22, 2);
}

static int site_of(const struct wire *w, bool to_server, bool bind)
{
    if (w->interface < 0)
        return -1;
    unsigned i = (unsigned)w->interface;
    unsigned op = bind ? WIRE_OPERATIONS : (unsigned)w->operation;
    if (!bind && (w->operation < 0 || op >= known.interfaces[i].operation_count))
        return -1;
    return to_server ? known.to_server[i][op] : known.to_client[i][op];
}

/* Broken PDUs ------------------------------------------------------------------------------- */

/* The header of a PDU of another type, for the same call. */
static size_t head(uint8_t out[MAX_PDU], const uint8_t *pdu, uint8_t type, size_t n)
{
    memcpy(out, pdu, HEADER);
    memset(out + HEADER, 0, n - HEADER);
    out[2] = type;
    out[3] = FIRST_AND_LAST;
    put(out, 8, 2, (uint32_t)n);
    put(out, 10, 2, 0);
    return n;
}

static size_t make_fault(uint8_t out[MAX_PDU], const uint8_t *pdu, uint32_t status)
{
    size_t n = head(out, pdu, TYPE_FAULT, FAULT_BYTES);
    put(out, RESPONSE_HEADER, 4, status);
    return n;
}

static size_t make_nak(uint8_t out[MAX_PDU], const uint8_t *pdu, uint32_t reason)
{
    size_t n = head(out, pdu, TYPE_BIND_NAK, HEADER + 5);
    put(out, HEADER, 2, reason);
    out[HEADER + 2] = 1; /* one version is supported: */
    out[HEADER + 3] = 5;
    return n;
}

/* The first result of a bind_ack: after the secondary address, aligned to 4. */
static void reject(uint8_t *pdu, size_t n, uint32_t argument)
{
    size_t address = HEADER + 8;
    size_t results = (address + 2 + get(pdu, address, 2) + 3) & ~(size_t)3;
    if (results + 8 > n)
        return;
    put(pdu, results + 4, 2, argument >> 16);
    put(pdu, results + 6, 2, argument & 0xffff);
}

static size_t resize_stub(uint8_t *pdu, size_t n, enum wire_effect effect)
{
    size_t start = pdu[2] == TYPE_RESPONSE ? RESPONSE_HEADER : HEADER;
    if (n < start)
        return n;
    if (effect == WIRE_STUB_SHORT)
        n = start + (n - start) / 2;
    else {
        memset(pdu + n, 0, STUB_EXTRA);
        n += STUB_EXTRA;
    }
    put(pdu, 8, 2, n <= UINT16_MAX ? (uint32_t)n : UINT16_MAX);
    return n;
}

/* The PDU as it arrives; returns its bytes. */
static size_t break_pdu(uint8_t out[MAX_PDU], const uint8_t *pdu, size_t n, enum wire_effect effect,
                        uint32_t argument)
{
    memcpy(out, pdu, n);
    switch (effect) {
    case WIRE_CALL_ID:
        put(out, 12, 4, get(out, 12, 4) + 1);
        return n;
    case WIRE_VERSION:
        out[0] = 4;
        return n;
    case WIRE_FLAGS:
        out[3] &= (uint8_t)~FIRST_AND_LAST;
        return n;
    case WIRE_TYPE:
        out[2] = TYPE_PING;
        return n;
    case WIRE_LENGTH:
        put(out, 8, 2, UINT16_MAX);
        return n;
    case WIRE_CONTEXT:
        put(out, 20, 2, get(out, 20, 2) + 1);
        return n;
    case WIRE_STUB_SHORT:
    case WIRE_STUB_LONG:
        return resize_stub(out, n, effect);
    case WIRE_STUB_ONES:
        if (n > RESPONSE_HEADER)
            memset(out + RESPONSE_HEADER, 0xff, n - RESPONSE_HEADER);
        return n;
    case WIRE_NAK:
        return make_nak(out, pdu, argument);
    case WIRE_REJECT:
        reject(out, n, argument);
        return n;
    case WIRE_FAULT:
        return make_fault(out, pdu, argument);
    default:
        return n;
    }
}

/* The stream -------------------------------------------------------------------------------- */

void wire_reset(struct wire *w)
{
    w->to_server.length = w->to_client.length = w->late.length = 0;
    w->raw = false;
    w->interface = w->operation = -1;
    w->carried[0] = w->carried[1] = 0;
}

void wire_release(struct wire *w)
{
    free(w->to_server.bytes);
    free(w->to_client.bytes);
    free(w->late.bytes);
    *w = (struct wire){0};
}

const char *wire_pdu_name(const struct wire_pdu *p, char *out, size_t bytes)
{
    static const char *const types[] = {
        "request",   "ping",     "response",      "fault",
        "working",   "nocall",   "reject",        "ack",
        "cl_cancel", "fack",     "cancel_ack",    "bind",
        "bind_ack",  "bind_nak", "alter_context", "alter_context_resp",
        "auth3",     "shutdown", "co_cancel",     "orphaned"};
    uint8_t type = p->bytes[2];
    const char *name = type < sizeof types / sizeof *types ? types[type] : "unknown PDU";
    if (p->interface < 0) {
        int n = snprintf(out, bytes, "%s", name);
        if (p->operation >= 0 && n > 0 && (size_t)n < bytes)
            snprintf(out + n, bytes - (size_t)n, " opnum %d", p->operation);
        return out;
    }
    const struct wire_interface *f = &known.interfaces[p->interface];
    if (p->operation >= 0 && (unsigned)p->operation < f->operation_count)
        snprintf(out, bytes, "%s %s.%s", name, f->name, f->operations[p->operation]);
    else
        snprintf(out, bytes, "%s %s", name, f->name);
    return out;
}

/* The length of the PDU at `bytes`; 0: its header is incomplete. *raw: the bytes are not a PDU. */
static size_t pdu_length(const uint8_t *bytes, size_t n, bool *raw)
{
    if (n < HEADER)
        return 0;
    size_t length = get(bytes, 8, 2);
    *raw = bytes[0] != 5 || bytes[1] > 1 || length < HEADER;
    return length;
}

static size_t torn(enum wire_effect effect, size_t n)
{
    return effect == WIRE_TORN_HEADER ? 10 : effect == WIRE_TORN_BODY ? n / 2 : n - 1;
}

/* One complete PDU. */
static enum wire_event carry_pdu(struct wire *w, bool to_server, const uint8_t *pdu, size_t n,
                                 wire_pass *pass, void *context)
{
    static uint8_t broken[MAX_PDU];
    bool bind = to_server ? is_bind(pdu[2]) : is_bind_answer(pdu[2]);
    if (to_server)
        follow(w, pdu, n);
    enum fault_class class = to_server ? (bind ? FAULT_RPC_BIND : FAULT_RPC_REQUEST)
                                       : (bind ? FAULT_RPC_BIND_ACK : FAULT_RPC_REPLY);
    struct wire_pdu told = {.to_server = to_server,
                            .bytes = pdu,
                            .length = n,
                            .class = class,
                            .index = w->carried[to_server]++,
                            .interface = w->interface,
                            .operation = w->operation};
    if (w->ask != NULL)
        w->ask(w->told_context, &told);
    struct fault_effect fault = fault_point_at(class, site_of(w, to_server, bind));
    enum wire_effect effect =
        fault.action == FAULT_WIRE ? (enum wire_effect)fault.value : WIRE_CARRY;
    told.broken = effect != WIRE_CARRY;
    if (w->told != NULL)
        w->told(w->told_context, &told);
    switch (effect) {
    case WIRE_CARRY:
        pass(context, pdu, n);
        return WIRE_GO_ON;
    case WIRE_LOST:
        return WIRE_GO_ON;
    case WIRE_RESET:
        return WIRE_CONNECTION_RESET;
    case WIRE_TORN_HEADER:
    case WIRE_TORN_BODY:
    case WIRE_TORN_END:
        pass(context, pdu, torn(effect, n));
        return WIRE_CONNECTION_RESET;
    case WIRE_KILL:
        return WIRE_SERVER_KILLED;
    case WIRE_RESTART:
        return WIRE_SERVER_RESTARTED;
    case WIRE_LATE:
        bytes_append(&w->late, pdu, n);
        return WIRE_GO_ON;
    case WIRE_DUPLICATE:
        pass(context, pdu, n);
        pass(context, pdu, n);
        return WIRE_GO_ON;
    default:
        n = break_pdu(broken, pdu, n, effect,
                      fault_kind_argument(fault_report()->last.class, fault_report()->last.kind));
        pass(context, broken, n);
        return WIRE_GO_ON;
    }
}

enum wire_event wire_carry(struct wire *w, bool to_server, const uint8_t *bytes, size_t n,
                           wire_pass *pass, void *context)
{
    struct bytes *h = to_server ? &w->to_server : &w->to_client;
    enum wire_event event = WIRE_GO_ON;
    if (!to_server && w->late.length > 0) {
        pass(context, w->late.bytes, w->late.length);
        w->late.length = 0;
    }
    bool held = h->length > 0;
    if (held) {
        bytes_append(h, bytes, n);
        bytes = h->bytes;
        n = h->length;
    }
    while (n > 0 && event == WIRE_GO_ON) {
        size_t length = w->raw ? n : pdu_length(bytes, n, &w->raw);
        if (w->raw) {
            pass(context, bytes, n);
            n = 0;
        } else if (length == 0 || length > n) {
            break;
        } else {
            event = carry_pdu(w, to_server, bytes, length, pass, context);
            bytes += length;
            n -= length;
        }
    }
    if (held) {
        memmove(h->bytes, bytes, n);
        h->length = n;
    } else {
        bytes_append(h, bytes, n);
    }
    return event;
}
