/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests in fragments, and the order in which PDUs may come. [MS-RPCE] 3.3.3.5; the answers that
 * it leaves open are those that raw protocol tests have published for deployed servers.
 */
#include "tests/support/server_scene.h"
#include "tests/support/test.h"

AROUND_EACH_TEST(server_scene_set_up, server_scene_tear_down);

TEST(fragments_are_put_together)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_fragment(&w, FIRST, 2, 0, ECHO, "one, ", 5);
    wire_fragment(&w, 0, 2, 0, ECHO, "two, ", 5);
    wire_fragment(&w, 0, 2, 0, ECHO, NULL, 0);
    wire_fragment(&w, LAST, 2, 0, ECHO, "three", 5);
    deliver(c, &w);
    expect_response(c, 2, 0, "one, two, three", 15);
    assert_int_equal(server_scene.managers, 1);
    rpc_connection_destroy(c);
}

/* NDR alignment counts from the start of the reassembled stub, not of a fragment. */
TEST(values_split_between_fragments_are_decoded)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_fragment(&w, FIRST, 2, 0, ADD, "\1\0\0\0\2\0", 6);
    wire_fragment(&w, LAST, 2, 0, ADD, "\0\0", 2);
    deliver(c, &w);
    expect_response(c, 2, 0, "\3\0\0\0", 4);
    rpc_connection_destroy(c);
}

TEST(manager_does_not_run_before_the_last_fragment)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_fragment(&w, FIRST, 2, 0, ECHO, "12345678", 8);
    deliver(c, &w);
    expect_silence(c);
    assert_int_equal(server_scene.managers, 0);
    rpc_connection_destroy(c);
}

TEST(second_first_fragment_of_a_call_is_a_protocol_error)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_fragment(&w, FIRST, 2, 1, ECHO, "12345678", 8);
    wire_fragment(&w, FIRST, 2, 1, ECHO, "12345678", 8);
    deliver(c, &w);
    expect_last_fault(c, 2, 1, proto_error, 0);
    rpc_connection_destroy(c);
}

TEST(another_call_between_fragments_faults_the_first_one)
{
    static const unsigned flags[] = {FIRST, WHOLE, 0, LAST};
    for (unsigned i = 0; i < 4; i++) {
        struct rpc_connection *c = connect_bound(RPC_NCALRPC);
        struct server_wire w = {0};
        wire_fragment(&w, FIRST, 2, 1, ECHO, "12345678", 8);
        wire_fragment(&w, flags[i], 3, 0, ECHO, "12345678", 8);
        deliver(c, &w);
        expect_last_fault(c, 2, 1, proto_error, 0);
        rpc_connection_destroy(c);
    }
    assert_int_equal(server_scene.managers, 0);
}

static struct rpc_connection *connect_multiplexed(struct server_wire *w)
{
    struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
    wire_bind(w, BIND, 1, 5840, 5840, 0, 1);
    wire_context(w, 1, &cups, &ndr20);
    wire_end(w);
    w->data[3] = WHOLE | MULTIPLEX;
    deliver(c, w);
    assert_int_equal(take_answer(c)->type, BIND_ACK);
    return c;
}

/* On a connection bound with concurrent multiplexing the newcomer is to blame. */
TEST(another_call_between_fragments_is_refused_on_a_multiplexed_connection)
{
    static const unsigned flags[] = {FIRST, WHOLE, 0, LAST}, contexts[] = {1, 55};
    for (unsigned i = 0; i < 8; i++) {
        struct server_wire w = {0};
        struct rpc_connection *c = connect_multiplexed(&w);
        wire_fragment(&w, FIRST, 2, 1, ECHO, "12345678", 8);
        wire_fragment(&w, flags[i % 4], 3, contexts[i / 4], ECHO, "12345678", 8);
        deliver(c, &w);
        expect_protocol_error(c, 3);
        rpc_connection_destroy(c);
    }
    assert_int_equal(server_scene.managers, 0);
}

TEST(call_that_breaks_off_itself_is_to_blame_on_a_multiplexed_connection)
{
    static const unsigned flags[] = {FIRST, LAST};
    for (unsigned i = 0; i < 2; i++) {
        struct server_wire w = {0};
        struct rpc_connection *c = connect_multiplexed(&w);
        wire_fragment(&w, FIRST, 2, 1, ECHO, "12345678", 8);
        size_t second = w.length;
        wire_fragment(&w, flags[i], 2, 1, ECHO, "12345678", 8);
        w.data[second + 5] = 1; /* floating point of another kind than the first one's */
        deliver(c, &w);
        expect_last_fault(c, 2, 1, proto_error, 0);
        rpc_connection_destroy(c);
    }
}

