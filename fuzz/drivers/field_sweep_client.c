/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sweep of what the server sends: each change is an input of fuzz_client_pdu, one lie about one
 * PDU, so the input of a finding can be replayed.
 */
#include "client_lies.h"
#include "client_programs.h"
#include "client_replies.h"
#include "field_sweep.h"
#include "fuzz/model/allowed.h"
#include "fuzz/peer/pdu.h"
#include "wire_input.h"

#include <stdio.h>
#include <string.h>

/* A change: the lies that make it, and the cell that it counts in. */
struct change {
    const char *field;
    enum peer_value class;
    struct told_lies told;
};

struct sweep {
    struct sweep_part part;
    struct field_totals *totals;
    const struct field_watch *watch;
    const struct honest_server *honest;
    uint64_t number;
    unsigned program, pdu;
    char change[160];                         /* in words, */
    uint8_t input[1 + LIES_MOST * LIE_BYTES]; /* and for the driver */
    struct run_report report;
};

/* Where a PDU stands in its answer. */
static const char *position_of(const uint8_t *pdu)
{
    static const char *const names[] = {"middle", "first", "last", "whole"};
    return names[pdu[3] & (PEER_FIRST | PEER_LAST)];
}

static void try(struct sweep *s, const struct change *c)
{
    const uint8_t *pdu = s->honest->bytes[s->pdu];
    struct field_run run = {.number = s->number++,
                            .driver = "client_pdu",
                            .change = s->change,
                            .input = s->input,
                            .n = 1 + client_lies_write(&c->told, s->pdu, s->input + 1)};
    s->input[0] = (uint8_t)(CLIENT_HONEST_SERVER | s->program);
    if (run.number % s->part.of != s->part.slice)
        return;
    snprintf(s->change, sizeof s->change, "PDU %u to the client, %s (%s): %s, %s", s->pdu + 1,
             peer_type_name(pdu[2]), position_of(pdu), c->field,
             c->field[0] == '(' ? "" : peer_value_name(c->class));
    if (!s->watch->begin(&run, s->watch->context))
        return;
    run.program = wire_input_to_client(run.input, run.n, &(struct run_options){0}, &s->report);
    field_cell(s->totals, false, peer_type_name(pdu[2]), position_of(pdu), c->field)
        ->runs[c->class]++;
    s->totals->runs++;
    if (!s->report.finding)
        return;
    s->totals->findings++;
    s->watch->found(&s->report, &run, s->watch->context);
}

/* The change of a field to a value of that class. False: it has that value, or cannot have it. */
static bool set_field(const uint8_t *pdu, const struct peer_field *f, enum peer_value v,
                      struct told_lie *out)
{
    static const enum client_lie set[] = {
        [1] = LIE_SET_BYTE, [2] = LIE_SET_SHORT, [4] = LIE_SET_LONG};
    *out = (struct told_lie){.lie = set[f->width], .at = f->at};
    return peer_value_of(v, f, peer_get(pdu, f->at, f->width, false), &out->value);
}

static void change_pairs(struct sweep *s, const struct peer_field *a, const struct peer_field *b)
{
    const uint8_t *pdu = s->honest->bytes[s->pdu];
    struct change c = {.field = FIELD_PAIR, .told.count = 2};
    for (c.class = 0; c.class < PEER_VALUES; c.class ++)
        for (enum peer_value w = 0; w < PEER_VALUES; w++)
            if (set_field(pdu, a, c.class, &c.told.lies[0]) &&
                set_field(pdu, b, w, &c.told.lies[1]))
                try(s, &c);
}

static void change_fields(struct sweep *s)
{
    static struct peer_field fields[PEER_FIELDS_MOST];
    const uint8_t *pdu = s->honest->bytes[s->pdu];
    unsigned count = peer_fields(pdu, s->honest->sizes[s->pdu], fields);
    for (unsigned f = 0; f < count; f++) {
        struct change c = {.field = fields[f].name, .told.count = 1};
        for (c.class = 0; c.class < PEER_VALUES; c.class ++)
            if (set_field(pdu, &fields[f], c.class, &c.told.lies[0]))
                try(s, &c);
    }
    for (unsigned f = 0; f < count && s->watch->pairs; f++)
        for (unsigned g = f + 1; g < count; g++)
            if (peer_field_binds(&fields[f]) && peer_field_binds(&fields[g]))
                change_pairs(s, &fields[f], &fields[g]);
}

/* Elements are added behind the `before` first ones, or taken away; the counts say so, and what
   follows is where it belongs. */
static void change_array(struct sweep *s, const struct reply_array *a, size_t before, int by,
                         uint32_t filled_with)
{
    const size_t stub = PEER_REQUEST_HEADER, length = a->length + (size_t)by;
    const size_t bytes = (size_t)(by < 0 ? -by : by) * a->width;
    struct change c = {.field = by < 0 ? "(elements less)" : "(elements more)"};
    struct told_lie *l = c.told.lies;
    for (unsigned i = 0; i < a->counts; i++)
        *l++ = (struct told_lie){LIE_SET_LONG, false, stub + a->count_at[i], (uint32_t)length};
    *l++ = (struct told_lie){by < 0 ? LIE_DELETE : LIE_INSERT, true,
                             stub + a->at + before * a->width, (uint32_t)bytes | filled_with << 8};
    const size_t padding = -(length * a->width) & 3, was = -(a->length * a->width) & 3;
    if (padding != was)
        *l++ = (struct told_lie){padding < was ? LIE_DELETE : LIE_INSERT, true,
                                 stub + a->at + length * a->width,
                                 (uint32_t)(padding < was ? was - padding : padding - was)};
    c.told.count = (size_t)(l - c.told.lies);
    try(s, &c);
}

