/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that says much, but no answer: PDUs that a client ignores, so that it never has to wait.
 * They do not move the deadline, and nobody reads on behind it. The clock is the test's, so that
 * neither a fast machine nor a slow one decides.
 */
#include "tests/support/canned_binding.h"
#include "tests/support/test.h"

#include "faults/world/clock.h"
#include "faults/world/net.h"
#include "faults/world/world.h"

enum { TIMEOUT_MS = 1000, FEW = 3, MANY = 4000 /* far more than one recv() takes */ };

static const struct rpc_endpoint endpoint = {.transport = RPC_NCALRPC, .path = "/babble"};

/* Before the answer to which call; how much; and what the clock says when it has all arrived. */
static struct babble {
    uint32_t call;
    size_t pdus;
    uint64_t takes_ms;
    uint32_t calls_heard;
    struct net_stream *stream;
} babble;

static void *accepted(void *context, struct net_stream *stream)
{
    struct babble *b = context;
    b->stream = stream;
    return b;
}

static void received(void *connection, const void *bytes, size_t n)
{
    static const uint8_t shutdown[] = {5, 0, 0x11, 3, 0x10, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0};
    struct babble *b = connection;
    (void)bytes, (void)n;
    if (++b->calls_heard == b->call) {
        for (size_t i = 0; i < b->pdus; i++)
            net_stream_write(b->stream, shutdown, sizeof shutdown);
        clock_advance_ms(b->takes_ms);
    }
    struct bytes answer =
        b->calls_heard == 1
            ? from_hex(BIND_ACK)
            : one_fragment(RESPONSE_TO(b->calls_heard, .flags = ONLY, .stub_length = 7));
    net_stream_write(b->stream, answer.data, answer.length);
    bytes_free(&answer);
}

static void peer_closed(void *connection)
{
    (void)connection;
}

/* What opening a binding and its first call come to, whichever fails first. */
static uint32_t outcome(struct babble what)
{
    static const struct net_service service = {&babble, accepted, received, peer_closed};
    struct rpc_binding *b;
    size_t length = 0;
    babble = what;
    world_reset();
    assert_true(net_listen_local(endpoint.path, &service));
    uint32_t code = rpc_binding_open(&endpoint, &answers_interface, NULL, TIMEOUT_MS, &b);
    if (code != 0)
        return code;
    code = call(b, 4, &length);
    if (code == 0)
        assert_int_equal(length, 7);
    else
        assert_lost(b);
    rpc_binding_close(b);
    return code;
}

TEST(babble_before_the_deadline_is_read_past)
{
    for (uint32_t call = 1; call <= 2; call++)
        assert_int_equal(
            outcome((struct babble){.call = call, .pdus = MANY, .takes_ms = TIMEOUT_MS - 1}), 0);
}

/* contract: time.deadline */
TEST(babble_ends_at_the_deadline)
{
    assert_int_equal(outcome((struct babble){.call = 1, .pdus = MANY, .takes_ms = TIMEOUT_MS}),
                     RPC_S_CALL_FAILED_DNE);
    assert_int_equal(outcome((struct babble){.call = 2, .pdus = MANY, .takes_ms = TIMEOUT_MS}),
                     RPC_S_CALL_FAILED);
}

/* What has arrived in one piece with the answer was there. */
TEST(answer_that_is_there_is_taken)
{
    for (uint32_t call = 1; call <= 2; call++)
        assert_int_equal(
            outcome((struct babble){.call = call, .pdus = FEW, .takes_ms = TIMEOUT_MS}), 0);
}
