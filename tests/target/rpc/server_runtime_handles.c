/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Context handles: who may show one, and that each is run down exactly once.
 */
#include "tests/support/server_scene.h"
#include "tests/support/test.h"

AROUND_EACH_TEST(server_scene_set_up, server_scene_tear_down);

static void create(struct rpc_connection *c, uint32_t call_id, uint8_t handle[20])
{
    send_call(c, call_id, 0, CREATE, NULL, 0);
    const struct answer *a = take_answer(c);
    assert_int_equal(a->type, RESPONSE);
    assert_int_equal(a->length, 24 + 20);
    memcpy(handle, a->bytes + 24, 20);
}

static void expect_uses(struct rpc_connection *c, uint32_t call_id, const uint8_t handle[20],
                        uint8_t uses)
{
    const uint8_t stub[4] = {uses};
    send_call(c, call_id, 0, USE, handle, 20);
    expect_response(c, call_id, 0, stub, 4);
}

static void expect_mismatch(struct rpc_connection *c, uint32_t call_id, unsigned context,
                            unsigned opnum, const uint8_t handle[20])
{
    send_call(c, call_id, context, opnum, handle, 20);
    expect_fault(c, call_id, context, context_mismatch, 0);
    expect_silence(c);
}

/* [MS-RPCE] 2.2.1.1.4: attributes 0, and never the NULL handle. */
TEST(new_handle_is_not_null_and_leads_to_its_object)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    static const uint8_t null[20];
    uint8_t a[20], b[20];
    create(c, 2, a);
    create(c, 3, b);
    assert_memory_equal(a, null, 4);
    assert_memory_not_equal(a, null, 20);
    assert_memory_not_equal(a, b, 20);
    expect_uses(c, 4, a, 1);
    expect_uses(c, 5, a, 2);
    expect_uses(c, 6, b, 1);
    assert_true(rpc_connection_has_context_handles(c));
    rpc_connection_destroy(c);
    assert_int_equal(server_scene.rundowns, 2);
}

TEST(every_changed_bit_makes_a_handle_unknown)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    uint8_t handle[20];
    uint32_t call_id = 2;
    create(c, call_id++, handle);
    for (unsigned bit = 0; bit < 160; bit++) {
        handle[bit / 8] ^= (uint8_t)(1u << bit % 8);
        expect_mismatch(c, call_id++, 0, USE, handle);
        handle[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    expect_uses(c, call_id, handle, 1);
    rpc_connection_destroy(c);
}

TEST(null_handle_is_no_handle)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    static const uint8_t null[20];
    expect_mismatch(c, 2, 0, USE, null);
    expect_mismatch(c, 3, 0, CLOSE, null);
    rpc_connection_destroy(c);
}

TEST(closed_handle_is_unknown_and_is_not_run_down)
{
    static const uint8_t null[20];
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    uint8_t handle[20];
    create(c, 2, handle);
    send_call(c, 3, 0, CLOSE, handle, 20);
    expect_response(c, 3, 0, null, 20);
    assert_int_equal(rpc_server_inspect(server_scene.server).context_handles, 0);
    assert_false(rpc_connection_has_context_handles(c));
    expect_mismatch(c, 4, 0, USE, handle);
    expect_mismatch(c, 5, 0, CLOSE, handle);
    rpc_connection_destroy(c);
    assert_int_equal(server_scene.rundowns, 0);
}

TEST(handle_of_another_type_is_refused)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    uint8_t handle[20];
    create(c, 2, handle);
    expect_mismatch(c, 3, 0, USE_AS_JUG, handle);
    expect_uses(c, 4, handle, 1);
    rpc_connection_destroy(c);
}

/* contract: wire.context-handle */
TEST(handle_of_another_interface_is_refused)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    uint8_t handle[20];
    create(c, 2, handle);
    expect_mismatch(c, 3, 1, USE, handle);
    expect_mismatch(c, 4, 1, CLOSE, handle);
    expect_uses(c, 5, handle, 1);
    rpc_connection_destroy(c);
    assert_int_equal(server_scene.rundowns, 1);
}

