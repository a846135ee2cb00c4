/* SPDX-License-Identifier: Apache-2.0 */
#include "client_answers.h"

const struct rpc_syntax_id answers_interface = {
    {0xecec0d70, 0xa603, 0x11d0, {0x96, 0xb1}, {0x00, 0xa0, 0xc9, 0x1e, 0xce, 0x30}}, 1};

void bytes_put(struct bytes *b, uint64_t v, size_t size, bool big_endian)
{
    for (size_t i = 0; i < size; i++)
        b->data[b->length + (big_endian ? size - 1 - i : i)] = (uint8_t)(v >> 8 * i);
    b->length += size;
}

void bytes_add_fragment(struct bytes *b, struct fragment f)
{
    bool big = f.big_endian;
    size_t body = f.type == PDU_FAULT ? 16 : 8 + f.stub_length;
    b->data = realloc(b->data, b->length + 16 + body);
    assert_non_null(b->data);
    bytes_put(b, 5, 1, big);
    bytes_put(b, 0, 1, big);
    bytes_put(b, f.type, 1, big);
    bytes_put(b, f.flags, 1, big);
    bytes_put(b, big ? 0x00 : 0x10, 1, big);
    bytes_put(b, f.float_representation, 1, big);
    bytes_put(b, 0, 2, big);
    bytes_put(b, 16 + body, 2, big);
    bytes_put(b, 0, 2, big);
    bytes_put(b, f.call_id, 4, big);
    bytes_put(b, f.alloc_hint, 4, big);
    bytes_put(b, f.context_id, 2, big);
    bytes_put(b, 0, 2, big);
    if (f.type == PDU_FAULT) {
        bytes_put(b, f.status, 4, big);
        bytes_put(b, 0, 4, big);
    } else {
        for (size_t i = 0; i < f.stub_length; i++)
            bytes_put(b, (uint8_t)(f.first_byte + i), 1, big);
    }
}

void bytes_add_hex(struct bytes *b, const char *text)
{
    size_t length;
    uint8_t *more = hex_bytes(text, &length);
    b->data = realloc(b->data, b->length + length);
    assert_non_null(b->data);
    memcpy(b->data + b->length, more, length);
    b->length += length;
    free(more);
}

void bytes_free(struct bytes *b)
{
    free(b->data);
    *b = (struct bytes){0};
}

enum client_event hear_in_pieces(struct client_association *a, struct bytes *b, size_t piece)
{
    /* What came before may hold an event already. */
    enum client_event event = client_association_received(a, 0);
    size_t at = 0;
    while (at < b->length && event == CLIENT_MORE) {
        size_t n;
        uint8_t *room = client_association_room(a, &n);
        assert_non_null(room);
        assert_true(n >= 1);
        n = n > piece ? piece : n;
        n = n > b->length - at ? b->length - at : n;
        memcpy(room, b->data + at, n);
        at += n;
        event = client_association_received(a, n);
    }
    b->length -= at;
    if (b->length > 0)
        memmove(b->data, b->data + at, b->length);
    return event;
}

enum client_event hear(struct client_association *a, struct bytes b)
{
    enum client_event event = hear_in_pieces(a, &b, SIZE_MAX);
    assert_int_equal(b.length, 0);
    bytes_free(&b);
    return event;
}

struct bytes one_fragment(struct fragment f)
{
    struct bytes b = {0};
    bytes_add_fragment(&b, f);
    return b;
}

struct bytes from_hex(const char *text)
{
    struct bytes b = {0};
    bytes_add_hex(&b, text);
    return b;
}

void start_binding(struct client_association *a)
{
    struct buffer out = BUFFER_INIT;
    client_association_init(a, CLIENT_FRAGMENT);
    assert_true(client_association_bind(a, &answers_interface, NULL, &out));
    buffer_destroy(&out);
}

void become_bound(struct client_association *a)
{
    start_binding(a);
    assert_int_equal(hear(a, from_hex(BIND_ACK)), CLIENT_BOUND);
}

void start_call(struct client_association *a)
{
    struct buffer out = BUFFER_INIT, stub = BUFFER_INIT;
    assert_true(buffer_append(&stub, "\xde\xad\xbe\xef", 4));
    assert_true(client_association_request(a, 9, &stub, 0, &out));
    buffer_destroy(&stub);
    buffer_destroy(&out);
}

void start_first_call(struct client_association *a)
{
    become_bound(a);
    start_call(a);
    assert_int_equal(a->call_id, 2);
}

void assert_reply(struct client_association *a, size_t length)
{
    struct ndr n = client_association_reply(a);
    assert_int_equal(n.stub_length, length);
    for (size_t i = 0; i < length; i++)
        assert_int_equal(n.stub[i], (uint8_t)i);
}

void assert_usable(struct client_association *a)
{
    start_call(a);
    struct fragment f = RESPONSE(.flags = ONLY, .stub_length = 3);
    f.call_id = a->call_id;
    assert_int_equal(hear(a, one_fragment(f)), CLIENT_REPLY);
    assert_reply(a, 3);
}
