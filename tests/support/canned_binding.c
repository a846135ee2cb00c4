/* SPDX-License-Identifier: Apache-2.0 */
#include "canned_binding.h"

const enum rpc_transport transports[2] = {RPC_NCALRPC, RPC_NCACN_IP_TCP};

struct rpc_binding *open_binding(struct canned_server *s, uint32_t timeout_ms)
{
    struct rpc_binding *b;
    assert_int_equal(rpc_binding_open(&s->endpoint, &answers_interface, NULL, timeout_ms, &b), 0);
    return b;
}

uint32_t call(struct rpc_binding *b, size_t stub_length, size_t *out_reply_length)
{
    struct buffer request = BUFFER_INIT;
    struct ndr reply;
    assert_true(buffer_reserve(&request, stub_length + 1));
    memset(request.data, 0, stub_length);
    request.length = stub_length;
    uint32_t code = rpc_binding_call(b, 9, &request, 0, &reply);
    if (code == 0)
        *out_reply_length = reply.stub_length;
    buffer_destroy(&request);
    return code;
}

void assert_reply_of(struct rpc_binding *b, size_t length)
{
    size_t reply_length = 0;
    assert_int_equal(call(b, 4, &reply_length), 0);
    assert_int_equal(reply_length, length);
}

void assert_lost(struct rpc_binding *b)
{
    size_t length;
    for (int i = 0; i < 2; i++)
        assert_int_equal(call(b, 4, &length), RPC_S_CALL_FAILED_DNE);
}

void answer_three(struct canned_server *s, int fd)
{
    canned_accept_bind(s, fd);
    for (uint8_t call_id = 2; call_id < 5; call_id++)
        canned_answer(s, fd, call_id, call_id);
    canned_require(canned_hear(s, fd) == 0);
}

void say_nothing(struct canned_server *s, int fd)
{
    canned_accept_bind(s, fd);
    canned_hear_type(s, fd, PDU_REQUEST, 2);
    canned_require(canned_hear(s, fd) == 0);
}
