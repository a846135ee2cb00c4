/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sweep of what the server sends: each change is an input of fuzz_client_pdu, one lie about one
 * PDU, so the input of a finding can be replayed. client_rules.h says what the client must make of
 * it.
 */
#include "client_programs.h"
#include "client_rules.h"
#include "field_sweep.h"
#include "fuzz/peer/pdu.h"
#include "fuzz/program/codes.h"
#include "fuzz/program/program_text.h"
#include "fuzz/scene/service.h"
#include "wire_input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PDUS_MOST = 64, PDU_BYTES = 1 << 16 };
/* As client_pdu.c reads them. */
enum lie { SET_BYTE = 0, SET_SHORT = 2, SET_LONG = 3, DELETE = 5, TRUNCATE = 6, TWICE = 7 };
enum { HONEST_SERVER = 0x80, FIT_LENGTH = 0x80 };

/* What the server sends while a program runs. */
static struct {
    unsigned count;
    size_t sizes[PDUS_MOST];
    uint8_t *bytes[PDUS_MOST];
} honest;

static size_t note(uint8_t *pdu, size_t n, size_t capacity)
{
    (void)capacity;
    if (honest.count < PDUS_MOST) {
        uint8_t *copy = malloc(n + 1);
        if (copy == NULL)
            abort();
        memcpy(copy, pdu, n);
        honest.bytes[honest.count] = copy;
        honest.sizes[honest.count++] = n;
    }
    return n;
}

struct sweep {
    struct sweep_part part;
    struct field_totals *totals;
    const struct field_watch *watch;
    uint64_t number;
    unsigned program, pdu;
    char change[160];  /* in words, */
    uint8_t input[16]; /* and for the driver */
    struct run_report base, report;
};

/* Where a PDU stands in its answer. */
static const char *position_of(const uint8_t *pdu)
{
    static const char *const names[] = {"middle", "first", "last", "whole"};
    return names[pdu[3] & (PEER_FIRST | PEER_LAST)];
}

static void try(struct sweep *s, const char *field, enum peer_value v, enum lie lie, bool fit,
                size_t at, uint32_t value)
{
    const uint8_t *pdu = honest.bytes[s->pdu];
    const uint8_t input[] = {(uint8_t)(HONEST_SERVER | s->program),
                             (uint8_t)s->pdu,
                             (uint8_t)(lie | (fit ? FIT_LENGTH : 0)),
                             (uint8_t)at,
                             (uint8_t)(at >> 8),
                             (uint8_t)value,
                             (uint8_t)(value >> 8),
                             (uint8_t)(value >> 16),
                             (uint8_t)(value >> 24)};
    memcpy(s->input, input, sizeof input);
    const struct field_run run = {s->number++, "client_pdu", s->change, s->input, sizeof input};
    if (run.number % s->part.of != s->part.slice)
        return;
    snprintf(s->change, sizeof s->change, "PDU %u to the client, %s (%s): %s, %s", s->pdu + 1,
             peer_type_name(pdu[2]), position_of(pdu), field,
             field[0] == '(' ? "" : peer_value_name(v));
    if (!s->watch->begin(&run, s->watch->context))
        return;
    wire_input_to_client(input, sizeof input, &(struct run_options){0}, &s->report);
    field_cell(s->totals, false, peer_type_name(pdu[2]), position_of(pdu), field)->runs[v]++;
    s->totals->runs++;
    if (!s->report.finding) {
        const char *wrong = client_rule_broken(pdu, field, value, &s->base, &s->report);
        if (wrong != NULL)
            report_find(&s->report, -1, VERDICT_WRONG_ANSWER, "%s", wrong);
    }
    if (!s->report.finding)
        return;
    s->totals->findings++;
    s->watch->found(&s->report, &run, s->watch->context);
}

static void sweep_pdu(struct sweep *s)
{
    static struct peer_field fields[PEER_FIELDS_MOST];
    static const enum lie set[] = {[1] = SET_BYTE, [2] = SET_SHORT, [4] = SET_LONG};
    const uint8_t *pdu = honest.bytes[s->pdu];
    const size_t n = honest.sizes[s->pdu];
    unsigned count = peer_fields(pdu, n, fields);
    uint32_t value;
    for (unsigned f = 0; f < count; f++)
        for (enum peer_value v = 0; v < PEER_VALUES; v++)
            if (peer_value_of(v, &fields[f], peer_get(pdu, fields[f].at, fields[f].width, false),
                              &value))
                try(s, fields[f].name, v, set[fields[f].width], false, fields[f].at, value);
    try(s, "(repeated)", PEER_VALUE_ZERO, TWICE, false, 0, 0);
    for (size_t cut = 0; cut < n && cut < 200; cut++) {
        try(s, "(cut off within)", PEER_VALUE_ZERO, TRUNCATE, false, cut, 0);
        if (cut >= PEER_PDU_HEADER)
            try(s, "(ends early)", PEER_VALUE_ZERO, TRUNCATE, true, cut, 0);
    }
}

void field_sweep_client(struct sweep_part part, struct field_totals *totals,
                        const struct field_watch *watch)
{
    static struct sweep s;
    s = (struct sweep){.part = part, .totals = totals, .watch = watch};
    for (s.program = 0; s.program < CLIENT_PROGRAMS; s.program++) {
        const uint8_t nothing[] = {(uint8_t)(HONEST_SERVER | s.program)};
        static struct program program;
        struct program_error error;
        if (!program_parse(&program, client_programs[s.program], strlen(client_programs[s.program]),
                           &error))
            abort();
        wire_input_to_client(nothing, sizeof nothing, &(struct run_options){0}, &s.base);
        honest.count = 0;
        service_set_liar(note);
        run_program(&program, &(struct run_options){.distrust = true}, &s.report);
        service_set_liar(NULL);
        totals->conversations++;
        for (s.pdu = 0; s.pdu < honest.count; s.pdu++) {
            totals->pdus++;
            sweep_pdu(&s);
        }
        for (unsigned i = 0; i < honest.count; i++)
            free(honest.bytes[i]);
    }
}
