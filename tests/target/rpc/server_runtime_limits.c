/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a peer can make the server hold: stubs, contexts, handles, waiting output.
 */
#include "tests/support/server_scene.h"
#include "tests/support/test.h"

AROUND_EACH_TEST(server_scene_set_up, server_scene_tear_down);

enum { MEBIBYTE = 1 << 20, MAX_STUB = 4 * MEBIBYTE };

/* Replaces the scene's server by one with these limits. */
static void reopen(const struct rpc_server_limits *limits)
{
    rpc_server_destroy(server_scene.server);
    server_scene_open(limits, true);
}

/* Takes a whole reply, judging its fragments, and returns its stub; the caller frees it. */
static uint8_t *take_reply(struct rpc_connection *c, uint32_t call_id, size_t max_fragment,
                           size_t expected, unsigned *out_fragments)
{
    uint8_t *stub = malloc(expected + 1);
    size_t length = 0;
    unsigned flags = 0;
    assert_non_null(stub);
    for (*out_fragments = 0; !(flags & LAST); ++*out_fragments) {
        const struct answer *a = take_answer(c);
        flags = a->flags;
        size_t n = a->length - 24;
        assert_int_equal(a->type, RESPONSE);
        assert_int_equal(a->call_id, call_id);
        assert_true(a->length <= max_fragment);
        assert_int_equal(flags & ~(unsigned)LAST, *out_fragments == 0 ? FIRST : 0);
        assert_true((flags & LAST) || n % 8 == 0); /* keeps the alignment of NDR */
        assert_int_equal(read_u32(a->bytes + 16), expected - length); /* alloc_hint: what is left */
        assert_true(n <= expected - length);
        memcpy(stub + length, a->bytes + 24, n);
        length += n;
    }
    assert_int_equal(length, expected);
    return stub;
}

TEST(long_reply_comes_in_fragments_of_the_agreed_size)
{
    /* 2048 - 24 = 2024 bytes of stub, which is a multiple of 8 */
    static const struct {
        uint32_t stub;
        unsigned fragments;
    } cases[] = {{0, 1}, {1, 1}, {2024, 1}, {2025, 2}, {4048, 2}, {4049, 3}, {100000, 50}};
    struct rpc_connection *c = server_scene_connect(RPC_NCACN_IP_TCP);
    bind_in_group(c, 2048, 0);
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t n = cases[i].stub;
        unsigned fragments;
        const uint8_t stub[] = {(uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), 0};
        send_call(c, 2 + i, 0, FILL, stub, 4);
        uint8_t *filled = take_reply(c, 2 + i, 2048, n, &fragments);
        assert_int_equal(fragments, cases[i].fragments);
        for (uint32_t j = 0; j < n; j++)
            assert_int_equal(filled[j], (uint8_t)j);
        free(filled);
    }
    rpc_connection_destroy(c);
}

/* All that is reserved for it counts. */
TEST(reply_of_4_mebibytes_is_the_longest)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    send_call(c, 2, 0, FILL, "\xf9\xff\x3f\0", 4);
    expect_fault(c, 2, 0, no_memory, 0);
    send_call(c, 3, 0, FILL, "\xf8\xff\x3f\0", 4);
    assert_int_equal(take_answer(c)->type, RESPONSE);
    rpc_connection_destroy(c);
}

/* A call of that many bytes of stub, in fragments, to ECHO. */
static void put_long_call(struct server_wire *w, uint32_t call_id, size_t length, size_t part)
{
    static uint8_t bytes[65536];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 31);
    for (size_t done = 0; done < length; done += part) {
        size_t n = length - done < part ? length - done : part;
        unsigned flags = (done == 0 ? FIRST : 0u) | (done + n == length ? LAST : 0u);
        wire_fragment_hint(w, flags, call_id, 0, ECHO, 0, bytes, n);
    }
}

