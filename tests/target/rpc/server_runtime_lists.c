/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The context lists of bind and alter_context, and their flags: what [C706] and [MS-RPCE] leave
 * open, as raw protocol tests have published it of deployed servers.
 */
#include "tests/support/server_scene.h"
#include "tests/support/test.h"

AROUND_EACH_TEST(server_scene_set_up, server_scene_tear_down);

static const struct wire_syntax zero;

/* [MS-RPCE] 2.2.2.14: a transfer syntax that is a mask of features. */
static struct wire_syntax features_of(unsigned mask)
{
    struct wire_syntax s = {0x6cb71c2c, 0x9812, 0x4540, {0}, 1, 0};
    s.rest[0] = (uint8_t)mask;
    return s;
}

/* A context of that many transfer syntaxes; wire_syntax() adds them. */
static void put_element(struct server_wire *w, unsigned id, const struct wire_syntax *abstract,
                        unsigned transfers)
{
    wire_u16(w, id);
    wire_u8(w, transfers);
    wire_u8(w, 0);
    wire_syntax(w, abstract);
}

TEST(context_without_transfer_syntaxes_refuses_the_whole_bind)
{
    struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_bind(&w, BIND, 1, 5840, 5840, 0, 2);
    wire_context(&w, 0, &cups, &ndr20);
    put_element(&w, 1, &plates, 0);
    wire_end(&w);
    deliver(c, &w);
    expect_bind_nak(c, 1, 0);
    rpc_connection_destroy(c);
}

TEST(context_without_transfer_syntaxes_refuses_the_whole_alter_context)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_bind(&w, ALTER_CONTEXT, 2, 5840, 5840, 0, 2);
    wire_context(&w, 7, &cups, &ndr20);
    put_element(&w, 8, &plates, 0);
    wire_end(&w);
    deliver(c, &w);
    expect_refused_alter(c, 2);
    rpc_connection_destroy(c);
}

/* [MS-RPCE] 2.2.2.14 and 3.3.1.5.3: negotiate_ack, with the features in the place of the reason. */
TEST(known_features_are_acknowledged_and_others_are_not)
{
    for (unsigned mask = 0; mask < 256; mask++) {
        struct wire_syntax features = features_of(mask);
        struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
        struct server_wire w = {0};
        wire_bind(&w, BIND, 1, 5840, 5840, 0, 2);
        wire_context(&w, 0, &cups, &ndr20);
        wire_context(&w, 1, &cups, &features);
        wire_end(&w);
        deliver(c, &w);
        const struct answer *a = take_ack(c, BIND_ACK, 2);
        expect_result(a, 0, 0, 0);
        expect_result(a, 1, 3, mask & 3);
        send_call(c, 2, 1, ECHO, NULL, 0); /* it is no context to call on */
        expect_fault(c, 2, 0, unk_if, DID_NOT_EXECUTE);
        expect_service(c, 3);
        rpc_connection_destroy(c);
    }
}

TEST(first_transfer_syntax_alone_can_ask_for_features)
{
    const struct wire_syntax one = features_of(1), two = features_of(2);
    struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_bind(&w, BIND, 1, 5840, 5840, 0, 2);
    put_element(&w, 0, &zero, 2); /* what follows the first is not looked at */
    wire_syntax(&w, &two);
    wire_syntax(&w, &one);
    put_element(&w, 1, &zero, 2);
    wire_syntax(&w, &zero);
    wire_syntax(&w, &one);
    wire_end(&w);
    deliver(c, &w);
    const struct answer *a = take_ack(c, BIND_ACK, 2);
    expect_result(a, 0, 3, 2);
    expect_result(a, 1, 2, 1);
    rpc_connection_destroy(c);
}

TEST(features_asked_for_twice_refuse_the_bind)
{
    const struct wire_syntax one = features_of(1), two = features_of(2);
    struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_bind(&w, BIND, 1, 5840, 5840, 0, 2);
    wire_context(&w, 1, &zero, &one);
    wire_context(&w, 2, &zero, &two);
    wire_end(&w);
    deliver(c, &w);
    expect_bind_nak(c, 1, 0);
    rpc_connection_destroy(c);
}

/* NDR and NDR64 are offered so: one list, one interface, a context for each. */
TEST(contexts_of_one_interface_in_a_list_are_alternatives)
{
    struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_bind(&w, BIND, 1, 5840, 5840, 0, 4);
    wire_context(&w, 5, &cups, &ndr64);
    wire_context(&w, 0, &cups, &ndr20);
    wire_context(&w, 6, &cups, &ndr20);
    wire_context(&w, 7, &plates, &ndr20);
    wire_end(&w);
    deliver(c, &w);
    const struct answer *a = take_ack(c, BIND_ACK, 4);
    expect_result(a, 0, 2, 2);
    expect_result(a, 1, 0, 0);
    expect_result(a, 2, 2, 2);
    expect_result(a, 3, 0, 0);
    send_call(c, 2, 6, ECHO, NULL, 0);
    expect_fault(c, 2, 0, unk_if, DID_NOT_EXECUTE);
    wire_bind(&w, ALTER_CONTEXT, 3, 5840, 5840, 0, 2);
    wire_context(&w, 6, &cups, &ndr20); /* in a list of its own it is no alternative */
    wire_context(&w, 0, &cups, &ndr20);
    wire_end(&w);
    deliver(c, &w);
    a = take_ack(c, ALTER_CONTEXT_RESP, 2);
    expect_result(a, 0, 0, 0);
    expect_result(a, 1, 2, 2);
    send_call(c, 4, 6, ECHO, "six", 3);
    expect_response(c, 4, 6, "six", 3);
    expect_service(c, 5); /* context 0 was not taken away */
    rpc_connection_destroy(c);
}

