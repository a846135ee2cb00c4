/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credentials in the auth trailer of a bind: our private type, in clear, over ncalrpc alone.
 */
#include "tests/support/server_scene.h"
#include "tests/support/test.h"

#include "target/rpc/server_internal.h" /* to look for the password in a connection's memory */

AROUND_EACH_TEST(server_scene_set_up, server_scene_tear_down);

enum { PLAIN = 0xd5, NTLM = 10, SPNEGO = 9, CONNECT_LEVEL = 2, PRIVACY_LEVEL = 6 };

static const char secret[] = "alice\0EXAMPLE\0correct horse";

static struct rpc_connection *bind_with(enum rpc_transport transport, bool trusted, unsigned type,
                                        unsigned level, const void *value, size_t n)
{
    struct rpc_peer peer = {.transport = transport, .trusted = trusted};
    struct rpc_connection *c = rpc_connection_create(server_scene.server, &peer, "");
    assert_non_null(c);
    struct server_wire w = {0};
    wire_bind(&w, BIND, 3, 5840, 5840, 0, 1);
    wire_context(&w, 0, &cups, &ndr20);
    wire_auth(&w, type, level, value, n);
    wire_end(&w);
    deliver(c, &w);
    return c;
}

/* What a manager is told of its caller. */
static void expect_peer(struct rpc_connection *c, uint32_t call_id, bool trusted,
                        bool authenticated, bool rejected)
{
    const uint8_t is[] = {trusted, authenticated, rejected};
    send_call(c, call_id, 0, WHO, NULL, 0);
    expect_response(c, call_id, 0, is, sizeof is);
}

TEST(accepted_credentials_make_the_peer_authenticated)
{
    server_scene.accept = true;
    struct rpc_connection *c =
        bind_with(RPC_NCALRPC, false, PLAIN, CONNECT_LEVEL, secret, sizeof secret);
    expect_result(take_ack(c, BIND_ACK, 1), 0, 0, 0);
    assert_int_equal(server_scene.judged, 1);
    assert_string_equal(server_scene.seen[0], "alice");
    assert_string_equal(server_scene.seen[1], "EXAMPLE");
    assert_string_equal(server_scene.seen[2], "correct horse");
    expect_peer(c, 4, false, true, false);
    rpc_connection_destroy(c);
}

/* The bind stands, so that the service can answer "access denied" call by call. */
TEST(refused_credentials_make_even_a_trusted_peer_rejected)
{
    struct rpc_connection *c =
        bind_with(RPC_NCALRPC, true, PLAIN, CONNECT_LEVEL, secret, sizeof secret);
    expect_result(take_ack(c, BIND_ACK, 1), 0, 0, 0);
    expect_peer(c, 4, true, false, true);
    rpc_connection_destroy(c);
}

TEST(without_a_judge_all_credentials_are_refused)
{
    rpc_server_destroy(server_scene.server);
    server_scene_open(&rpc_server_default_limits, false);
    struct rpc_connection *c =
        bind_with(RPC_NCALRPC, false, PLAIN, CONNECT_LEVEL, secret, sizeof secret);
    expect_result(take_ack(c, BIND_ACK, 1), 0, 0, 0);
    expect_peer(c, 4, false, false, true);
    rpc_connection_destroy(c);
}

TEST(bind_without_credentials_leaves_the_peer_as_it_was)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    expect_peer(c, 4, false, false, false);
    assert_int_equal(server_scene.judged, 0);
    rpc_connection_destroy(c);
}

/* Only the runtime decides who is authenticated: a caller's claim is ignored. */
TEST(peer_is_not_authenticated_by_its_creator)
{
    struct rpc_peer peer = {.transport = RPC_NCALRPC, .authenticated = true, .rejected = true};
    struct rpc_connection *c = rpc_connection_create(server_scene.server, &peer, "");
    assert_non_null(c);
    bind_in_group(c, 5840, 0);
    expect_peer(c, 4, false, false, false);
    rpc_connection_destroy(c);
}

static void expect_refused_for(unsigned reason, enum rpc_transport transport, unsigned type,
                               unsigned level, const void *value, size_t n)
{
    server_scene.accept = true;
    struct rpc_connection *c = bind_with(transport, true, type, level, value, n);
    expect_bind_nak(c, 3, reason);
    assert_int_equal(server_scene.judged, 0);
    rpc_connection_destroy(c);
}

static void expect_refused(enum rpc_transport transport, unsigned type, unsigned level,
                           const void *value, size_t n)
{
    expect_refused_for(8, transport, type, level, value, n);
}