TEST(stub_of_4_mebibytes_is_served)
{
    unsigned fragments;
    struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
    struct server_wire w = {0};
    bind_in_group(c, 65528, 0);
    put_long_call(&w, 2, MAX_STUB, 65504);
    deliver(c, &w);
    assert_int_equal(server_scene.managers, 1);
    uint8_t *stub = take_reply(c, 2, 65528, MAX_STUB, &fragments);
    assert_int_equal(fragments, 65);
    for (size_t i = 0; i < MAX_STUB; i += 4097)
        assert_int_equal(stub[i], (uint8_t)(i % 65504 * 31));
    free(stub);
    expect_service(c, 3);
    rpc_connection_destroy(c);
}

/* [MS-RPCE] 3.3.3.5.4 */
TEST(stub_of_4_mebibytes_and_one_byte_is_denied_and_ends_the_connection)
{
    static const size_t lengths[] = {MAX_STUB + 1, 2 * MAX_STUB};
    for (unsigned i = 0; i < 2; i++) {
        struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
        struct server_wire w = {0};
        bind_in_group(c, 65528, 0);
        put_long_call(&w, 2, lengths[i], 65504);
        deliver(c, &w);
        expect_last_fault(c, 2, 0, 5, 0);
        rpc_connection_destroy(c);
    }
    assert_int_equal(server_scene.managers, 0);
}

TEST(alloc_hint_is_believed_only_on_the_first_of_several_fragments)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_fragment_hint(&w, WHOLE, 2, 0, ECHO, 0xffffffff, "x", 1);
    deliver(c, &w);
    expect_response(c, 2, 0, "x", 1);
    wire_fragment_hint(&w, WHOLE, 3, 0, ECHO, 1, "less", 4);
    deliver(c, &w);
    expect_response(c, 3, 0, "less", 4);
    wire_fragment_hint(&w, FIRST, 4, 0, ECHO, MAX_STUB, "x", 1);
    wire_fragment_hint(&w, LAST, 4, 0, ECHO, 0xffffffff, "y", 1);
    deliver(c, &w);
    expect_response(c, 4, 0, "xy", 2);
    wire_fragment_hint(&w, FIRST, 5, 1, ECHO, MAX_STUB + 1, "x", 1);
    deliver(c, &w);
    expect_last_fault(c, 5, 1, 5, 0);
    rpc_connection_destroy(c);
}

TEST(requests_wait_while_more_than_the_high_water_mark_is_unsent)
{
    enum { CALLS = 20, STUB = 300, REPLY = STUB + 24, MARK = 1000 };
    static const uint8_t stub[STUB];
    struct rpc_server_limits limits = rpc_server_default_limits;
    limits.output_high_water = MARK;
    reopen(&limits);
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    for (uint32_t i = 0; i < CALLS; i++)
        wire_request(&w, 2 + i, 0, ECHO, stub, STUB);
    deliver(c, &w);
    assert_int_equal(server_scene.managers,
                     4); /* three replies are under the mark, the fourth is over */
    assert_false(rpc_connection_wants_input(c));
    rpc_connection_sent(c, 4 * REPLY - MARK - 1);
    assert_int_equal(server_scene.managers, 4);
    rpc_connection_sent(c, 1); /* at the mark */
    assert_int_equal(server_scene.managers, 5);
    while (output_length(c) > 0) {
        assert_true(output_length(c) <= MARK + REPLY);
        rpc_connection_sent(c, 1);
    }
    assert_int_equal(server_scene.managers, CALLS);
    expect_silence(c);
    rpc_connection_destroy(c);
}

TEST(high_water_mark_itself_is_not_above_it)
{
    struct rpc_server_limits limits = rpc_server_default_limits;
    for (unsigned short_of_it = 0; short_of_it < 2; short_of_it++) {
        limits.output_high_water = 24 + 1000 - short_of_it;
        reopen(&limits);
        struct rpc_connection *c = connect_bound(RPC_NCALRPC);
        send_call(c, 2, 0, FILL, "\xe8\x03\0\0", 4);
        assert_int_equal(output_length(c), 24 + 1000);
        assert_int_equal(rpc_connection_wants_input(c), short_of_it == 0);
        rpc_connection_destroy(c);
    }
}

