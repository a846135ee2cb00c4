/* SPDX-License-Identifier: Apache-2.0 */
#include "server_answers.h"

void deliver(struct rpc_connection *c, struct server_wire *w)
{
    rpc_connection_receive(c, w->data, w->length);
    free(w->data);
    *w = (struct server_wire){0};
}

const struct answer *take_answer(struct rpc_connection *c)
{
    static struct answer a;
    size_t n;
    const uint8_t *out = rpc_connection_output(c, &n);
    assert_true(n >= 16);
    assert_memory_equal(out, "\5\0", 2);
    assert_memory_equal(out + 4, "\x10\0\0\0", 4);
    a.type = out[2];
    a.flags = out[3];
    a.length = read_u16(out + 8);
    assert_int_equal(read_u16(out + 10), 0); /* no auth trailer */
    a.call_id = read_u32(out + 12);
    assert_true(a.length >= 16 && a.length <= n);
    memcpy(a.bytes, out, a.length);
    rpc_connection_sent(c, a.length);
    return &a;
}

size_t output_length(const struct rpc_connection *c)
{
    size_t n;
    rpc_connection_output(c, &n);
    return n;
}

void expect_silence(const struct rpc_connection *c)
{
    assert_int_equal(output_length(c), 0);
    assert_false(rpc_connection_is_finished(c));
    assert_true(rpc_connection_wants_input(c));
}

void expect_end(const struct rpc_connection *c)
{
    assert_int_equal(output_length(c), 0);
    assert_true(rpc_connection_is_finished(c));
    assert_false(rpc_connection_wants_input(c));
}

void expect_fault(struct rpc_connection *c, uint32_t call_id, unsigned context, uint32_t status,
                  unsigned more_flags)
{
    const struct answer *a = take_answer(c);
    assert_int_equal(a->type, FAULT);
    assert_int_equal(a->call_id, call_id);
    assert_int_equal(a->length, 32);
    assert_int_equal(read_u32(a->bytes + 24), status);
    assert_int_equal(a->flags, WHOLE | more_flags);
    assert_int_equal(read_u16(a->bytes + 20), context);
    assert_int_equal(read_u32(a->bytes + 28), 0);
}

void expect_last_fault(struct rpc_connection *c, uint32_t call_id, unsigned context,
                       uint32_t status, unsigned more_flags)
{
    assert_false(rpc_connection_is_finished(c)); /* the fault has to be sent first */
    expect_fault(c, call_id, context, status, more_flags);
    expect_end(c);
}

void expect_protocol_error(struct rpc_connection *c, uint32_t call_id)
{
    expect_last_fault(c, call_id, 0, proto_error, 0);
}

void expect_refused_alter(struct rpc_connection *c, uint32_t call_id)
{
    expect_last_fault(c, call_id, 0, proto_error, DID_NOT_EXECUTE);
}

void expect_bind_nak(struct rpc_connection *c, uint32_t call_id, unsigned reason)
{
    const struct answer *a = take_answer(c);
    assert_int_equal(a->type, BIND_NAK);
    assert_int_equal(a->flags, WHOLE);
    assert_int_equal(a->call_id, call_id);
    assert_int_equal(read_u16(a->bytes + 16), reason);
    assert_int_equal(a->length, 24);
    assert_memory_equal(a->bytes + 18, "\1\5\0\0\0\0", 6); /* one version: 5.0; padding */
    expect_end(c);
}

void expect_response(struct rpc_connection *c, uint32_t call_id, unsigned context, const void *stub,
                     size_t n)
{
    const struct answer *a = take_answer(c);
    assert_int_equal(a->type, RESPONSE);
    assert_int_equal(a->flags, WHOLE);
    assert_int_equal(a->call_id, call_id);
    assert_int_equal(read_u32(a->bytes + 16), n);
    assert_int_equal(read_u16(a->bytes + 20), context);
    assert_int_equal(a->length, 24 + n);
    if (n > 0)
        assert_memory_equal(a->bytes + 24, stub, n);
}

void expect_result(const struct answer *a, unsigned index, unsigned result, unsigned reason)
{
    static const uint8_t accepted[20] = {0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8,
                                         0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 0x02, 0,    0,    0};
    static const uint8_t none[20];
    size_t results = (26u + read_u16(a->bytes + 24) + 3u) & ~3u;
    assert_true(index < a->bytes[results]);
    const uint8_t *at = a->bytes + results + 4 + 24 * (size_t)index;
    assert_int_equal(read_u16(at), result);
    assert_int_equal(read_u16(at + 2), reason);
    assert_memory_equal(at + 4, result == 0 ? accepted : none, 20);
}

const struct answer *take_ack(struct rpc_connection *c, unsigned type, unsigned contexts)
{
    const struct answer *a = take_answer(c);
    assert_int_equal(a->type, type);
    assert_int_equal(a->flags, WHOLE);
    size_t results = (26u + read_u16(a->bytes + 24) + 3u) & ~3u;
    assert_int_equal(a->bytes[results], contexts);
    assert_int_equal(a->length, results + 4 + 24 * contexts);
    return a;
}
