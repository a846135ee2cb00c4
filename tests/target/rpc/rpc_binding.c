/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls on a binding, over real sockets: replies, faults, lost connections, deadlines.
 * Opening: test_rpc_binding_open.c. Cancels: test_rpc_binding_cancel.c. Failing system calls: the
 * world's tests.
 */
#include "tests/support/canned_binding.h"
#include "tests/support/test.h"

#include <time.h>

TEST(calls_get_their_replies)
{
    for (size_t i = 0; i < 2; i++) {
        struct canned_server s;
        canned_start(&s, transports[i], answer_three);
        struct rpc_binding *b = open_binding(&s, AMPLE_MS);
        for (size_t length = 2; length < 5; length++)
            assert_reply_of(b, length);
        rpc_binding_close(b);
        canned_join(&s);
    }
}

static void fault_then_answer(struct canned_server *s, int fd)
{
    canned_accept_bind(s, fd);
    canned_hear_type(s, fd, PDU_REQUEST, 2);
    canned_require(canned_say(fd, one_fragment(FAULT(.status = 0x1c00001a))));
    canned_answer(s, fd, 3, 7);
}

TEST(fault_is_mapped_and_the_association_stays_usable)
{
    struct canned_server s;
    size_t length;
    canned_start(&s, RPC_NCALRPC, fault_then_answer);
    struct rpc_binding *b = open_binding(&s, AMPLE_MS);
    assert_int_equal(call(b, 4, &length), RPC_X_SS_CONTEXT_MISMATCH);
    assert_reply_of(b, 7);
    rpc_binding_close(b);
    canned_join(&s);
}

static void close_in_mid_reply(struct canned_server *s, int fd)
{
    canned_accept_bind(s, fd);
    canned_hear_type(s, fd, PDU_REQUEST, 2);
    struct bytes b = one_fragment(RESPONSE(.flags = ONLY, .stub_length = 100));
    b.length = 60;
    canned_require(canned_say(fd, b));
}

static void close_before_the_reply(struct canned_server *s, int fd)
{
    canned_accept_bind(s, fd);
    canned_hear_type(s, fd, PDU_REQUEST, 2);
}

static void close_between_fragments(struct canned_server *s, int fd)
{
    canned_accept_bind(s, fd);
    canned_hear_type(s, fd, PDU_REQUEST, 2);
    canned_require(canned_say(fd, one_fragment(RESPONSE(.flags = FIRST, .stub_length = 100))));
}

TEST(connection_lost_after_the_request_is_call_failed_then_dne)
{
    void (*const scripts[])(struct canned_server *, int) = {
        close_in_mid_reply, close_before_the_reply, close_between_fragments};
    for (size_t i = 0; i < 6; i++) {
        struct canned_server s;
        size_t length;
        canned_start(&s, transports[i % 2], scripts[i / 2]);
        struct rpc_binding *b = open_binding(&s, AMPLE_MS);
        assert_int_equal(call(b, 4, &length), RPC_S_CALL_FAILED);
        assert_lost(b);
        rpc_binding_close(b);
        canned_join(&s);
    }
}

/* A UNIX socket says at once that its peer has closed: EPIPE, and no SIGPIPE. */
TEST(connection_lost_before_the_request_is_call_failed_dne)
{
    struct canned_server s;
    canned_start(&s, RPC_NCALRPC, canned_accept_bind);
    struct rpc_binding *b = open_binding(&s, AMPLE_MS);
    canned_join(&s);
    assert_lost(b);
    rpc_binding_close(b);
}

static void dribble(struct canned_server *s, int fd)
{
    canned_accept_bind(s, fd);
    canned_hear_type(s, fd, PDU_REQUEST, 2);
    struct bytes b = one_fragment(RESPONSE(.flags = ONLY, .stub_length = 5000));
    for (size_t i = 0; i < b.length; i++) {
        const struct timespec pause = {0, 5000000};
        nanosleep(&pause, NULL);
        if (send(fd, b.data + i, 1, MSG_NOSIGNAL) != 1)
            break;
    }
    bytes_free(&b);
}

TEST(deadline_ends_the_call_and_the_association)
{
    void (*const scripts[])(struct canned_server *, int) = {say_nothing, dribble};
    for (size_t i = 0; i < 2; i++) {
        struct canned_server s;
        size_t length;
        canned_start(&s, RPC_NCALRPC, scripts[i]);
        struct rpc_binding *b = open_binding(&s, SHORT_MS);
        assert_int_equal(call(b, 4, &length), RPC_S_CALL_FAILED);
        assert_lost(b);
        rpc_binding_close(b);
        canned_join(&s);
    }
}

static void never_read(struct canned_server *s, int fd)
{
    (void)fd;
    canned_accept_bind(s, fd);
    sem_wait(&s->go);
}

TEST(deadline_ends_a_request_that_the_server_does_not_take)
{
    for (size_t i = 0; i < 2; i++) {
        struct canned_server s;
        size_t length;
        canned_start(&s, transports[i], never_read);
        struct rpc_binding *b = open_binding(&s, SHORT_MS);
        assert_int_equal(call(b, 16 << 20, &length), RPC_S_CALL_FAILED);
        assert_lost(b);
        rpc_binding_close(b);
        sem_post(&s.go);
        canned_join(&s);
    }
}

/* 3 MiB: far more than socket buffers hold, in fragments as negotiated. */
static void take_and_give_much(struct canned_server *s, int fd)
{
    canned_accept_bind(s, fd);
    size_t stub = 0;
    do {
        canned_hear_type(s, fd, PDU_REQUEST, 2);
        canned_require(s->pdu_length <= CLIENT_FRAGMENT);
        stub += s->pdu_length - 24;
    } while (!(s->pdu[3] & LAST));
    canned_require(stub == 3 << 20);
    for (size_t done = 0; done < 3 << 20; done += 4096) {
        uint8_t flags = (uint8_t)((done == 0 ? FIRST : 0) | (done + 4096 == 3 << 20 ? LAST : 0));
        canned_require(canned_say(fd, one_fragment(RESPONSE(.flags = flags, .stub_length = 4096))));
    }
}

/* contract: wire.fragments */
TEST(long_requests_and_replies_are_carried_in_fragments)
{
    for (size_t i = 0; i < 2; i++) {
        struct canned_server s;
        size_t length = 0;
        canned_start(&s, transports[i], take_and_give_much);
        struct rpc_binding *b = open_binding(&s, AMPLE_MS);
        assert_int_equal(call(b, 3 << 20, &length), 0);
        assert_int_equal(length, 3 << 20);
        rpc_binding_close(b);
        canned_join(&s);
    }
}

static void break_the_rules(struct canned_server *s, int fd)
{
    canned_accept_bind(s, fd);
    canned_hear_type(s, fd, PDU_REQUEST, 2);
    canned_require(canned_say(fd, one_fragment(RESPONSE_TO(9, .flags = ONLY))));
    canned_require(canned_hear(s, fd) == 0);
}

TEST(protocol_error_breaks_the_association)
{
    struct canned_server s;
    size_t length;
    canned_start(&s, RPC_NCALRPC, break_the_rules);
    struct rpc_binding *b = open_binding(&s, AMPLE_MS);
    assert_int_equal(call(b, 4, &length), RPC_S_PROTOCOL_ERROR);
    assert_lost(b);
    rpc_binding_close(b);
    canned_join(&s);
}