TEST(protocol_error_waits_behind_the_high_water_mark)
{
    struct rpc_server_limits limits = rpc_server_default_limits;
    limits.output_high_water = 10;
    reopen(&limits);
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_request(&w, 2, 0, ECHO, "x", 1);
    wire_empty(&w, RESPONSE, 3);
    deliver(c, &w);
    expect_response(c, 2, 0, "x", 1);
    expect_protocol_error(c, 3);
    rpc_connection_destroy(c);
}

TEST(bind_of_too_many_contexts_is_refused)
{
    struct rpc_server_limits limits = rpc_server_default_limits;
    limits.max_contexts_per_bind = 3;
    reopen(&limits);
    for (unsigned n = 3; n <= 4; n++) {
        struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
        struct server_wire w = {0};
        wire_bind(&w, BIND, 1, 5840, 5840, 0, n);
        for (unsigned i = 0; i < n; i++)
            wire_context(&w, i, &cups, &ndr20);
        wire_end(&w);
        deliver(c, &w);
        if (n == 3)
            take_ack(c, BIND_ACK, 3);
        else
            expect_bind_nak(c, 1, 2);
        rpc_connection_destroy(c);
    }
}

TEST(alter_context_beyond_the_limit_of_a_connection_is_refused_in_the_ack)
{
    struct rpc_server_limits limits = rpc_server_default_limits;
    limits.max_contexts_per_connection = 3;
    reopen(&limits);
    struct rpc_connection *c = connect_bound(RPC_NCALRPC); /* two contexts */
    struct server_wire w = {0};
    wire_bind(&w, ALTER_CONTEXT, 2, 5840, 5840, 0, 2);
    wire_context(&w, 0, &cups, &ndr20); /* known: takes no room */
    wire_context(&w, 2, &plates, &ndr20);
    wire_end(&w);
    deliver(c, &w);
    const struct answer *a = take_ack(c, ALTER_CONTEXT_RESP, 2);
    expect_result(a, 0, 0, 0);
    expect_result(a, 1, 0, 0);
    wire_bind(&w, ALTER_CONTEXT, 3, 5840, 5840, 0, 1);
    wire_context(&w, 3, &cups, &ndr20);
    wire_end(&w);
    deliver(c, &w);
    expect_result(take_ack(c, ALTER_CONTEXT_RESP, 1), 0, 2, 3);
    expect_service(c, 4);
    rpc_connection_destroy(c);
}

/* The limit is the group's: a second connection finds it as full. */
TEST(handles_beyond_the_limit_of_a_group_are_not_made)
{
    struct rpc_server_limits limits = rpc_server_default_limits;
    limits.max_handles_per_group = 2;
    reopen(&limits);
    struct rpc_connection *a = server_scene_connect(RPC_NCALRPC),
                          *b = server_scene_connect(RPC_NCALRPC);
    uint8_t handle[20];
    bind_in_group(b, 5840, bind_in_group(a, 5840, 0));
    send_call(a, 2, 0, CREATE, NULL, 0);
    memcpy(handle, take_answer(a)->bytes + 24, 20);
    send_call(b, 2, 0, CREATE, NULL, 0);
    assert_int_equal(take_answer(b)->type, RESPONSE);
    send_call(a, 3, 0, CREATE, NULL, 0);
    expect_fault(a, 3, 0, no_memory, 0);
    send_call(b, 3, 0, CREATE, NULL, 0);
    expect_fault(b, 3, 0, no_memory, 0);
    send_call(b, 4, 0, CLOSE, handle, 20);
    take_answer(b);
    send_call(a, 4, 0, CREATE, NULL, 0);
    assert_int_equal(take_answer(a)->type, RESPONSE);
    rpc_connection_destroy(a);
    rpc_connection_destroy(b);
}