TEST(flags_without_a_meaning_here_change_nothing)
{
    static const unsigned flags[] = {0x08, MULTIPLEX, DID_NOT_EXECUTE, MAYBE};
    for (unsigned i = 0; i < 4; i++) {
        struct rpc_connection *c = connect_bound(RPC_NCALRPC);
        struct server_wire w = {0};
        wire_fragment(&w, FIRST | flags[i], 2, 0, ECHO, "12345678", 8);
        wire_fragment(&w, flags[i], 2, 0, ECHO, "12345678", 8);
        wire_fragment(&w, LAST | flags[i], 2, 0, ECHO, "9", 1);
        deliver(c, &w);
        expect_response(c, 2, 0, "12345678123456789", 17);
        rpc_connection_destroy(c);
    }
}

/* The context and the operation are those of the first fragment. */
TEST(context_and_opnum_of_later_fragments_are_not_looked_at)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_fragment(&w, FIRST, 2, 0, ECHO, "12345678", 8);
    wire_fragment(&w, LAST, 2, 111, 111, "9", 1);
    deliver(c, &w);
    expect_response(c, 2, 0, "123456789", 9);
    rpc_connection_destroy(c);
}

TEST(byte_order_that_changes_between_fragments_is_a_protocol_error)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_fragment(&w, FIRST, 2, 0, ECHO, "12345678", 8);
    w.big_endian = true;
    wire_fragment(&w, LAST, 2, 0, ECHO, "12345678", 8);
    deliver(c, &w);
    expect_protocol_error(c, 2);
    rpc_connection_destroy(c);
}

TEST(character_set_that_changes_between_fragments_is_a_protocol_error)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_fragment(&w, FIRST, 2, 0, ECHO, "12345678", 8);
    wire_fragment(&w, LAST, 2, 0, ECHO, "12345678", 8);
    w.data[w.start + 4] = 0x11; /* EBCDIC */
    deliver(c, &w);
    expect_protocol_error(c, 2);
    rpc_connection_destroy(c);
}

TEST(request_without_first_on_a_fresh_connection_is_a_protocol_error)
{
    static const unsigned flags[] = {0, LAST};
    for (unsigned i = 0; i < 2; i++) {
        for (uint32_t call_id = 0; call_id < 3; call_id++) {
            struct rpc_connection *c = connect_bound(RPC_NCALRPC);
            struct server_wire w = {0};
            wire_fragment(&w, flags[i], call_id, 0, ECHO, "x", 1);
            deliver(c, &w);
            expect_protocol_error(c, call_id);
            rpc_connection_destroy(c);
        }
    }
}

/* [MS-RPCE] 3.3.3.5.6: a leftover of a call is ignored if its id is less than 150
   below the last. */
TEST(leftover_of_a_recent_call_is_ignored_and_of_an_old_one_an_error)
{
    static const struct {
        uint32_t call_id;
        bool ignored;
    } cases[] = {{1000, true}, {999, true},   {851, true}, {850, false},
                 {1, false},   {1001, false}, {0, false},  {0x80000000, false}};
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rpc_connection *c = connect_bound(RPC_NCALRPC);
        struct server_wire w = {0};
        expect_service(c, 1000);
        wire_fragment(&w, LAST, cases[i].call_id, 0, ECHO, "x", 1);
        deliver(c, &w);
        if (cases[i].ignored)
            expect_service(c, 1001);
        else
            expect_protocol_error(c, cases[i].call_id);
        rpc_connection_destroy(c);
    }
}

/* A fault comes at once, not when all has arrived; what still comes of the call is dropped. */
TEST(bad_first_fragment_is_answered_at_once)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_fragment(&w, FIRST, 2, 0, OPERATIONS, "12345678", 8);
    deliver(c, &w);
    expect_fault(c, 2, 0, op_rng_error, DID_NOT_EXECUTE);
    wire_fragment(&w, 0, 2, 0, OPERATIONS, "12345678", 8);
    wire_fragment(&w, LAST, 2, 0, OPERATIONS, "12345678", 8);
    deliver(c, &w);
    expect_silence(c);
    wire_fragment(&w, FIRST, 3, 55, ECHO, "12345678", 8);
    wire_fragment(&w, LAST, 3, 55, ECHO, "12345678", 8);
    deliver(c, &w);
    expect_fault(c, 3, 0, unk_if, DID_NOT_EXECUTE);
    expect_service(c, 4);
    assert_int_equal(server_scene.managers, 1);
    rpc_connection_destroy(c);
}

