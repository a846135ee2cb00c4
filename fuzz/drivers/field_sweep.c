/* SPDX-License-Identifier: Apache-2.0 */
#include "field_sweep.h"

#include "client_programs.h"
#include "conversation.h"
#include "fuzz/peer/pdu.h"
#include "wire_input.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TCP = 0x01, PIECES_OF_1 = 1 << 2, PIECES_OF_7 = 2 << 2 };

struct sweep {
    struct sweep_part part;
    struct field_totals *totals;
    const struct field_watch *watch;
    uint64_t number; /* of the next run, over all jobs */
    const struct conversation *c;
    struct wire_bytes honest;
    struct conversation changed;
    char change[160]; /* in words */
    struct run_report report;
};

/* Where a PDU stands in its call. */
static const char *position_of(const uint8_t *pdu)
{
    static const char *const names[] = {"middle", "first", "last", "whole"};
    return pdu[2] == PEER_REQUEST ? names[pdu[3] & (PEER_FIRST | PEER_LAST)] : "whole";
}

static const uint8_t *pdu_of(const struct conversation *c, unsigned i)
{
    return c->bytes + c->at[i];
}

static size_t size_of(const struct conversation *c, unsigned i)
{
    return c->at[i + 1] - c->at[i];
}

/* One run of the changed conversation, if it is this process's turn. */
static void try(struct sweep *s, unsigned pdu, const char *field, enum peer_value v)
{
    const uint8_t *original = pdu_of(s->c, pdu);
    const char *type = peer_type_name(original[2]), *position = position_of(original);
    const struct field_run run = {.number = s->number++,
                                  .driver = "server_pdu",
                                  .change = s->change,
                                  .input = s->changed.bytes,
                                  .n = s->changed.size};
    if (run.number % s->part.of != s->part.slice)
        return;
    snprintf(s->change, sizeof s->change, "PDU %u to the server, %s (%s): %s, %s", pdu + 1, type,
             position, field, peer_value_name(v));
    if (!s->watch->begin(&run, s->watch->context))
        return;
    wire_input_judge_server(s->changed.bytes, s->changed.size, s->honest, &s->report);
    field_cell(s->totals, true, type, position, field)->runs[v]++;
    s->totals->runs++;
    if (!s->report.finding)
        return;
    s->totals->findings++;
    s->watch->found(&s->report, &run, s->watch->context);
}

/* Sets a field of a PDU of the changed conversation. False: it has that value, or cannot have it.
 */
static bool set_field(struct sweep *s, unsigned pdu, const struct peer_field *f, enum peer_value v)
{
    const uint8_t *bytes = pdu_of(s->c, pdu);
    bool big = peer_is_big_endian(bytes);
    uint32_t value;
    if (!peer_value_of(v, f, peer_get(bytes, f->at, f->width, big), &value))
        return false;
    peer_put(s->changed.bytes + s->c->at[pdu], f->at, f->width, value, big);
    return true;
}

static void change_pairs(struct sweep *s, unsigned pdu, const struct peer_field *a,
                         const struct peer_field *b)
{
    for (enum peer_value v = 0; v < PEER_VALUES; v++)
        for (enum peer_value w = 0; w < PEER_VALUES; w++) {
            s->changed = *s->c;
            if (set_field(s, pdu, a, v) && set_field(s, pdu, b, w))
                try(s, pdu, FIELD_PAIR, v);
        }
}

static void change_fields(struct sweep *s, unsigned pdu)
{
    static struct peer_field fields[PEER_FIELDS_MOST];
    unsigned count = peer_fields(pdu_of(s->c, pdu), size_of(s->c, pdu), fields);
    for (unsigned f = 0; f < count; f++)
        for (enum peer_value v = 0; v < PEER_VALUES; v++) {
            s->changed = *s->c;
            if (set_field(s, pdu, &fields[f], v))
                try(s, pdu, fields[f].name, v);
        }
    for (unsigned f = 0; f < count && s->watch->pairs; f++)
        for (unsigned g = f + 1; g < count; g++)
            if (peer_field_binds(&fields[f]) && peer_field_binds(&fields[g]))
                change_pairs(s, pdu, &fields[f], &fields[g]);
}

/* What is done to whole PDUs ------------------------------------------------------------------- */

/* The conversation with other PDUs in place of the one at `pdu`. */
static void replace(struct sweep *s, unsigned pdu, const uint8_t *const with[],
                    const size_t sizes[], unsigned count, unsigned skipped)
{
    s->changed = (struct conversation){.bytes = {s->c->bytes[0]}, .size = 1};
    for (unsigned i = 0; i < s->c->count; i++) {
        for (unsigned k = 0; i == pdu && k < count; k++)
            (void)conversation_add(&s->changed, with[k], sizes[k]);
        if (i < pdu || i >= pdu + skipped)
            (void)conversation_add(&s->changed, pdu_of(s->c, i), size_of(s->c, i));
    }
}

