/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind: presentation contexts, association groups, fragment sizes. Credentials have a file of their
 * own, and so has alter_context.
 */
#include "tests/support/server_scene.h"
#include "tests/support/test.h"

AROUND_EACH_TEST(server_scene_set_up, server_scene_tear_down);

/* [C706] 12.6.4.4, field by field. */
TEST(bind_ack_is_laid_out_as_specified)
{
    static const uint8_t expected[] = {
        5,    0,    12,   0x03, 0x10, 0,    0,    0,    60, 0, 0, 0,
        0x78, 0x56, 0x34, 0x12,                         /* header, call id 0x12345678 */
        0xd0, 0x16, 0xd0, 0x16, 1,    0,    0,    0,    /* 5840, 5840, group 1 */
        5,    0,    '1',  '3',  '5',  '0',  0,    0,    /* secondary address, padded to 4 */
        1,    0,    0,    0,    0,    0,    0,    0,    /* one result: acceptance */
        0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, /* NDR20 */
        0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 2,  0, 0, 0,
    };
    struct rpc_connection *c = server_scene_connect(RPC_NCACN_IP_TCP);
    struct server_wire w = {0};
    wire_bind(&w, BIND, 0x12345678, 65528, 65528, 0, 1);
    wire_context(&w, 0, &cups, &ndr20);
    wire_end(&w);
    deliver(c, &w);
    size_t n;
    const uint8_t *out = rpc_connection_output(c, &n);
    assert_int_equal(n, sizeof expected);
    assert_memory_equal(out, expected, n);
    rpc_connection_destroy(c);
}

/* A bind of one context; the answer's only result. */
static void expect_context_result(const struct wire_syntax *abstract,
                                  const struct wire_syntax *transfer, unsigned result,
                                  unsigned reason)
{
    struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_bind(&w, BIND, 1, 5840, 5840, 0, 1);
    wire_context(&w, 0, abstract, transfer);
    wire_end(&w);
    deliver(c, &w);
    expect_result(take_ack(c, BIND_ACK, 1), 0, result, reason);
    expect_silence(c);
    rpc_connection_destroy(c);
}

TEST(unknown_abstract_syntax_is_refused_in_the_ack)
{
    expect_context_result(&nobody, &ndr20, 2, 1);
}

/* [C706] 4.2.4.2: the same major version, and a minor version that is not above the server's. */
TEST(interface_version_decides_whether_it_is_served)
{
    for (unsigned major = 0; major < 4; major++) {
        for (unsigned minor = 0; minor < 5; minor++) {
            struct wire_syntax asked = cups; /* served in version 1.2 */
            asked.major = (uint16_t)major;
            asked.minor = (uint16_t)minor;
            bool served = major == 1 && minor <= 2;
            expect_context_result(&asked, &ndr20, served ? 0 : 2, served ? 0 : 1);
        }
    }
}

TEST(ndr64_alone_is_refused_in_the_ack)
{
    expect_context_result(&cups, &ndr64, 2, 2);
}

TEST(ndr20_of_another_version_is_refused_in_the_ack)
{
    struct wire_syntax other = ndr20;
    other.major = 1;
    expect_context_result(&cups, &other, 2, 2);
}

TEST(ndr20_is_chosen_among_several_transfer_syntaxes)
{
    struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_bind(&w, BIND, 1, 5840, 5840, 0, 1);
    wire_u16(&w, 0);
    wire_u8(&w, 3);
    wire_u8(&w, 0);
    wire_syntax(&w, &cups);
    wire_syntax(&w, &ndr64);
    wire_syntax(&w, &nobody);
    wire_syntax(&w, &ndr20);
    wire_end(&w);
    deliver(c, &w);
    expect_result(take_ack(c, BIND_ACK, 1), 0, 0, 0);
    expect_service(c, 2);
    rpc_connection_destroy(c);
}

TEST(bind_of_no_contexts_is_refused_and_ends_the_connection)
{
    struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_bind(&w, BIND, 4, 5840, 5840, 0, 0);
    wire_end(&w);
    deliver(c, &w);
    expect_bind_nak(c, 4, 0);
    rpc_connection_destroy(c);
}

TEST(second_bind_is_refused_and_ends_the_connection)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_bind(&w, BIND, 9, 5840, 5840, 0, 1);
    wire_context(&w, 5, &cups, &ndr20);
    wire_end(&w);
    deliver(c, &w);
    expect_bind_nak(c, 9, 0);
    rpc_connection_destroy(c);
}

TEST(every_interface_is_served_on_every_transport)
{
    static const enum rpc_transport transports[] = {RPC_NCALRPC, RPC_NCACN_IP_TCP};
    for (unsigned i = 0; i < 2; i++) {
        struct rpc_connection *c = connect_bound(transports[i]);
        for (unsigned context = 0; context < 2; context++) {
            send_call(c, 2, context, ECHO, "x", 1);
            expect_response(c, 2, context, "x", 1);
        }
        rpc_connection_destroy(c);
    }
}