TEST(first_fragment_with_pending_cancel_ends_the_connection)
{
    static const unsigned flags[] = {FIRST | PENDING_CANCEL, WHOLE | PENDING_CANCEL};
    for (unsigned i = 0; i < 2; i++) {
        struct rpc_connection *c = connect_bound(RPC_NCALRPC);
        struct server_wire w = {0};
        wire_fragment(&w, flags[i], 2, 0, ECHO, "x", 1);
        deliver(c, &w);
        expect_fault(c, 2, 0, 0x6bd, DID_NOT_EXECUTE);
        expect_end(c);
        rpc_connection_destroy(c);
    }
    assert_int_equal(server_scene.managers, 0);
}

TEST(pending_cancel_on_a_later_fragment_is_ignored)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_fragment(&w, FIRST, 2, 0, ECHO, "12345678", 8);
    wire_fragment(&w, PENDING_CANCEL, 2, 0, ECHO, "12345678", 8);
    wire_fragment(&w, LAST | PENDING_CANCEL, 2, 0, ECHO, "9", 1);
    deliver(c, &w);
    expect_response(c, 2, 0, "12345678123456789", 17);
    rpc_connection_destroy(c);
}

TEST(cancel_and_orphaned_without_a_call_are_ignored)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_empty(&w, CO_CANCEL, 7);
    wire_empty(&w, ORPHANED, 7);
    deliver(c, &w);
    expect_silence(c);
    expect_service(c, 8);
    rpc_connection_destroy(c);
}

TEST(cancel_and_orphaned_between_fragments_do_not_stop_the_call)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_fragment(&w, FIRST, 2, 0, ECHO, "12345678", 8);
    wire_empty(&w, CO_CANCEL, 2);
    wire_empty(&w, ORPHANED, 2);
    wire_fragment(&w, LAST, 2, 0, ECHO, "9", 1);
    deliver(c, &w);
    expect_response(c, 2, 0, "123456789", 9);
    rpc_connection_destroy(c);
}

/* `length` bytes of a PDU that says so, on a connection with fragments of `agreed` bytes. */
static void expect_fragment_length(enum rpc_transport transport, unsigned agreed, size_t length,
                                   bool legal)
{
    static uint8_t stub[65536];
    struct rpc_connection *c = server_scene_connect(transport);
    struct server_wire w = {0};
    bind_in_group(c, agreed, 0);
    wire_fragment(&w, FIRST, 2, 0, ECHO, stub, length - 24);
    deliver(c, &w);
    if (legal)
        expect_silence(c);
    else
        expect_protocol_error(c, 2);
    rpc_connection_destroy(c);
}

/* The negotiated size bounds the server's fragments; it accepts the size of the transport. */
TEST(fragment_longer_than_the_transport_carries_is_a_protocol_error)
{
    static const unsigned agreed[] = {0, 2048, 4280, 5840, 65528};
    for (unsigned i = 0; i < 5; i++) {
        expect_fragment_length(RPC_NCACN_IP_TCP, agreed[i], 5840, true);
        expect_fragment_length(RPC_NCACN_IP_TCP, agreed[i], 5841, false);
        expect_fragment_length(RPC_NCALRPC, agreed[i], 65528, true);
        expect_fragment_length(RPC_NCALRPC, agreed[i], 65529, false);
    }
}

/* Before the bind: the transport's maximum. The header alone is enough to refuse it. */
TEST(bind_longer_than_the_transport_carries_is_a_protocol_error)
{
    static const struct {
        enum rpc_transport transport;
        unsigned length;
        bool legal;
    } cases[] = {{RPC_NCACN_IP_TCP, 5840, true},
                 {RPC_NCACN_IP_TCP, 5841, false},
                 {RPC_NCALRPC, 65528, true},
                 {RPC_NCALRPC, 65529, false}};
    for (unsigned i = 0; i < 4; i++) {
        struct rpc_connection *c = server_scene_connect(cases[i].transport);
        struct server_wire w = {0};
        wire_begin(&w, BIND, WHOLE, 9);
        wire_patch_u16(&w, 8, cases[i].length);
        deliver(c, &w);
        if (cases[i].legal)
            expect_silence(c);
        else
            expect_protocol_error(c, 9);
        rpc_connection_destroy(c);
    }
}
