/* SPDX-License-Identifier: Apache-2.0 */
#include "build.h"

#include "peer_internal.h"

#include <string.h>

enum { INSTRUCTION = 12, MOST_CONTEXTS = 8 };

/* An instruction, taken apart. */
struct instruction {
    uint8_t what, where, cut, flags;
    uint16_t about, which, offset;
    uint8_t value, call;
    bool big_endian;
};

/* Writing ------------------------------------------------------------------------------------- */

static void put(struct peer_step *s, uint32_t value, unsigned width, bool big_endian)
{
    if (s->length + width > sizeof s->bytes)
        return;
    for (unsigned i = 0; i < width; i++)
        s->bytes[s->length + (big_endian ? width - 1 - i : i)] = (uint8_t)(value >> 8 * i);
    s->length += width;
}

static void put_bytes(struct peer_step *s, const uint8_t *bytes, size_t n)
{
    if (s->length + n > sizeof s->bytes)
        return;
    memcpy(s->bytes + s->length, bytes, n);
    s->length += n;
}

/* 16 bytes of a UUID (or 20 of a syntax) that are little-endian. */
static void put_uuid(struct peer_step *s, const uint8_t uuid[16], bool big_endian)
{
    put(s, peer_get(uuid, 0, 4, false), 4, big_endian);
    put(s, peer_get(uuid, 4, 2, false), 2, big_endian);
    put(s, peer_get(uuid, 6, 2, false), 2, big_endian);
    put_bytes(s, uuid + 8, 8);
}

static size_t begin(struct peer_step *s, const struct instruction *i, uint8_t type, uint32_t call)
{
    size_t start = s->length;
    put(s, 0x0005, 2, false); /* 5.0 */
    put(s, type, 1, false);
    put(s, i->flags ^ (PEER_FIRST | PEER_LAST), 1, false);
    put(s, i->big_endian ? 0 : 0x10, 4, false);
    put(s, 0, 4, false);
    put(s, call, 4, i->big_endian);
    return start;
}

static void end(struct peer_step *s, const struct instruction *i, size_t start)
{
    size_t length = s->length;
    s->length = start + 8;
    put(s, (uint32_t)(length - start), 2, i->big_endian);
    s->length = length;
}

/* PDUs ---------------------------------------------------------------------------------------- */

static const uint8_t unknown_interface[16] = {1, 2,  3,  4,  5,  6,  7,  8,
                                              9, 10, 11, 12, 13, 14, 15, 16};
static const uint8_t features[20] = {0x2c, 0x1c, 0xb7, 0x6c, 0x12, 0x98, 0x40, 0x45, 3, 0,
                                     0,    0,    0,    0,    0,    0,    1,    0,    0, 0};

/* about: bits 0-2 first interface, 3-4 transfer syntaxes, 5-7 first context id; which: bits 0-3
   contexts (0: one), 4-7 group, 8-15 fragment size in units of 256 (0: 5840). */
static void build_list(struct peer_step *s, const struct instruction *i, uint8_t type,
                       uint32_t call, uint32_t group)
{
    unsigned contexts = (i->which & 15) == 15 ? 0 : (i->which & 15) % MOST_CONTEXTS + 1;
    unsigned transfers = (i->about >> 3 & 3) == 3 ? 0 : 1;
    const uint8_t *syntax[] = {peer_ndr20, peer_ndr64, features};
    uint32_t size = i->which >> 8 == 0 ? 5840 : (uint32_t)(i->which >> 8) << 8;
    size_t start = begin(s, i, type, call);
    put(s, size, 2, i->big_endian);
    put(s, size, 2, i->big_endian);
    put(s, group, 4, i->big_endian);
    put(s, contexts, 1, false);
    put(s, 0, 3, false);
    for (unsigned c = 0; c < contexts; c++) {
        unsigned interface = (i->about + c) & 7;
        put(s, (uint32_t)(i->about >> 5 & 7) + c, 2, i->big_endian);
        put(s, transfers, 2, false);
        put_uuid(s,
                 interface < PEER_INTERFACES ? peer_interface_uuid[interface] : unknown_interface,
                 i->big_endian);
        put(s, 1, 4, i->big_endian);
        if (transfers > 0) {
            const uint8_t *t = syntax[i->about >> 3 & 3];
            put_uuid(s, t, i->big_endian);
            put(s, peer_get(t, 16, 4, false), 4, i->big_endian);
        }
    }
    end(s, i, start);
}

