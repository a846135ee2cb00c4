/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must not go wrong after something else did: leftovers of refused calls, statuses and handles
 * that must not be given out, memory that must be given back.
 */
#include "tests/support/server_scene.h"
#include "tests/support/test.h"

#include "target/rpc/server_internal.h"

AROUND_EACH_TEST(server_scene_set_up, server_scene_tear_down);

static void refuse_in_fragments(struct rpc_connection *c, uint32_t call_id)
{
    struct server_wire w = {0};
    wire_fragment(&w, FIRST, call_id, 0, OPERATIONS, "12345678", 8);
    wire_fragment(&w, LAST, call_id, 0, OPERATIONS, "12345678", 8);
    deliver(c, &w);
    expect_fault(c, call_id, 0, op_rng_error, DID_NOT_EXECUTE);
    expect_silence(c);
}

TEST(rest_of_a_refused_call_of_id_0_is_dropped)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    refuse_in_fragments(c, 0);
    expect_service(c, 1);
    rpc_connection_destroy(c);
}

TEST(rest_of_a_refused_call_of_a_lower_id_is_dropped)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    expect_service(c, 1000);
    refuse_in_fragments(c, 5);
    expect_service(c, 1001);
    rpc_connection_destroy(c);
}

/* [MS-RPCE] 3.3.3.5.1 */
TEST(status_that_a_fault_must_not_hold_becomes_unspecified)
{
    static const uint8_t statuses[][4] = {
        {1, 0, 0, 0x80},    {2, 0, 0, 0x80},    {3, 0, 0, 0x80},    {5, 0, 0, 0xc0},
        {6, 0, 0, 0xc0},    {0x1d, 0, 0, 0xc0}, {0x96, 0, 0, 0xc0}, {0xaa, 0, 0, 0xc0},
        {0xfd, 0, 0, 0xc0}, {0x94, 1, 0, 0xc0}, {0x35, 2, 0, 0xc0}, {9, 4, 0, 0xc0},
        {0x20, 4, 0, 0xc0}};
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    for (uint32_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        send_call(c, 2 + i, 0, RAISE, statuses[i], 4);
        expect_fault(c, 2 + i, 0, 0x1c000012, 0);
    }
    rpc_connection_destroy(c);
}

TEST(randomness_that_repeats_itself_gives_no_second_handle)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    server_scene.random_repeats = true;
    send_call(c, 2, 0, CREATE, NULL, 0);
    assert_int_equal(take_answer(c)->type, RESPONSE);
    send_call(c, 3, 0, CREATE, NULL, 0);
    expect_fault(c, 3, 0, no_memory, 0);
    assert_int_equal(rpc_server_inspect(server_scene.server).context_handles, 1);
    rpc_connection_destroy(c);
}

TEST(group_ids_that_wrap_around_skip_those_in_use)
{
    struct rpc_connection *a = server_scene_connect(RPC_NCALRPC),
                          *b = server_scene_connect(RPC_NCALRPC);
    uint32_t first = bind_in_group(a, 5840, 0);
    server_scene.server->groups.last_id = UINT32_MAX;
    uint32_t second = bind_in_group(b, 5840, 0);
    assert_int_not_equal(second, 0);
    assert_int_not_equal(second, first);
    rpc_connection_destroy(a);
    rpc_connection_destroy(b);
}

TEST(each_fragment_of_a_reply_counts_as_a_packet)
{
    struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
    bind_in_group(c, 2048, 0);
    uint64_t before = rpc_server_inspect(server_scene.server).pdus_sent;
    send_call(c, 2, 0, FILL, "\xd0\x0f\0\0", 4); /* 4048 = 2 * 2024 */
    assert_int_equal(rpc_server_inspect(server_scene.server).pdus_sent - before, 2);
    rpc_connection_destroy(c);
}

TEST(long_reply_does_not_keep_its_memory)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    send_call(c, 2, 0, FILL, "\0\0\x3f\0", 4); /* 4128768 bytes */
    assert_true(c->out.capacity > 2 << 20);
    rpc_connection_sent(c, output_length(c));
    assert_true(c->out.capacity + c->in.capacity <= 128 << 10);
    expect_service(c, 3);
    rpc_connection_destroy(c);
}
