/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alter_context, and what presentation contexts are worth.
 */
#include "tests/support/server_scene.h"
#include "tests/support/test.h"

AROUND_EACH_TEST(server_scene_set_up, server_scene_tear_down);

static void alter(struct rpc_connection *c, uint32_t call_id, unsigned context,
                  const struct wire_syntax *abstract)
{
    struct server_wire w = {0};
    wire_bind(&w, ALTER_CONTEXT, call_id, 5840, 5840, 0, 1);
    wire_context(&w, context, abstract, &ndr20);
    wire_end(&w);
    deliver(c, &w);
}

TEST(alter_context_adds_a_context)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    alter(c, 2, 7, &plates);
    const struct answer *a = take_ack(c, ALTER_CONTEXT_RESP, 1);
    assert_int_equal(a->call_id, 2);
    assert_int_equal(read_u16(a->bytes + 24), 0); /* no secondary address */
    expect_result(a, 0, 0, 0);
    send_call(c, 3, 7, ECHO, "x", 1);
    expect_response(c, 3, 7, "x", 1);
    expect_service(c, 4); /* the others are still there */
    rpc_connection_destroy(c);
}

TEST(alter_context_tells_the_group_and_sizes_of_the_bind)
{
    struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
    uint32_t group = bind_in_group(c, 4280, 0);
    alter(c, 2, 7, &plates);
    const struct answer *a = take_ack(c, ALTER_CONTEXT_RESP, 1);
    assert_int_equal(read_u16(a->bytes + 16), 4280);
    assert_int_equal(read_u16(a->bytes + 18), 4280);
    assert_int_equal(read_u32(a->bytes + 20), group);
    rpc_connection_destroy(c);
}

TEST(refused_context_cannot_be_called_on)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    alter(c, 2, 7, &nobody);
    expect_result(take_ack(c, ALTER_CONTEXT_RESP, 1), 0, 2, 1);
    send_call(c, 3, 7, ECHO, NULL, 0);
    expect_fault(c, 3, 0, unk_if, DID_NOT_EXECUTE);
    alter(c, 4, 7, &plates); /* its number is free */
    expect_result(take_ack(c, ALTER_CONTEXT_RESP, 1), 0, 0, 0);
    rpc_connection_destroy(c);
}

TEST(known_context_cannot_become_another_interface)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    alter(c, 2, 0, &plates);
    expect_result(take_ack(c, ALTER_CONTEXT_RESP, 1), 0, 2, 0);
    alter(c, 3, 0, &cups);
    expect_result(take_ack(c, ALTER_CONTEXT_RESP, 1), 0, 0, 0);
    expect_service(c, 4);
    rpc_connection_destroy(c);
}

TEST(contexts_belong_to_their_connection)
{
    struct rpc_connection *a = server_scene_connect(RPC_NCALRPC),
                          *b = server_scene_connect(RPC_NCALRPC);
    uint32_t group = bind_in_group(a, 5840, 0);
    bind_in_group(b, 5840, group);
    alter(a, 2, 7, &plates);
    expect_result(take_ack(a, ALTER_CONTEXT_RESP, 1), 0, 0, 0);
    send_call(b, 2, 7, ECHO, NULL, 0);
    expect_fault(b, 2, 0, unk_if, DID_NOT_EXECUTE);
    rpc_connection_destroy(a);
    rpc_connection_destroy(b);
}

TEST(alter_context_of_no_contexts_is_a_protocol_error)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_bind(&w, ALTER_CONTEXT, 6, 5840, 5840, 0, 0);
    wire_end(&w);
    deliver(c, &w);
    expect_refused_alter(c, 6);
    rpc_connection_destroy(c);
}

TEST(alter_context_before_a_bind_is_a_protocol_error)
{
    struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
    alter(c, 6, 0, &cups);
    expect_refused_alter(c, 6);
    rpc_connection_destroy(c);
}

/* The security identity of a connection never changes. */
TEST(alter_context_with_credentials_is_a_protocol_error)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_bind(&w, ALTER_CONTEXT, 6, 5840, 5840, 0, 1);
    wire_context(&w, 7, &plates, &ndr20);
    wire_auth(&w, 0xd5, 2, "u\0d\0p", 6);
    wire_end(&w);
    deliver(c, &w);
    expect_refused_alter(c, 6);
    assert_int_equal(server_scene.judged, 0);
    rpc_connection_destroy(c);
}

TEST(alter_context_between_fragments_leaves_the_call_alone)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_fragment(&w, FIRST, 2, 0, ECHO, "12345678", 8);
    deliver(c, &w);
    alter(c, 3, 7, &plates);
    expect_result(take_ack(c, ALTER_CONTEXT_RESP, 1), 0, 0, 0);
    wire_fragment(&w, LAST, 2, 0, ECHO, "9", 1);
    deliver(c, &w);
    expect_response(c, 2, 0, "123456789", 9);
    rpc_connection_destroy(c);
}