/* A PDU of that type and nothing more, of the call of another one. */
static void insert_types(struct sweep *s, unsigned pdu)
{
    enum { TYPES = 21 };
    const uint8_t *like = pdu_of(s->c, pdu);
    for (unsigned type = 0; type < TYPES; type++) {
        uint8_t small[PEER_PDU_HEADER];
        memcpy(small, like, sizeof small);
        small[2] = (uint8_t)type;
        small[3] = PEER_FIRST | PEER_LAST;
        peer_put(small, 8, 4, sizeof small, peer_is_big_endian(like));
        if (peer_is_big_endian(like))
            peer_put(small, 8, 2, sizeof small, true), peer_put(small, 10, 2, 0, true);
        replace(s, pdu, (const uint8_t *const[]){small}, (const size_t[]){sizeof small}, 1, 0);
        try(s, pdu, "(inserted before)", PEER_VALUE_ZERO);
    }
}

/* The PDU with a trailer of that type and level. */
static void add_trailer(struct sweep *s, unsigned pdu, uint8_t type, uint8_t level)
{
    static uint8_t longer[CONVERSATION_BYTES];
    enum { TRAILER = 8, TOKEN = 16 };
    size_t n = size_of(s->c, pdu);
    bool big = peer_is_big_endian(pdu_of(s->c, pdu));
    if (n + 3 + TRAILER + TOKEN > sizeof longer)
        return;
    memset(longer, 0, n + 3 + TRAILER + TOKEN);
    memcpy(longer, pdu_of(s->c, pdu), n);
    size_t padding = -n & 3;
    n += padding;
    longer[n] = type;
    longer[n + 1] = level;
    longer[n + 2] = (uint8_t)padding;
    n += TRAILER + TOKEN;
    peer_put(longer, 8, 2, (uint32_t)n, big);
    peer_put(longer, 10, 2, TOKEN, big);
    replace(s, pdu, (const uint8_t *const[]){longer}, &n, 1, 1);
    try(s, pdu, "(with a trailer)", PEER_VALUE_ZERO);
}

static void change_order(struct sweep *s, unsigned pdu)
{
    const uint8_t *here = pdu_of(s->c, pdu);
    const size_t n = size_of(s->c, pdu);
    replace(s, pdu, NULL, NULL, 0, 1);
    try(s, pdu, "(dropped)", PEER_VALUE_ZERO);
    replace(s, pdu, (const uint8_t *const[]){here, here}, (const size_t[]){n, n}, 2, 1);
    try(s, pdu, "(repeated)", PEER_VALUE_ZERO);
    if (pdu + 1 < s->c->count) {
        replace(s, pdu, (const uint8_t *const[]){pdu_of(s->c, pdu + 1), here},
                (const size_t[]){size_of(s->c, pdu + 1), n}, 2, 2);
        try(s, pdu, "(after the next)", PEER_VALUE_ZERO);
    }
    for (size_t cut = 1; cut < n; cut++) {
        s->changed = *s->c;
        s->changed.size = s->c->at[pdu] + cut;
        try(s, pdu, "(cut off within)", PEER_VALUE_ZERO);
    }
    for (uint8_t level = 0; level <= 7; level++)
        add_trailer(s, pdu, 10, level);
    static const uint8_t types[] = {0, 9, 16, 68, 255};
    for (size_t i = 0; i < sizeof types; i++)
        add_trailer(s, pdu, types[i], 2);
    insert_types(s, pdu);
}

/* The PDU with `more` zeros at a place of it, or so many bytes less. */
static void resize(struct sweep *s, unsigned pdu, size_t at, int more)
{
    static uint8_t other[CONVERSATION_BYTES];
    const uint8_t *bytes = pdu_of(s->c, pdu);
    const size_t n = size_of(s->c, pdu), less = more < 0 ? (size_t)-more : 0;
    size_t size = n + (size_t)more;
    if (at + less > n || size > sizeof other)
        return;
    memcpy(other, bytes, at);
    memset(other + at, 0, more > 0 ? (size_t)more : 0);
    memcpy(other + at + (more > 0 ? (size_t)more : 0), bytes + at + less, n - at - less);
    peer_put(other, 8, 2, (uint32_t)size, peer_is_big_endian(bytes));
    replace(s, pdu, (const uint8_t *const[]){other}, &size, 1, 1);
    try(s, pdu, more > 0 ? "(stub more)" : "(stub less)", PEER_VALUE_ZERO);
}

