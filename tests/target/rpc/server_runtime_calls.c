/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls: dispatch, replies, faults, and PDUs that are no calls at all.
 */
#include "tests/support/server_scene.h"
#include "tests/support/test.h"

AROUND_EACH_TEST(server_scene_set_up, server_scene_tear_down);

TEST(response_is_laid_out_as_specified)
{
    static const uint8_t expected[] = {5, 0, 2, 0x03, 0x10, 0,    0,    0,   27,
                                       0, 0, 0, 0x78, 0x56, 0x34, 0x12, 3,   0,
                                       0, 0, 1, 0,    0,    0,    'a',  'b', 'c'};
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    send_call(c, 0x12345678, 1, ECHO, "abc", 3);
    size_t n;
    const uint8_t *out = rpc_connection_output(c, &n);
    assert_int_equal(n, sizeof expected);
    assert_memory_equal(out, expected, n);
    rpc_connection_destroy(c);
}

TEST(empty_stub_is_answered_with_an_empty_stub)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    send_call(c, 2, 0, ECHO, NULL, 0);
    expect_response(c, 2, 0, NULL, 0);
    rpc_connection_destroy(c);
}

/* contract: wire.unknown-operation */
TEST(unknown_opnum_faults_and_the_connection_stays)
{
    static const unsigned opnums[] = {OPERATIONS, OPERATIONS + 1, 0x7fff, 0xffff};
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    for (unsigned i = 0; i < 4; i++) {
        send_call(c, 2 + i, 1, opnums[i], "x", 1);
        expect_fault(c, 2 + i, 1, op_rng_error, DID_NOT_EXECUTE);
    }
    expect_service(c, 9);
    rpc_connection_destroy(c);
}

TEST(unknown_context_faults_with_context_0_and_the_connection_stays)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    send_call(c, 2, 2, ECHO, "x", 1);
    expect_fault(c, 2, 0, unk_if, DID_NOT_EXECUTE);
    send_call(c, 3, 0xffff, ECHO, "x", 1);
    expect_fault(c, 3, 0, unk_if, DID_NOT_EXECUTE);
    expect_service(c, 4);
    rpc_connection_destroy(c);
}

TEST(request_before_a_bind_is_a_protocol_error)
{
    struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
    send_call(c, 2, 0, ECHO, "x", 1);
    expect_protocol_error(c, 2);
    assert_int_equal(server_scene.managers, 0);
    rpc_connection_destroy(c);
}

TEST(request_with_an_auth_trailer_is_denied_and_ends_the_connection)
{
    static const unsigned types[] = {0, 0xd5};
    for (unsigned level = 1; level < 6; level++) {
        struct rpc_connection *c = connect_bound(RPC_NCALRPC);
        struct server_wire w = {0};
        wire_begin(&w, REQUEST, WHOLE, 2);
        wire_u32(&w, 0);
        wire_u16(&w, 1);
        wire_u16(&w, ECHO);
        wire_auth(&w, types[level % 2], level, "u\0d\0p", 6);
        wire_end(&w);
        deliver(c, &w);
        expect_last_fault(c, 2, 1, ERROR_ACCESS_DENIED, 0);
        rpc_connection_destroy(c);
    }
    assert_int_equal(server_scene.managers, 0);
}

/* [MS-RPCE] 3.1.3.5.2. The call did run as far as decoding, so nothing is said about execution.
   contract: wire.bad-stub */
TEST(undecodable_stub_faults_with_bad_stub_data)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    for (size_t n = 0; n < 8; n++) {
        send_call(c, 2, 0, ADD, "\1\0\0\0\2\0\0", n);
        expect_fault(c, 2, 0, 0x6f7, 0);
    }
    expect_service(c, 3);
    rpc_connection_destroy(c);
}

TEST(fault_of_a_manager_drops_its_reply_and_the_connection_stays)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    send_call(c, 2, 1, RAISE, "\x05\0\0\0", 4);
    expect_fault(c, 2, 1, 5, 0);
    send_call(c, 3, 0, RAISE, "\x0b\0\x01\x1c", 4); /* even if it is that of a protocol error */
    expect_fault(c, 3, 0, proto_error, 0);
    expect_service(c, 4);
    rpc_connection_destroy(c);
}

TEST(reply_that_could_not_be_encoded_is_a_fault)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    send_call(c, 2, 0, SPOIL, NULL, 0);
    const struct answer *a = take_answer(c);
    assert_int_equal(a->type, FAULT);
    assert_int_equal(a->flags, WHOLE); /* the manager did run */
    expect_service(c, 3);
    rpc_connection_destroy(c);
}

TEST(maybe_call_is_answered_all_the_same)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_fragment(&w, WHOLE | MAYBE, 2, 0, ECHO, "x", 1);
    deliver(c, &w);
    expect_response(c, 2, 0, "x", 1);
    rpc_connection_destroy(c);
}

