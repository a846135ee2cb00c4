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
 *     1    the change (bits 0-2, enum lie); whether frag_length is corrected afterwards (bit 7)
 *     2-3  at which offset, modulo the PDU's length
 *     4-7  with which value
 *
 * Judged like any program (run.h), except for rules that only an honest server can keep.
 */
#include "wire_input.h"

#include "client_programs.h"
#include "driver.h"
#include "fuzz/peer/peer.h"
#include "fuzz/program/program_text.h"
#include "fuzz/run/run.h"
#include "fuzz/scene/scene.h"
#include "fuzz/scene/service.h"

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

enum lie { SET_BYTE, FLIP, SET_SHORT, SET_LONG, INSERT, DELETE, TRUNCATE, TWICE };
enum { HONEST_SERVER = 0x80, LIE_BYTES = 8, FIT_LENGTH = 0x80, HEADER = 16 };

static struct {
    const uint8_t *data;
    size_t size;
    uint8_t pdu; /* the next one of the server */
} lies;

static void set(uint8_t *pdu, size_t n, size_t at, uint32_t value, unsigned width)
{
    for (unsigned i = 0; i < width && at + i < n; i++)
        pdu[at + i] = (uint8_t)(value >> 8 * i);
}

static size_t tell_lie(const uint8_t *lie, uint8_t *pdu, size_t n, size_t capacity)
{
    size_t at = n > 0 ? peer_get(lie, 2, 2, false) % n : 0;
    uint32_t value = peer_get(lie, 4, 4, false);
    size_t part = value & 0xff;
    switch ((enum lie)(lie[1] & 7)) {
    case SET_BYTE:
        set(pdu, n, at, value, 1);
        break;
    case FLIP:
        set(pdu, n, at, n > 0 ? pdu[at] ^ value : 0, 1);
        break;
    case SET_SHORT:
        set(pdu, n, at, value, 2);
        break;
    case SET_LONG:
        set(pdu, n, at, value, 4);
        break;
    case INSERT:
        if (part > capacity - n)
            break;
        memmove(pdu + at + part, pdu + at, n - at);
        memset(pdu + at, (int)(value >> 8 & 0xff), part);
        n += part;
        break;
    case DELETE:
        if (part > n - at)
            part = n - at;
        memmove(pdu + at, pdu + at + part, n - at - part);
        n -= part;
        break;
    case TRUNCATE:
        n = at;
        break;
    case TWICE:
        if (n > capacity - n)
            break;
        memcpy(pdu + n, pdu, n);
        return 2 * n;
    }
    if ((lie[1] & FIT_LENGTH) && n >= HEADER)
        set(pdu, n, 8, (uint32_t)n, 2);
    return n;
}

static size_t lie_about(uint8_t *pdu, size_t n, size_t capacity)
{
    for (size_t at = 0; at + LIE_BYTES <= lies.size; at += LIE_BYTES)
        if (lies.data[at] == lies.pdu)
            n = tell_lie(lies.data + at, pdu, n, capacity);
    lies.pdu++;
    return n;
}

/* Programs ------------------------------------------------------------------------------------ */

static const struct net_service liar = {NULL, accepted, answer, peer_closed};

/* One-time work is done before the first input, because an engine needs all runs to be alike. */
static const struct program *get_ready(struct run_report *report)
{
    static struct program parsed[CLIENT_PROGRAMS];
    static bool ready;
    if (ready)
        return parsed;
    ready = true;
    for (size_t i = 0; i < CLIENT_PROGRAMS; i++) {
        struct program_error error;
        if (!program_parse(&parsed[i], client_programs[i], strlen(client_programs[i]), &error))
            driver_finding(VERDICT_PROGRAM, "", error.expected);
        run_program(&parsed[i], &(struct run_options){.distrust = true}, report);
    }
    return parsed;
}

const struct program *wire_input_to_client(const uint8_t *data, size_t size,
                                           const struct run_options *options,
                                           struct run_report *report)
{
    struct run_options run = *options;
    const struct program *programs = get_ready(report);
    if (size < 1)
        return NULL;
    answers.data = data + 1;
    answers.size = size - 1;
    const struct program *p = &programs[(data[0] & ~HONEST_SERVER) % CLIENT_PROGRAMS];
    if (data[0] & HONEST_SERVER) {
        lies.data = answers.data;
        lies.size = answers.size;
        lies.pdu = 0;
        service_set_liar(lie_about);
        run.distrust = true;
        run_program(p, &run, report);
        service_set_liar(NULL);
    } else {
        run.service = &liar;
        run_program(p, &run, report);
    }
    return p;
}