static uint32_t pick_group(const struct peers *peers, const struct instruction *i)
{
    unsigned choice = i->which >> 4 & 15;
    if (choice == 0)
        return 0;
    if (choice <= PEER_CONNECTIONS)
        return peers->connections[choice - 1].group;
    return choice * 0x01010101u;
}

/* The handle that `which` selects, of any connection; beyond the live ones: damaged or zero. */
static void put_handle(struct peer_step *s, const struct peers *peers, const struct instruction *i)
{
    uint8_t handle[PEER_HEAD] = {0};
    unsigned choice = i->which & 15;
    if (peers->handle_count > 0)
        memcpy(handle, peers->handles[choice % peers->handle_count].value, sizeof handle);
    if (choice == 15)
        memset(handle, 0, sizeof handle);
    if (choice == 14)
        handle[7] ^= 1;
    put(s, peer_get(handle, 0, 4, false), 4, i->big_endian);
    put_uuid(s, handle + 4, i->big_endian);
}

/* The part of a stub after the handle: numbers that suit most operations. which: bits 4-7 offset,
   8-11 size, 12-15 kind of the rest. */
static void put_arguments(struct peer_step *s, const struct peers *peers,
                          const struct instruction *i, enum peer_interface interface,
                          uint16_t opnum)
{
    static const uint8_t name[] = {'n', 0, 't', 0, 'd', 0, 's', 0, '.', 0, 'd', 0, 'i', 0, 't', 0};
    bool big = i->big_endian;
    unsigned offset = i->which >> 4 & 15, size = i->which >> 8 & 15;
    if (interface == PEER_BACKUP && opnum == 0) {
        put(s, 0, 4, big);
        put(s, 1, 4, big);
        return;
    }
    if (interface == PEER_RESTORE && opnum == 1) {
        put(s, 0, 4, big); /* flags, no token */
        put(s, 0, 4, big);
        put(s, 0, 4, big);
        return;
    }
    put_handle(s, peers, i);
    if (interface == PEER_BACKUP && opnum >= 2) {
        put(s, offset & 1, 4, big); /* the client's knowledge: file, phase */
        put(s, offset >> 1 & 3, 4, big);
    }
    if (interface == PEER_BACKUP && opnum == 3) {
        put(s, 9, 4, big); /* max_count, offset, actual_count of the name */
        put(s, 0, 4, big);
        put(s, 9, 4, big);
        for (size_t c = 0; c < sizeof name; c += 2)
            put(s, name[c], 2, big);
        put(s, 0, 4, big); /* NUL, and padding */
        put(s, 24576, 4, big);
    } else if (interface == PEER_BACKUP && (opnum == 4 || opnum == 5)) {
        put(s, 0, 4, big); /* aligned to 8 */
        put(s, offset * 4096u, 4, big);
        put(s, 0, 4, big);
        put(s, 1u << size, 4, big);
    } else {
        put(s, i->which >> 8, 4, big);
    }
}

