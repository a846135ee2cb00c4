/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The management interface, [C706] appendix Q: afa8bd80-7d8a-11c9-bef4-08002b102989 version 1.0.
 */
#include "tests/support/server_scene.h"
#include "tests/support/test.h"

AROUND_EACH_TEST(server_scene_set_up, server_scene_tear_down);

static const struct wire_syntax mgmt = {
    0xafa8bd80, 0x7d8a, 0x11c9, {0xbe, 0xf4, 0x08, 0x00, 0x2b, 0x10, 0x29, 0x89}, 1, 0};

enum { IF_IDS, STATS, IS_LISTENING, STOP_LISTENING, PRINCIPAL_NAME };

static struct rpc_connection *connect_to_mgmt(void)
{
    struct rpc_connection *c = server_scene_connect(RPC_NCACN_IP_TCP);
    struct server_wire w = {0};
    wire_bind(&w, BIND, 1, 5840, 5840, 0, 2);
    wire_context(&w, 0, &mgmt, &ndr20);
    wire_context(&w, 1, &cups, &ndr20);
    wire_end(&w);
    deliver(c, &w);
    const struct answer *a = take_ack(c, BIND_ACK, 2);
    expect_result(a, 0, 0, 0);
    expect_result(a, 1, 0, 0);
    return c;
}

/* contract: wire.management */
TEST(interfaces_are_listed_with_their_versions_and_mgmt_is_not)
{
    static const uint8_t ids[] =
        {
            0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x33, 0x33, /* cups 1.2 */
            0x44, 0x44, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 1,    0,
            2,    0,    0x66, 0x66, 0x66, 0x66, 0x77, 0x77, 0x88, 0x88, /* plates 1.0 */
            0x99, 0x99, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 1,    0,
            0,    0,    0,    0,    0,    0, /* status */
        };
    struct rpc_connection *c = connect_to_mgmt();
    send_call(c, 2, 0, IF_IDS, NULL, 0);
    const struct answer *a = take_answer(c);
    assert_int_equal(a->type, RESPONSE);
    assert_int_equal(a->length, 24 + 20 + sizeof ids);
    const uint8_t *stub = a->bytes + 24;
    assert_int_not_equal(read_u32(stub), 0);      /* the vector's referent */
    assert_int_equal(read_u32(stub + 4), 2);      /* max_count goes before the structure */
    assert_int_equal(read_u32(stub + 8), 2);      /* count */
    assert_int_not_equal(read_u32(stub + 12), 0); /* one referent for each id, none twice */
    assert_int_not_equal(read_u32(stub + 16), 0);
    assert_int_not_equal(read_u32(stub + 12), read_u32(stub + 16));
    assert_memory_equal(stub + 20, ids, sizeof ids);
    rpc_connection_destroy(c);
}

TEST(statistics_count_calls_and_packets)
{
    struct rpc_connection *c = connect_to_mgmt();
    send_call(c, 2, 1, ECHO, "x", 1);
    take_answer(c);
    send_call(c, 3, 1, 99, "x", 1); /* a fault is no call */
    take_answer(c);
    send_call(c, 4, 0, STATS, "\4\0\0\0", 4);
    /* count, max_count; calls in and out, packets in and out; status. The bind is a packet each
       way, and the answer to this call has not been sent yet. */
    static const uint8_t expected[] = {4, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 0, 0,
                                       0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0};
    expect_response(c, 4, 0, expected, sizeof expected);
    rpc_connection_destroy(c);
}

TEST(statistics_give_no_more_than_asked_and_no_more_than_four)
{
    static const struct {
        const char *asked;
        uint32_t given;
    } cases[] = {{"\0\0\0\0", 0},
                 {"\1\0\0\0", 1},
                 {"\3\0\0\0", 3},
                 {"\5\0\0\0", 4},
                 {"\xff\xff\xff\xff", 4}};
    struct rpc_connection *c = connect_to_mgmt();
    for (uint32_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        send_call(c, 2 + i, 0, STATS, cases[i].asked, 4);
        const struct answer *a = take_answer(c);
        assert_int_equal(a->type, RESPONSE);
        assert_int_equal(a->length, 24 + 8 + 4 * cases[i].given + 4);
        assert_int_equal(read_u32(a->bytes + 24), cases[i].given);
        assert_int_equal(read_u32(a->bytes + 28), cases[i].given);
    }
    rpc_connection_destroy(c);
}

TEST(server_says_that_it_is_listening)
{
    struct rpc_connection *c = connect_to_mgmt();
    send_call(c, 2, 0, IS_LISTENING, NULL, 0);
    expect_response(c, 2, 0, "\0\0\0\0\1\0\0\0", 8); /* status, then TRUE */
    rpc_connection_destroy(c);
}

TEST(server_cannot_be_stopped_from_afar)
{
    struct rpc_connection *c = connect_to_mgmt();
    send_call(c, 2, 0, STOP_LISTENING, NULL, 0);
    expect_response(c, 2, 0, "\5\0\0\0", 4); /* ERROR_ACCESS_DENIED */
    send_call(c, 3, 0, IS_LISTENING, NULL, 0);
    expect_response(c, 3, 0, "\0\0\0\0\1\0\0\0", 8);
    rpc_connection_destroy(c);
}

/* A conformant varying string of no characters but its NUL, then the status: 1747. */
TEST(no_authentication_service_has_a_principal_name)
{
    static const uint8_t asked[] = {10, 0, 0, 0, 0, 1, 0, 0};
    static const uint8_t expected[] = {0, 1, 0, 0, 0, 0, 0,    0, 1, 0,
                                       0, 0, 0, 0, 0, 0, 0xd3, 6, 0, 0};
    struct rpc_connection *c = connect_to_mgmt();
    send_call(c, 2, 0, PRINCIPAL_NAME, asked, sizeof asked);
    expect_response(c, 2, 0, expected, sizeof expected);
    rpc_connection_destroy(c);
}

TEST(principal_name_of_no_size_or_too_much_is_undecodable)
{
    static const uint8_t none[8] = {10}, much[8] = {10, 0, 0, 0, 1, 16, 0, 0};
    struct rpc_connection *c = connect_to_mgmt();
    send_call(c, 2, 0, PRINCIPAL_NAME, none, 8);
    expect_fault(c, 2, 0, 0x6f7, 0);
    send_call(c, 3, 0, PRINCIPAL_NAME, much, 8); /* 4097 */
    expect_fault(c, 3, 0, 0x6f7, 0);
    rpc_connection_destroy(c);
}

TEST(short_stubs_are_undecodable)
{
    struct rpc_connection *c = connect_to_mgmt();
    send_call(c, 2, 0, STATS, "\1\0\0", 3);
    expect_fault(c, 2, 0, 0x6f7, 0);
    send_call(c, 3, 0, PRINCIPAL_NAME, "\1\0\0\0\1\0\0", 7);
    expect_fault(c, 3, 0, 0x6f7, 0);
    send_call(c, 4, 0, PRINCIPAL_NAME + 1, NULL, 0);
    expect_fault(c, 4, 0, op_rng_error, DID_NOT_EXECUTE);
    rpc_connection_destroy(c);
}
