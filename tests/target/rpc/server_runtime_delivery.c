/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's answers do not depend on how the transport cuts the bytes.
 */
#include "tests/support/server_scene.h"
#include "tests/support/test.h"

/* All answers, and the resources left. */
struct outcome {
    uint8_t *bytes; /* owned */
    size_t length;
    unsigned managers;
    bool finished;
};

static void put_association(struct server_wire *w)
{
    static uint8_t stub[6000];
    wire_bind(w, BIND, 1, 4280, 4280, 0, 2);
    wire_context(w, 0, &cups, &ndr20);
    wire_context(w, 1, &nobody, &ndr20);
    wire_end(w);
    wire_request(w, 2, 0, CREATE, NULL, 0);
    wire_request(w, 3, 0, ADD, "\1\0\0\0\2\0\0\0", 8);
    wire_bind(w, ALTER_CONTEXT, 4, 4280, 4280, 0, 1);
    wire_context(w, 1, &plates, &ndr20);
    wire_end(w);
    wire_empty(w, CO_CANCEL, 3);
    wire_fragment(w, FIRST, 5, 1, ECHO, stub, 4000);
    wire_fragment(w, 0, 5, 1, ECHO, stub, 4000);
    wire_empty(w, ORPHANED, 5);
    wire_fragment(w, LAST, 5, 1, ECHO, "end", 3);
    wire_fragment(w, FIRST, 6, 0, OPERATIONS, stub, 16);
    wire_fragment(w, LAST, 6, 0, OPERATIONS, stub, 16);
    wire_request(w, 7, 9, ECHO, stub, 16);
    wire_request(w, 8, 0, FILL, "\0\2\1\0", 4);
    w->big_endian = true;
    wire_request(w, 9, 0, ADD, "\0\0\0\1\0\0\0\2", 8);
    wire_request(w, 10, 0, WHO, NULL, 0);
}

static void put_breach(struct server_wire *w)
{
    wire_empty(w, BIND_ACK, 11);
    wire_request(w, 12, 0, ECHO, "x", 1);
}

/* Delivers `w` in parts of `part` bytes, and sends what waits in parts of `sent`, as soon
   as it can. */
static struct outcome run(const struct server_wire *w, size_t part, size_t sent)
{
    struct outcome o = {0};
    struct server_wire out = {0};
    server_scene_open(&rpc_server_default_limits, true);
    struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
    for (size_t done = 0; done < w->length; done += part) {
        size_t left = w->length - done;
        /* A copy of exactly that size, so that a sanitizer sees one byte too many. */
        size_t n = left < part ? left : part, waiting;
        uint8_t *copy = malloc(n);
        assert_non_null(copy);
        memcpy(copy, w->data + done, n);
        rpc_connection_receive(c, copy, n);
        free(copy);
        while ((waiting = output_length(c)) > 0) {
            size_t now = waiting < sent ? waiting : sent;
            wire_bytes(&out, rpc_connection_output(c, &waiting), now);
            rpc_connection_sent(c, now);
        }
    }
    o.bytes = out.data;
    o.length = out.length;
    o.managers = server_scene.managers;
    o.finished = rpc_connection_is_finished(c);
    rpc_connection_destroy(c);
    assert_int_equal(server_scene.created, server_scene.rundowns);
    rpc_server_destroy(server_scene.server);
    return o;
}

static void expect_same_outcomes(const struct server_wire *w, bool finished)
{
    static const size_t parts[][2] = {{1, 13},  {1, 65536}, {2, 65536},   {3, 7},
                                      {15, 16}, {17, 1000}, {4096, 4096}, {65536, 11}};
    struct outcome whole = run(w, w->length, SIZE_MAX);
    assert_true(whole.length > 1000);
    assert_true(whole.managers > 0);
    assert_int_equal(whole.finished, finished);
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct outcome o = run(w, parts[i][0], parts[i][1]);
        assert_int_equal(o.length, whole.length);
        assert_memory_equal(o.bytes, whole.bytes, o.length);
        assert_int_equal(o.managers, whole.managers);
        assert_int_equal(o.finished, finished);
        free(o.bytes);
    }
    free(whole.bytes);
}

TEST(bytes_in_any_parts_get_the_same_answers)
{
    struct server_wire w = {0};
    put_association(&w);
    expect_same_outcomes(&w, false);
    free(w.data);
}

TEST(breach_in_any_parts_gets_the_same_answers)
{
    struct server_wire w = {0};
    put_association(&w);
    put_breach(&w);
    expect_same_outcomes(&w, true);
    free(w.data);
}

/* A peer may go at any time: whatever had come is given back. */
TEST(connection_may_be_lost_after_any_byte)
{
    struct server_wire w = {0};
    put_association(&w);
    put_breach(&w);
    for (size_t n = 0; n <= w.length; n += n < 400 ? 1 : 61) {
        server_scene_open(&rpc_server_default_limits, true);
        struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
        rpc_connection_receive(c, w.data, n);
        rpc_connection_destroy(c);
        assert_int_equal(server_scene.created, server_scene.rundowns);
        struct rpc_server_counts counts = rpc_server_inspect(server_scene.server);
        assert_int_equal(counts.connections, 0);
        assert_int_equal(counts.groups, 0);
        assert_int_equal(counts.context_handles, 0);
        rpc_server_destroy(server_scene.server);
    }
    free(w.data);
}