/* about: bits 0-3 opnum (15: 0xffff), 4-7 context id, 8-11 interface that the stub is for. */
static void build_call(struct peer_step *s, const struct peers *peers, const struct instruction *i,
                       uint32_t call, size_t fragment)
{
    static struct peer_step stub;
    struct instruction part = *i;
    uint16_t opnum = (i->about & 15) == 15 ? 0xffff : i->about & 15;
    stub.length = 0;
    put_arguments(&stub, peers, i, (enum peer_interface)(i->about >> 8 & 3), opnum);
    for (size_t at = 0; at < stub.length || at == 0; at += fragment) {
        size_t n = stub.length - at < fragment ? stub.length - at : fragment;
        bool first = at == 0, last = at + n == stub.length;
        part.flags = (uint8_t)(i->flags ^ (first ? 0 : PEER_FIRST) ^ (last ? 0 : PEER_LAST) ^
                               (i->where & 0x10 ? PEER_OBJECT : 0));
        size_t start = begin(s, &part, PEER_REQUEST, call);
        put(s, (uint32_t)(stub.length - at), 4, i->big_endian);
        put(s, i->about >> 4 & 15, 2, i->big_endian);
        put(s, opnum, 2, i->big_endian);
        if (i->where & 0x10)
            put_uuid(s, unknown_interface, i->big_endian);
        put_bytes(s, stub.bytes + at, n);
        end(s, i, start);
    }
}

static void build_other(struct peer_step *s, const struct instruction *i, uint8_t type,
                        uint32_t call)
{
    size_t start = begin(s, i, type, call);
    for (unsigned n = 0; n < (i->which & 63); n++)
        put(s, i->value, 1, false);
    end(s, i, start);
}

/* Scripts ------------------------------------------------------------------------------------- */

enum what { BIND, ALTER, CALL, CALL_IN_FRAGMENTS, CO_CANCEL, ORPHANED, OTHER, RAW, WHATS };

static struct instruction take(struct peer_script *s)
{
    const uint8_t *d = s->data;
    s->data += INSTRUCTION;
    s->size -= INSTRUCTION;
    return (struct instruction){
        .what = d[0] % WHATS,
        .where = d[1],
        .cut = d[2],
        .flags = d[3],
        .about = (uint16_t)peer_get(d, 4, 2, false),
        .which = (uint16_t)peer_get(d, 6, 2, false),
        .offset = (uint16_t)peer_get(d, 8, 2, false),
        .value = d[10],
        .call = d[11],
        .big_endian = d[1] & 4,
    };
}

static void take_raw(struct peer_script *s, const struct instruction *i, struct peer_step *out)
{
    size_t n = i->about < s->size ? i->about : s->size;
    put_bytes(out, s->data, n);
    s->data += n;
    s->size -= n;
}

bool peer_build(struct peer_script *s, const struct peers *peers, struct peer_step *out)
{
    if (s->size < INSTRUCTION)
        return false;
    struct instruction i = take(s);
    unsigned c = i.where & 3;
    uint32_t call = s->next_call[c] + i.call;
    if (i.what <= CALL_IN_FRAGMENTS)
        s->next_call[c]++;
    out->connection = c;
    out->tcp = s->tcp != !!(i.where & 8);
    out->closes = i.where & 0x80;
    out->length = 0;
    switch ((enum what)i.what) {
    case BIND:
        build_list(out, &i, PEER_BIND, call, pick_group(peers, &i));
        break;
    case ALTER:
        build_list(out, &i, PEER_ALTER, call, pick_group(peers, &i));
        break;
    case CALL:
        build_call(out, peers, &i, call, PEER_FRAGMENT);
        break;
    case CALL_IN_FRAGMENTS:
        build_call(out, peers, &i, call, 8 * (1 + (size_t)(i.about >> 12)));
        break;
    case CO_CANCEL:
    case ORPHANED:
        build_other(out, &i, i.what == CO_CANCEL ? PEER_CO_CANCEL : PEER_ORPHANED, call);
        break;
    case OTHER:
        build_other(out, &i, (uint8_t)i.about, call);
        break;
    case RAW:
    case WHATS:
        take_raw(s, &i, out);
        break;
    }
    if (i.offset > 0 && i.offset < out->length)
        out->bytes[i.offset] = i.value;
    out->cut = i.cut == 0 ? out->length : out->length * i.cut / 255;
    return true;
}
