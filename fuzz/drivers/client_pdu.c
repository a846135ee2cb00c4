/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests the client against a hostile server: fuzz_client_pdu, and the texts of its corpus.
 *
 * The first byte selects the client's program. Then follow records, a 16-bit length and that many
 * bytes: one record is the answer to one send() of the client. After the last record the server
 * closes. With bit 7 of the first byte the real server answers, and the records change its answers,
 * 8 bytes each:
 *
 *     0    which PDU of the server, from 0
 *     1    the change (bits 0-2, enum client_lie); whether frag_length is corrected afterwards (bit
 * 7) 2-3  at which offset, modulo the PDU's length 4-7  with which value
 *
 * Judged like any program (run.h), except for rules that only an honest server can keep; and one
 * lie about one PDU by what the client must make of it (client_rules.h).
 */
#include "wire_input.h"

#include "client_lies.h"
#include "client_programs.h"
#include "client_rules.h"
#include "driver.h"
#include "fuzz/peer/peer.h"
#include "fuzz/program/program_text.h"
#include "fuzz/run/run.h"
#include "fuzz/scene/scene.h"
#include "fuzz/scene/service.h"

#include <stdlib.h>
#include <string.h>

/* The remaining records. */
static struct {
    const uint8_t *data;
    size_t size;
} answers;

static void *accepted(void *context, struct net_stream *stream)
{
    (void)context;
    return stream;
}

static void answer(void *connection, const void *bytes, size_t n)
{
    (void)bytes, (void)n;
    struct net_stream *stream = connection;
    if (answers.size < 2) {
        net_stream_close(stream);
        return;
    }
    size_t length = (size_t)answers.data[0] | (size_t)answers.data[1] << 8;
    if (length > answers.size - 2)
        length = answers.size - 2;
    net_stream_write(stream, answers.data + 2, length);
    answers.data += 2 + length;
    answers.size -= 2 + length;
}

static void peer_closed(void *connection)
{
    (void)connection;
}

/* Lies ---------------------------------------------------------------------------------------- */

static struct {
    const uint8_t *data;
    size_t size;
    uint8_t pdu; /* the next one of the server */
} lies;

static size_t lie_about(uint8_t *pdu, size_t n, size_t capacity)
{
    for (size_t at = 0; at + LIE_BYTES <= lies.size; at += LIE_BYTES)
        if (lies.data[at] == lies.pdu)
            n = client_lie_tell(lies.data + at, pdu, n, capacity);
    lies.pdu++;
    return n;
}

/* Programs ------------------------------------------------------------------------------------ */

static const struct net_service liar = {NULL, accepted, answer, peer_closed};

static struct {
    bool are_ready;
    struct program parsed[CLIENT_PROGRAMS];
    struct honest_server honest[CLIENT_PROGRAMS];
} programs;

/* What the server sends while the programs are made ready. */
static struct honest_server *noted;

static size_t note(uint8_t *pdu, size_t n, size_t capacity)
{
    (void)capacity;
    if (noted->count == HONEST_PDUS_MOST)
        return n;
    uint8_t *copy = malloc(n + 1);
    if (copy == NULL)
        abort();
    memcpy(copy, pdu, n);
    noted->bytes[noted->count] = copy;
    noted->calls[noted->count] = (size_t)run_current()->call;
    noted->sizes[noted->count++] = n;
    return n;
}

/* One-time work is done before the first input, because an engine needs all runs to be alike. */
static void get_ready(struct run_report *report)
{
    if (programs.are_ready)
        return;
    programs.are_ready = true;
    for (size_t i = 0; i < CLIENT_PROGRAMS; i++) {
        struct program_error error;
        if (!program_parse(&programs.parsed[i], client_programs[i], strlen(client_programs[i]),
                           &error))
            driver_finding(VERDICT_PROGRAM, "", error.expected);
        noted = &programs.honest[i];
        service_set_liar(note);
        run_program(&programs.parsed[i], &(struct run_options){.distrust = true}, report);
        service_set_liar(NULL);
        noted->program = &programs.parsed[i];
        noted->call_count = report->call_count;
        memcpy(noted->results, report->results, report->call_count * sizeof *report->results);
    }
}

const struct honest_server *wire_input_honest(unsigned program)
{
    static struct run_report report;
    get_ready(&report);
    return &programs.honest[program];
}

const struct program *wire_input_to_client(const uint8_t *data, size_t size,
                                           const struct run_options *options,
                                           struct run_report *report)
{
    struct run_options run = *options;
    if (size < 1)
        return NULL;
    get_ready(report);
    answers.data = data + 1;
    answers.size = size - 1;
    const unsigned number = (data[0] & ~CLIENT_HONEST_SERVER) % CLIENT_PROGRAMS;
    const struct program *p = &programs.parsed[number];
    if (data[0] & CLIENT_HONEST_SERVER) {
        lies.data = answers.data;
        lies.size = answers.size;
        lies.pdu = 0;
        service_set_liar(lie_about);
        run.distrust = true;
        run_program(p, &run, report);
        service_set_liar(NULL);
        /* A fault changes results, too. */
        if (options->arm == NULL && !report->finding)
            client_rules_judge(&programs.honest[number], data + 1, size - 1, report);
    } else {
        run.service = &liar;
        run_program(p, &run, report);
    }
    return p;
}