TEST(big_endian_bind_is_understood)
{
    struct rpc_connection *c = server_scene_connect(RPC_NCACN_IP_TCP);
    struct server_wire w = {.big_endian = true};
    wire_bind(&w, BIND, 0x01020304, 4280, 4280, 0, 1);
    wire_context(&w, 0x0102, &cups, &ndr20);
    wire_end(&w);
    deliver(c, &w);
    const struct answer *a = take_ack(c, BIND_ACK, 1);
    assert_int_equal(a->call_id, 0x01020304);
    assert_int_equal(read_u16(a->bytes + 16), 4280);
    expect_result(a, 0, 0, 0);
    send_call(c, 2, 0x0102, ECHO, "x", 1);
    expect_response(c, 2, 0x02, "x", 1); /* the low byte of the context's id */
    rpc_connection_destroy(c);
}

/* The minimum of both sides, down to a multiple of 8, at least 2048. */
TEST(fragment_size_is_negotiated)
{
    static const struct {
        enum rpc_transport transport;
        unsigned xmit, recv, agreed;
    } cases[] = {
        {RPC_NCACN_IP_TCP, 5840, 5840, 5840},  {RPC_NCACN_IP_TCP, 65535, 65535, 5840},
        {RPC_NCACN_IP_TCP, 4280, 65535, 4280}, {RPC_NCACN_IP_TCP, 65535, 4280, 4280},
        {RPC_NCACN_IP_TCP, 4287, 4286, 4280},  {RPC_NCACN_IP_TCP, 2047, 2047, 2048},
        {RPC_NCACN_IP_TCP, 0, 0, 2048},        {RPC_NCACN_IP_TCP, 2049, 5840, 2048},
        {RPC_NCALRPC, 65535, 65535, 65528},    {RPC_NCALRPC, 65528, 5840, 5840},
        {RPC_NCALRPC, 16, 65535, 2048},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rpc_connection *c = server_scene_connect(cases[i].transport);
        struct server_wire w = {0};
        wire_bind(&w, BIND, 1, cases[i].xmit, cases[i].recv, 0, 1);
        wire_context(&w, 0, &cups, &ndr20);
        wire_end(&w);
        deliver(c, &w);
        const struct answer *a = take_ack(c, BIND_ACK, 1);
        assert_int_equal(read_u16(a->bytes + 16), cases[i].agreed);
        assert_int_equal(read_u16(a->bytes + 18), cases[i].agreed);
        rpc_connection_destroy(c);
    }
}

/* A bind that names a group: its bind_nak. */
static void expect_group_refused(enum rpc_transport transport, uint32_t group)
{
    struct rpc_connection *c = server_scene_connect(transport);
    struct server_wire w = {0};
    wire_bind(&w, BIND, 3, 5840, 5840, group, 1);
    wire_context(&w, 0, &cups, &ndr20);
    wire_end(&w);
    deliver(c, &w);
    expect_bind_nak(c, 3, 0);
    rpc_connection_destroy(c);
}

TEST(each_bind_of_group_0_makes_a_group_of_its_own)
{
    struct rpc_connection *a = server_scene_connect(RPC_NCALRPC),
                          *b = server_scene_connect(RPC_NCALRPC);
    uint32_t first = bind_in_group(a, 5840, 0), second = bind_in_group(b, 5840, 0);
    assert_int_not_equal(first, 0);
    assert_int_not_equal(second, 0);
    assert_int_not_equal(first, second);
    assert_int_equal(rpc_server_inspect(server_scene.server).groups, 2);
    rpc_connection_destroy(a);
    rpc_connection_destroy(b);
}

TEST(bind_joins_the_group_that_it_names)
{
    struct rpc_connection *a = server_scene_connect(RPC_NCALRPC),
                          *b = server_scene_connect(RPC_NCALRPC);
    uint32_t group = bind_in_group(a, 5840, 0);
    assert_int_equal(bind_in_group(b, 5840, group), group);
    assert_int_equal(rpc_server_inspect(server_scene.server).groups, 1);
    rpc_connection_destroy(a);
    expect_service(b, 2); /* the group lives as long as one of its connections */
    rpc_connection_destroy(b);
}

TEST(unknown_group_is_refused)
{
    expect_group_refused(RPC_NCALRPC, 0x12345678);
}

TEST(dead_group_is_refused)
{
    struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
    uint32_t group = bind_in_group(c, 5840, 0);
    rpc_connection_destroy(c);
    expect_group_refused(RPC_NCALRPC, group);
}

TEST(group_of_another_transport_is_refused)
{
    struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
    uint32_t group = bind_in_group(c, 5840, 0);
    expect_group_refused(RPC_NCACN_IP_TCP, group);
    expect_service(c, 2);
    rpc_connection_destroy(c);
}

TEST(secondary_address_too_long_to_keep_is_left_out)
{
    char address[100];
    for (size_t n = 60; n < 66; n++) {
        memset(address, 'a', n);
        address[n] = '\0';
        struct rpc_peer peer = {.transport = RPC_NCALRPC};
        struct rpc_connection *c = rpc_connection_create(server_scene.server, &peer, address);
        assert_non_null(c);
        struct server_wire w = {0};
        wire_bind(&w, BIND, 1, 5840, 5840, 0, 1);
        wire_context(&w, 0, &cups, &ndr20);
        wire_end(&w);
        deliver(c, &w);
        const struct answer *a = take_ack(c, BIND_ACK, 1);
        assert_int_equal(read_u16(a->bytes + 24), n < 64 ? n + 1 : 0);
        expect_result(a, 0, 0, 0);
        rpc_connection_destroy(c);
    }
}