TEST(object_uuid_is_not_part_of_the_stub)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_fragment(&w, WHOLE | OBJECT, 2, 0, ECHO, "x", 1);
    deliver(c, &w);
    expect_response(c, 2, 0, "x", 1);
    rpc_connection_destroy(c);
}

TEST(big_endian_request_is_decoded_and_answered_in_little_endian)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {.big_endian = true};
    wire_request(&w, 0x01020304, 1, ADD, "\0\0\1\2\0\0\0\3", 8);
    deliver(c, &w);
    expect_response(c, 0x01020304, 1, "\5\1\0\0", 4);
    rpc_connection_destroy(c);
}

TEST(pipelined_requests_are_answered_in_their_order)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    for (uint8_t i = 0; i < 50; i++)
        wire_request(&w, 2u + i, i % 2, i % 5 == 4 ? OPERATIONS : ECHO, &i, 1);
    deliver(c, &w);
    for (uint8_t i = 0; i < 50; i++) {
        if (i % 5 == 4)
            expect_fault(c, 2u + i, i % 2, op_rng_error, DID_NOT_EXECUTE);
        else
            expect_response(c, 2u + i, i % 2, &i, 1);
    }
    expect_silence(c);
    rpc_connection_destroy(c);
}

TEST(call_id_may_be_any_and_may_come_again)
{
    static const uint32_t ids[] = {0, 0, 1, 0x7fffffff, 0x7fffffff, 5};
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    for (unsigned i = 0; i < sizeof ids / sizeof *ids; i++)
        expect_service(c, ids[i]);
    rpc_connection_destroy(c);
}

/* PDUs that only a server sends, of another protocol, and undefined ones. */
TEST(pdu_types_that_no_client_sends_are_protocol_errors)
{
    for (unsigned type = 0; type < 256; type++) {
        if (type == REQUEST || type == BIND || type == ALTER_CONTEXT || type == CO_CANCEL ||
            type == ORPHANED)
            continue;
        struct rpc_connection *c = connect_bound(RPC_NCALRPC);
        struct server_wire w = {0};
        wire_begin(&w, type, WHOLE, 2);
        wire_bytes(&w, "0000000000000000000000000000000000000000", 40);
        wire_end(&w);
        deliver(c, &w);
        expect_protocol_error(c, 2);
        rpc_connection_destroy(c);
    }
}

TEST(versions_other_than_5_0_are_protocol_errors)
{
    static const uint8_t versions[][2] = {{4, 0}, {5, 1}, {6, 0}, {0, 5}, {0, 0}, {255, 255}};
    for (unsigned i = 0; i < 12; i++) {
        struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
        struct server_wire w = {0};
        wire_bind(&w, BIND, 2, 5840, 5840, 0, 1);
        wire_context(&w, 0, &cups, &ndr20);
        wire_end(&w);
        if (i % 2 == 1) { /* an established association is no different */
            deliver(c, &w);
            take_ack(c, BIND_ACK, 1);
            wire_request(&w, 2, 0, ECHO, "x", 1);
        }
        memcpy(w.data, versions[i / 2], 2);
        deliver(c, &w);
        expect_protocol_error(c, 2);
        rpc_connection_destroy(c);
    }
}

TEST(lengths_that_do_not_fit_are_protocol_errors)
{
    static const struct {
        unsigned offset, value; /* of a u16 in a request of 32 bytes */
    } lies[] = {{8, 0}, {8, 15}, {8, 16}, {8, 23}, {10, 9}, {10, 16}, {10, 65535}};
    for (unsigned i = 0; i < sizeof lies / sizeof *lies; i++) {
        struct rpc_connection *c = connect_bound(RPC_NCALRPC);
        struct server_wire w = {0};
        wire_request(&w, 2, 0, ECHO, "12345678", 8);
        wire_patch_u16(&w, lies[i].offset, lies[i].value);
        deliver(c, &w);
        expect_protocol_error(c, 2);
        rpc_connection_destroy(c);
    }
}

TEST(what_follows_a_protocol_error_is_ignored)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_empty(&w, RESPONSE, 2);
    wire_request(&w, 3, 0, ECHO, "x", 1);
    deliver(c, &w);
    assert_false(rpc_connection_wants_input(c));
    send_call(c, 4, 0, ECHO, "x", 1);
    expect_protocol_error(c, 2);
    send_call(c, 5, 0, ECHO, "x", 1);
    expect_end(c);
    assert_int_equal(server_scene.managers, 0);
    rpc_connection_destroy(c);
}

TEST(replies_before_a_protocol_error_are_sent_first)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_request(&w, 2, 0, ECHO, "x", 1);
    wire_empty(&w, RESPONSE, 3);
    deliver(c, &w);
    expect_response(c, 2, 0, "x", 1);
    expect_protocol_error(c, 3);
    rpc_connection_destroy(c);
}
