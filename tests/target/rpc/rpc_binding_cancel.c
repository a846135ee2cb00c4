/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cancels of calls on a binding, from another thread and before the call, over real sockets.
 */
#include "tests/support/canned_binding.h"
#include "tests/support/test.h"

#include <time.h>

struct canceller {
    pthread_t thread;
    struct canned_server *server;
    struct rpc_binding *binding;
};

/* Cancels when the server's script says that it has come far enough. */
static void *cancel_when_reached(void *argument)
{
    struct canceller *c = argument;
    sem_wait(&c->server->reached);
    rpc_binding_cancel(c->binding);
    return NULL;
}

static void start_canceller(struct canceller *c, struct canned_server *s, struct rpc_binding *b)
{
    *c = (struct canceller){.server = s, .binding = b};
    assert_int_equal(pthread_create(&c->thread, NULL, cancel_when_reached, c), 0);
}

static void answer_late(struct canned_server *s, int fd)
{
    canned_accept_bind(s, fd);
    canned_hear_type(s, fd, PDU_REQUEST, 2);
    sem_post(&s->reached);
    canned_hear_type(s, fd, PDU_ORPHANED, 2);
    canned_require(canned_say(fd, one_fragment(RESPONSE(.flags = FIRST, .stub_length = 2000))));
    canned_require(canned_say(fd, one_fragment(RESPONSE(.flags = LAST, .stub_length = 2000))));
    canned_answer(s, fd, 3, 7);
}

TEST(cancelled_call_is_orphaned_and_the_association_stays_usable)
{
    for (size_t i = 0; i < 2; i++) {
        struct canned_server s;
        struct canceller c;
        size_t length;
        canned_start(&s, transports[i], answer_late);
        struct rpc_binding *b = open_binding(&s, AMPLE_MS);
        start_canceller(&c, &s, b);
        assert_int_equal(call(b, 4, &length), RPC_S_CALL_CANCELLED);
        assert_reply_of(b, 7);
        pthread_join(c.thread, NULL);
        rpc_binding_close(b);
        canned_join(&s);
    }
}

static void cut_the_reply_for_a_cancel(struct canned_server *s, int fd)
{
    canned_accept_bind(s, fd);
    canned_hear_type(s, fd, PDU_REQUEST, 2);
    struct bytes late = one_fragment(RESPONSE(.flags = ONLY, .stub_length = 2000));
    struct bytes early = {hex_copy(late.data, 700), 700};
    canned_require(canned_say(fd, early));
    sem_post(&s->reached);
    canned_hear_type(s, fd, PDU_ORPHANED, 2);
    late.length -= 700;
    memmove(late.data, late.data + 700, late.length);
    canned_require(canned_say(fd, late));
    canned_answer(s, fd, 3, 7);
}

TEST(call_may_be_cancelled_in_mid_reply)
{
    struct canned_server s;
    struct canceller c;
    size_t length;
    canned_start(&s, RPC_NCALRPC, cut_the_reply_for_a_cancel);
    struct rpc_binding *b = open_binding(&s, AMPLE_MS);
    start_canceller(&c, &s, b);
    assert_int_equal(call(b, 4, &length), RPC_S_CALL_CANCELLED);
    assert_reply_of(b, 7);
    pthread_join(c.thread, NULL);
    rpc_binding_close(b);
    canned_join(&s);
}

/* The server's first request is the second call: the cancelled one sent nothing. */
static void answer_call_3(struct canned_server *s, int fd)
{
    canned_accept_bind(s, fd);
    canned_answer(s, fd, 3, 7);
}

TEST(cancel_between_calls_stops_the_next_one_before_it_sends)
{
    struct canned_server s;
    size_t length;
    canned_start(&s, RPC_NCALRPC, answer_call_3);
    struct rpc_binding *b = open_binding(&s, AMPLE_MS);
    rpc_binding_cancel(b);
    assert_int_equal(call(b, 4, &length), RPC_S_CALL_CANCELLED);
    assert_reply_of(b, 7);
    rpc_binding_close(b);
    canned_join(&s);
}

TEST(withdrawn_cancel_stops_nothing)
{
    struct canned_server s;
    canned_start(&s, RPC_NCALRPC, answer_three);
    struct rpc_binding *b = open_binding(&s, AMPLE_MS);
    for (size_t length = 2; length < 5; length++) {
        rpc_binding_cancel(b);
        rpc_binding_reset_cancel(b);
        assert_reply_of(b, length);
    }
    rpc_binding_close(b);
    canned_join(&s);
}

/* A wake-up that is left over from it would make the wait for the reply a busy loop. */
TEST(withdrawn_cancel_does_not_make_the_next_wait_spin)
{
    enum { WAIT_MS = 400 };
    struct canned_server s;
    size_t length;
    struct timespec before, after;
    canned_start(&s, RPC_NCALRPC, say_nothing);
    struct rpc_binding *b = open_binding(&s, WAIT_MS);
    rpc_binding_cancel(b);
    rpc_binding_reset_cancel(b);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    assert_int_equal(call(b, 4, &length), RPC_S_CALL_FAILED);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    int64_t used_ms =
        (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
    assert_true(used_ms < WAIT_MS / 2); /* processor time of this thread, not time that passed */
    rpc_binding_close(b);
    canned_join(&s);
}

static void take_a_little(struct canned_server *s, int fd)
{
    canned_accept_bind(s, fd);
    canned_hear_type(s, fd, PDU_REQUEST, 2);
    sem_post(&s->reached);
    sem_wait(&s->go);
}

TEST(cancel_of_a_half_sent_request_loses_the_association)
{
    struct canned_server s;
    struct canceller c;
    size_t length;
    canned_start(&s, RPC_NCALRPC, take_a_little);
    struct rpc_binding *b = open_binding(&s, AMPLE_MS);
    start_canceller(&c, &s, b);
    assert_int_equal(call(b, 16 << 20, &length), RPC_S_CALL_CANCELLED);
    assert_lost(b);
    pthread_join(c.thread, NULL);
    rpc_binding_close(b);
    sem_post(&s.go);
    canned_join(&s);
}