/* If a pointer to a text is there: NULL in its place. */
static void drop_text(struct sweep *s, unsigned pdu, size_t at)
{
    static uint8_t other[CONVERSATION_BYTES];
    enum { POINTER = 4, COUNTS = 12, CHARACTERS_MOST = 4097 };
    const uint8_t *bytes = pdu_of(s->c, pdu);
    const size_t n = size_of(s->c, pdu);
    const bool big = peer_is_big_endian(bytes);
    if (at + POINTER + COUNTS > n || peer_get(bytes, at, 4, big) == 0)
        return;
    const uint32_t most = peer_get(bytes, at + 4, 4, big), count = peer_get(bytes, at + 12, 4, big);
    const size_t text = COUNTS + ((2 * (size_t)count + 3) & ~(size_t)3),
                 behind = at + POINTER + text;
    if (peer_get(bytes, at + 8, 4, big) != 0 || count != most || count == 0 ||
        count > CHARACTERS_MOST || behind > n)
        return;
    const size_t size = n - text;
    memcpy(other, bytes, at);
    memset(other + at, 0, POINTER);
    memcpy(other + at + POINTER, bytes + behind, n - behind);
    peer_put(other, 8, 2, (uint32_t)size, big);
    replace(s, pdu, (const uint8_t *const[]){other}, &size, 1, 1);
    try(s, pdu, "(no text)", PEER_VALUE_ZERO);
}

static void put(struct sweep *s, unsigned pdu, size_t at, unsigned width, uint32_t value,
                const char *what)
{
    if (at + width > size_of(s->c, pdu))
        return;
    s->changed = *s->c;
    peer_put(s->changed.bytes + s->c->at[pdu], at, width, value,
             peer_is_big_endian(pdu_of(s->c, pdu)));
    try(s, pdu, what, PEER_VALUE_ZERO);
}

/* What a request holds: characters, numbers, and how much it is. */
static void change_stub(struct sweep *s, unsigned pdu)
{
    enum { PLACES = 400 };
    static const int by[] = {-4, -2, -1, 1, 2, 4};
    static const uint16_t characters[] = {0, 'a', 0xdc00};
    static const uint32_t numbers[] = {2, 3, 4, 255, 256, 257, 4095, 4096, 4097, 1 << 20};
    const uint8_t *bytes = pdu_of(s->c, pdu);
    if (bytes[2] != PEER_REQUEST)
        return;
    const size_t stub = PEER_REQUEST_HEADER + (bytes[3] & PEER_OBJECT ? 16u : 0u);
    for (size_t at = stub; at <= size_of(s->c, pdu) && at < stub + PLACES; at += 2) {
        for (size_t i = 0; i < sizeof by / sizeof *by; i++)
            resize(s, pdu, at, by[i]);
        for (size_t i = 0; i < sizeof characters / sizeof *characters; i++)
            put(s, pdu, at, 2, characters[i], "(another character)");
        if (at % 4 == 0)
            drop_text(s, pdu, at);
        for (size_t i = 0; at % 4 == 0 && i < sizeof numbers / sizeof *numbers; i++)
            put(s, pdu, at, 4, numbers[i], "(another number)");
    }
}

static void sweep_conversation(struct sweep *s, const struct conversation *c)
{
    static const uint8_t pieces[] = {PIECES_OF_1, PIECES_OF_7};
    s->c = c;
    s->totals->conversations++;
    for (size_t i = 0; i < sizeof pieces; i++) {
        s->changed = *c;
        s->changed.bytes[0] |= pieces[i];
        try(s, 0, "(all in pieces)", PEER_VALUE_ZERO);
    }
    for (unsigned pdu = 0; pdu < c->count; pdu++) {
        s->totals->pdus++;
        change_fields(s, pdu);
        change_order(s, pdu);
        change_stub(s, pdu);
    }
}

void field_sweep_server(struct sweep_part part, struct field_totals *totals,
                        const struct field_watch *watch)
{
    static struct conversation all[CONVERSATIONS_MOST], cut;
    static struct sweep s;
    unsigned count = 0;
    s = (struct sweep){.part = part, .totals = totals, .watch = watch};
    for (unsigned i = 0; i < CLIENT_PROGRAMS; i++)
        count +=
            conversation_record(client_programs[i], all + count, CONVERSATIONS_MOST - 2 - count);
    /* The first call of the first program, on a connection of its own. */
    static struct conversation honest;
    honest = all[0];
    s.honest = (struct wire_bytes){honest.bytes + 1, honest.at[2] - 1};
    conversation_of_everything(&all[count++], false);
    conversation_of_credentials(&all[count++], false);
    for (unsigned i = 0; i < count; i++) {
        sweep_conversation(&s, &all[i]);
        all[i].bytes[0] ^= TCP;
        sweep_conversation(&s, &all[i]);
        for (unsigned fragments = 2; fragments <= 3; fragments++) {
            conversation_cut(&all[i], fragments, &cut);
            if (cut.count > all[i].count)
                sweep_conversation(&s, &cut);
        }
    }
}