/* What a reply holds is of another length, or other elements. */
static void change_reply(struct sweep *s)
{
    enum { AT_MOST = 3, PLACES = 100 };
    struct reply_array a;
    if (!client_reply_is_whole(s->honest, s->pdu) || !client_reply_array(s->honest, s->pdu, &a))
        return;
    for (size_t back = 0; back <= a.length && back <= PLACES; back++)
        for (int by = 1; by <= AT_MOST; by++) {
            change_array(s, &a, a.length - back, by, 0);
            change_array(s, &a, a.length - back, by, 'a');
            if (back >= (size_t)by)
                change_array(s, &a, a.length - back, -by, 0);
        }
    for (size_t i = 0; i < a.length && i < PLACES; i++)
        for (unsigned is_nul = 0; is_nul < 2; is_nul++)
            try(s, &(struct change){
                       .field = "(another element)",
                       .told = {1,
                                {{a.width == 1 ? LIE_SET_BYTE : LIE_SET_SHORT, false,
                                  PEER_REQUEST_HEADER + a.at + i * a.width, is_nul ? 0 : 'a'}}}});
}

static void turn(struct sweep *s, uint32_t code)
{
    struct change c = {.field = "(in the other byte order)"};
    if (client_lie_turned(s->honest->bytes[s->pdu], code, &c.told))
        try(s, &c);
}

static void set_code(struct sweep *s, const char *field, enum client_lie set, size_t at,
                     uint32_t value)
{
    try(s, &(struct change){.field = field, .told = {1, {{set, false, at, value}}}});
}

/* Each status of a fault that the contract names, and those beside it; each reason to refuse. */
static void change_codes(struct sweep *s)
{
    enum { REASONS = 12, RESULTS = 5, AT_REASON = 16, AT_STATUS = 24 };
    static struct peer_field fields[PEER_FIELDS_MOST];
    const uint8_t *pdu = s->honest->bytes[s->pdu];
    unsigned count = peer_fields(pdu, s->honest->sizes[s->pdu], fields);
    uint32_t status;
    for (unsigned i = 0; pdu[2] == PEER_FAULT_PDU && allowed_status(i, &status); i++)
        for (uint32_t beside = 0; beside < 3; beside++) {
            set_code(s, "(each status)", LIE_SET_LONG, AT_STATUS, status - 1 + beside);
            turn(s, status - 1 + beside);
        }
    for (uint32_t i = 0; pdu[2] == PEER_BIND_NAK_PDU && i < REASONS; i++) {
        set_code(s, "(each reason)", LIE_SET_SHORT, AT_REASON, i);
        turn(s, i);
    }
    for (unsigned f = 0; f < count; f++)
        for (uint32_t i = 0; strcmp(fields[f].name, "result") == 0 && i < RESULTS * REASONS; i++)
            set_code(s, "(result and reason)", LIE_SET_LONG, fields[f].at,
                     i % RESULTS | i / RESULTS << 16);
}

static void change_pdu(struct sweep *s)
{
    enum { CUTS = 200 };
    const size_t n = s->honest->sizes[s->pdu];
    struct change c = {.field = "(repeated)", .told = {1, {{.lie = LIE_TWICE}}}};
    try(s, &c);
    for (size_t cut = 0; cut < n && cut < CUTS; cut++) {
        c = (struct change){.field = "(cut off within)",
                            .told = {1, {{.lie = LIE_TRUNCATE, .at = cut}}}};
        try(s, &c);
        c.field = "(ends early)";
        c.told.lies[0].fit = true;
        if (cut >= PEER_PDU_HEADER)
            try(s, &c);
    }
    c.field = "(inserted before)";
    for (unsigned type = 0; type < LIE_TYPES; type++) {
        c.told = client_lie_inserted(s->honest->bytes[s->pdu], (uint8_t)type);
        try(s, &c);
    }
    c.field = "(with a trailer)";
    for (unsigned level = 0; level < LIE_LEVELS; level++)
        if (client_lie_trailer(n, (uint8_t)level, &c.told))
            try(s, &c);
}

void field_sweep_client(struct sweep_part part, struct field_totals *totals,
                        const struct field_watch *watch)
{
    static struct sweep s;
    s = (struct sweep){.part = part, .totals = totals, .watch = watch};
    for (s.program = 0; s.program < CLIENT_PROGRAMS; s.program++) {
        s.honest = wire_input_honest(s.program);
        totals->conversations++;
        for (s.pdu = 0; s.pdu < s.honest->count; s.pdu++) {
            totals->pdus++;
            change_fields(&s);
            change_pdu(&s);
            change_codes(&s);
            change_reply(&s);
        }
    }
}
