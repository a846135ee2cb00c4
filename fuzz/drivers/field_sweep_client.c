/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sweep of what the server sends: each change is an input of fuzz_client_pdu, one lie about one
 * PDU, so the input of a finding can be replayed.
 */
#include "client_lies.h"
#include "client_programs.h"
#include "field_sweep.h"
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
        }
    }
}