TEST(context_in_use_cannot_go_over_to_ndr64)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_bind(&w, ALTER_CONTEXT, 2, 5840, 5840, 0, 1);
    put_element(&w, 0, &cups, 2);
    wire_syntax(&w, &ndr64);
    wire_syntax(&w, &ndr20);
    wire_end(&w);
    deliver(c, &w);
    expect_result(take_ack(c, ALTER_CONTEXT_RESP, 1), 0, 0, 0);
    wire_bind(&w, ALTER_CONTEXT, 3, 5840, 5840, 0, 1);
    wire_context(&w, 0, &cups, &nobody); /* no encoding that anybody knows */
    wire_end(&w);
    deliver(c, &w);
    expect_result(take_ack(c, ALTER_CONTEXT_RESP, 1), 0, 2, 2);
    expect_service(c, 4);
    wire_bind(&w, ALTER_CONTEXT, 5, 5840, 5840, 0, 1);
    wire_context(&w, 0, &cups, &ndr64);
    wire_end(&w);
    deliver(c, &w);
    expect_refused_alter(c, 5);
    rpc_connection_destroy(c);
}

/* A bind has no fragments. Of its flags, those that ask for something are answered. */
TEST(flags_of_a_bind_ask_for_multiplexing_and_header_signing)
{
    for (unsigned flags = 0; flags < 256; flags++) {
        struct rpc_connection *c = server_scene_connect(RPC_NCACN_IP_TCP);
        struct server_wire w = {0};
        wire_bind(&w, BIND, 1, 5840, 5840, 0, 1);
        wire_context(&w, 0, &cups, &ndr20);
        wire_end(&w);
        w.data[3] = (uint8_t)flags;
        deliver(c, &w);
        const struct answer *a = take_answer(c);
        assert_int_equal(a->type, BIND_ACK);
        assert_int_equal(a->flags, WHOLE | (flags & (HEADER_SIGN | MULTIPLEX)));
        expect_service(c, 2);
        rpc_connection_destroy(c);
    }
}

TEST(flags_of_an_alter_context_ask_for_header_signing)
{
    struct rpc_connection *c = connect_bound(RPC_NCACN_IP_TCP);
    for (unsigned flags = 0; flags < 256; flags++) {
        struct server_wire w = {0};
        wire_bind(&w, ALTER_CONTEXT, 2 + flags, 5840, 5840, 0, 1);
        wire_context(&w, 7, &cups, &ndr20);
        wire_end(&w);
        w.data[3] = (uint8_t)flags;
        deliver(c, &w);
        const struct answer *a = take_answer(c);
        assert_int_equal(a->type, ALTER_CONTEXT_RESP);
        assert_int_equal(a->flags, WHOLE | (flags & HEADER_SIGN));
    }
    rpc_connection_destroy(c);
}

TEST(bind_of_no_contexts_may_end_with_their_number)
{
    struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_bind(&w, BIND, 4, 5840, 5840, 0, 0);
    w.length -= 3;
    wire_end(&w);
    deliver(c, &w);
    expect_bind_nak(c, 4, 0);
    rpc_connection_destroy(c);
}

/* A bind is answered with bind_nak, whatever is wrong with it: its lengths, its counts. */
TEST(bind_that_cannot_be_read_is_refused_as_of_another_version)
{
    static const struct {
        unsigned offset, value; /* of a u16 in a bind of one context, of 72 bytes */
    } lies[] = {{8, 24}, {8, 25}, {8, 71}, {10, 8}, {10, 64}, {10, 65535}, {24, 2}, {30, 2}};
    for (unsigned i = 0; i < sizeof lies / sizeof *lies; i++) {
        struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
        struct server_wire w = {0};
        wire_bind(&w, BIND, 9, 5840, 5840, 0, 1);
        wire_context(&w, 0, &cups, &ndr20);
        wire_end(&w);
        assert_int_equal(w.length, 72);
        w.data[72 - 20 - 8 - 1] = 0xff; /* read as a trailer, its padding is too long */
        wire_patch_u16(&w, lies[i].offset, lies[i].value);
        deliver(c, &w);
        expect_bind_nak(c, 9, 4);
        rpc_connection_destroy(c);
    }
}

TEST(response_has_the_low_byte_of_the_contexts_id_and_a_fault_all_of_it)
{
    static const unsigned ids[] = {0xff, 0x100, 0x1234, 0xffff};
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    for (unsigned i = 0; i < 4; i++) {
        struct server_wire w = {0};
        wire_bind(&w, ALTER_CONTEXT, 1, 5840, 5840, 0, 1);
        wire_context(&w, ids[i], &cups, &ndr20);
        wire_end(&w);
        deliver(c, &w);
        expect_result(take_ack(c, ALTER_CONTEXT_RESP, 1), 0, 0, 0);
        send_call(c, 2, ids[i], ECHO, "x", 1);
        expect_response(c, 2, ids[i] & 0xff, "x", 1);
        send_call(c, 3, ids[i], OPERATIONS, "x", 1);
        expect_fault(c, 3, ids[i], op_rng_error, DID_NOT_EXECUTE);
    }
    rpc_connection_destroy(c);
}