TEST(unknown_authentication_types_are_refused)
{
    expect_refused(RPC_NCALRPC, NTLM, CONNECT_LEVEL, "NTLMSSP", 8);
    expect_refused(RPC_NCALRPC, SPNEGO, CONNECT_LEVEL, "x", 1);
    expect_refused(RPC_NCALRPC, 0, CONNECT_LEVEL, secret, sizeof secret);
    expect_refused(RPC_NCACN_IP_TCP, NTLM, CONNECT_LEVEL, "NTLMSSP", 8);
}

TEST(password_is_refused_over_tcp_without_being_judged)
{
    expect_refused(RPC_NCACN_IP_TCP, PLAIN, CONNECT_LEVEL, secret, sizeof secret);
}

TEST(other_authentication_levels_are_refused)
{
    for (unsigned level = CONNECT_LEVEL + 1; level <= PRIVACY_LEVEL; level++)
        expect_refused(RPC_NCALRPC, PLAIN, level, secret, sizeof secret);
}

/* "None" and invalid levels are independent of the authentication type. */
TEST(levels_that_are_none_are_refused_for_no_specified_reason)
{
    static const unsigned levels[] = {0, 1, 7, 255}, types[] = {PLAIN, NTLM, SPNEGO, 1, 0};
    for (unsigned i = 0; i < 4; i++)
        for (unsigned j = 0; j < 5; j++)
            expect_refused_for(0, RPC_NCALRPC, types[j], levels[i], secret, sizeof secret);
}

TEST(malformed_credentials_are_refused)
{
    expect_refused(RPC_NCALRPC, PLAIN, CONNECT_LEVEL, "a\0b\0c", 5);    /* no end */
    expect_refused(RPC_NCALRPC, PLAIN, CONNECT_LEVEL, "a\0b", 4);       /* two strings */
    expect_refused(RPC_NCALRPC, PLAIN, CONNECT_LEVEL, "a\0b\0c\0d", 8); /* four */
    expect_refused(RPC_NCALRPC, PLAIN, CONNECT_LEVEL, "a", 1);
}

TEST(credentials_of_more_than_3_kibibytes_are_refused)
{
    enum { MOST = 3 * 1024 };
    static char value[MOST + 1];
    memset(value, 'a', sizeof value);
    value[1] = value[3] = value[MOST - 1] = '\0';
    server_scene.accept = true;
    struct rpc_connection *c = bind_with(RPC_NCALRPC, false, PLAIN, CONNECT_LEVEL, value, MOST);
    take_ack(c, BIND_ACK, 1);
    assert_int_equal(server_scene.judged, 1);
    rpc_connection_destroy(c);
    server_scene.judged = 0;
    value[MOST - 1] = 'a';
    value[MOST] = '\0';
    expect_refused(RPC_NCALRPC, PLAIN, CONNECT_LEVEL, value, MOST + 1);
}

TEST(empty_strings_are_credentials)
{
    server_scene.accept = true;
    struct rpc_connection *c = bind_with(RPC_NCALRPC, false, PLAIN, CONNECT_LEVEL, "\0\0", 3);
    take_ack(c, BIND_ACK, 1);
    assert_int_equal(server_scene.judged, 1);
    expect_peer(c, 4, false, true, false);
    rpc_connection_destroy(c);
}

/* In the `n` bytes of the input's memory that have been written to. */
static bool holds_password(const struct rpc_connection *c, size_t n)
{
    assert_true(n <= c->in.capacity);
    return memmem(c->in.data, n, "horse", 5) != NULL;
}

TEST(password_is_wiped_from_the_input_once_it_was_judged)
{
    struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
    struct server_wire w = {0};
    wire_bind(&w, BIND, 3, 5840, 5840, 0, 1);
    wire_context(&w, 0, &cups, &ndr20);
    wire_auth(&w, PLAIN, CONNECT_LEVEL, secret, sizeof secret);
    wire_end(&w);
    rpc_connection_receive(c, w.data, w.length - 1);
    assert_true(holds_password(c, w.length - 1)); /* or the search finds nothing by being wrong */
    rpc_connection_receive(c, w.data + w.length - 1, 1);
    assert_int_equal(server_scene.judged, 1);
    assert_false(holds_password(c, w.length));
    free(w.data);
    rpc_connection_destroy(c);
}

/* Nothing was said about them: neither "denied" nor "accepted" would be true. */
TEST(credentials_that_cannot_be_judged_refuse_the_bind)
{
    enum { LOCAL_LIMIT_EXCEEDED = 2 };
    server_scene.no_memory = true;
    struct rpc_connection *c =
        bind_with(RPC_NCALRPC, true, PLAIN, CONNECT_LEVEL, secret, sizeof secret);
    assert_int_equal(server_scene.judged, 1);
    expect_bind_nak(c, 3, LOCAL_LIMIT_EXCEEDED);
    rpc_connection_destroy(c);
}
