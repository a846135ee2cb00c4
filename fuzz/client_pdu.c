/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Raw bytes as the server's answers: fuzz_client_pdu, and the texts of its corpus.
 *
 * The first byte picks what the client does; then come records, a 16-bit length and that many
 * bytes: one record is the answer to one send() of the client. When they run out the server closes.
 *
 * Judged as any program (run.h), but for what only an honest server can promise.
 */
#include "wire_input.h"

#include "client_programs.h"
#include "driver.h"
#include "program_text.h"
#include "run.h"
#include "scene.h"

#include <string.h>

/* What is left of the records. */
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

static const struct net_service liar = {NULL, accepted, answer, peer_closed};

const struct program *wire_input_to_client(const uint8_t *data, size_t size,
                                           struct run_report *report)
{
    static struct program parsed[CLIENT_PROGRAMS];
    static bool ready;
    for (size_t i = 0; i < CLIENT_PROGRAMS && !ready; i++) {
        struct program_error error;
        if (!program_parse(&parsed[i], client_programs[i], strlen(client_programs[i]), &error))
            driver_finding("program", error.expected);
    }
    ready = true;
    if (size < 1)
        return NULL;
    answers.data = data + 1;
    answers.size = size - 1;
    const struct program *p = &parsed[data[0] % CLIENT_PROGRAMS];
    run_program_against(p, &liar, report);
    return p;
}