TEST(handle_of_another_group_is_refused)
{
    struct rpc_connection *a = connect_bound(RPC_NCALRPC), *b = connect_bound(RPC_NCALRPC);
    uint8_t handle[20];
    create(a, 2, handle);
    expect_mismatch(b, 2, 0, USE, handle);
    expect_mismatch(b, 3, 0, CLOSE, handle);
    rpc_connection_destroy(b);
    assert_int_equal(server_scene.rundowns, 0);
    expect_uses(a, 3, handle, 1);
    rpc_connection_destroy(a);
    assert_int_equal(server_scene.rundowns, 1);
}

/* contract: wire.group, service.rundown */
TEST(connections_of_a_group_share_handles_until_the_last_has_left)
{
    struct rpc_connection *a = server_scene_connect(RPC_NCALRPC),
                          *b = server_scene_connect(RPC_NCALRPC);
    bind_in_group(b, 5840, bind_in_group(a, 5840, 0));
    uint8_t handle[20];
    create(a, 2, handle);
    expect_uses(b, 2, handle, 1);
    assert_true(rpc_connection_has_context_handles(b));
    rpc_connection_destroy(a); /* the one that made it */
    assert_int_equal(server_scene.rundowns, 0);
    expect_uses(b, 3, handle, 2);
    rpc_connection_destroy(b);
    assert_int_equal(server_scene.rundowns, 1);
}

TEST(handle_closed_by_one_connection_is_closed_for_all)
{
    struct rpc_connection *a = server_scene_connect(RPC_NCALRPC),
                          *b = server_scene_connect(RPC_NCALRPC);
    bind_in_group(b, 5840, bind_in_group(a, 5840, 0));
    uint8_t handle[20];
    create(a, 2, handle);
    send_call(b, 2, 0, CLOSE, handle, 20);
    take_answer(b);
    expect_mismatch(a, 3, 0, USE, handle);
    rpc_connection_destroy(a);
    rpc_connection_destroy(b);
    assert_int_equal(server_scene.rundowns, 0);
}

/* A breach of the protocol ends the connection, but its handles live until it is destroyed. */
TEST(handles_outlive_a_protocol_error_until_the_connection_goes)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    uint8_t handle[20];
    struct server_wire w = {0};
    create(c, 2, handle);
    wire_empty(&w, RESPONSE, 3);
    deliver(c, &w);
    expect_protocol_error(c, 3);
    assert_int_equal(server_scene.rundowns, 0);
    rpc_connection_destroy(c);
    assert_int_equal(server_scene.rundowns, 1);
}

/* The reply that would have carried the handle is lost with the connection. */
TEST(handle_that_its_client_never_saw_is_run_down)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    send_call(c, 2, 0, CREATE, NULL, 0);
    assert_true(output_length(c) > 0);
    rpc_connection_destroy(c);
    assert_int_equal(server_scene.rundowns, 1);
}

TEST(many_handles_are_each_run_down_once)
{
    enum { MANY = 100 };
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    uint8_t handles[MANY][20];
    for (uint32_t i = 0; i < MANY; i++)
        create(c, 2 + i, handles[i]);
    for (uint32_t i = 0; i < MANY; i += 3) { /* first, middle, last of the list */
        send_call(c, 200 + i, 0, CLOSE, handles[i], 20);
        take_answer(c);
    }
    for (uint32_t i = 0; i < MANY; i++)
        if (i % 3 != 0)
            expect_uses(c, 400 + i, handles[i], 1);
    rpc_connection_destroy(c);
    assert_int_equal(server_scene.closed + server_scene.rundowns, MANY);
}

TEST(without_random_bytes_no_handle_is_made)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    server_scene.random_fails = true;
    send_call(c, 2, 0, CREATE, NULL, 0);
    expect_fault(c, 2, 0, no_memory, 0);
    assert_int_equal(rpc_server_inspect(server_scene.server).context_handles, 0);
    rpc_connection_destroy(c);
    assert_int_equal(server_scene.rundowns, 0);
}
