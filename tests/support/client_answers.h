/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server may say to a client association, as bytes, and the way to say it: in one piece or
 * in pieces of any size. Layouts after [C706] 12.6.4, independent of our own writers.
 */
#ifndef TESTS_CLIENT_ANSWERS_H
#define TESTS_CLIENT_ANSWERS_H

#include "tests/support/test.h"

#include "hex.h"
#include "target/include/winerror.h"
#include "target/rpc/client_association.h"

enum { CLIENT_FRAGMENT = 5840, FIRST = 1, LAST = 2, ONLY = 3 };

static const struct rpc_syntax_id answers_interface = {
    {0xecec0d70, 0xa603, 0x11d0, {0x96, 0xb1}, {0x00, 0xa0, 0xc9, 0x1e, 0xce, 0x30}}, 1};

#define NDR20     "045d888a eb1c c911 9fe808002b104860 02000000"
#define NO_SYNTAX "00000000 0000 0000 0000000000000000 00000000"
/* call 1, 5840 bytes both ways, group 0x1234, no address, one result */
#define BIND_ACK_START                                                                             \
    "05000c03 10000000 3800 0000 01000000 d016 d016 34120000 0000 0000 01 000000 "
#define BIND_ACK BIND_ACK_START "0000 0000 " NDR20

/* A response or fault fragment; the defaults are those of a right one for call 2. */
struct fragment {
    uint8_t type, flags;
    uint32_t call_id;
    uint32_t alloc_hint;
    uint16_t context_id;
    bool big_endian;
    uint8_t float_representation;
    size_t stub_length; /* bytes 0, 1, 2, ... counted on from first_byte */
    uint8_t first_byte;
    uint32_t status; /* fault */
};

struct bytes {
    uint8_t *data;
    size_t length;
};

static inline void bytes_put(struct bytes *b, uint64_t v, size_t size, bool big_endian)
{
    for (size_t i = 0; i < size; i++)
        b->data[b->length + (big_endian ? size - 1 - i : i)] = (uint8_t)(v >> 8 * i);
    b->length += size;
}

static inline void bytes_add_fragment(struct bytes *b, struct fragment f)
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

static inline void bytes_add_hex(struct bytes *b, const char *text)
{
    size_t length;
    uint8_t *more = hex_bytes(text, &length);
    b->data = realloc(b->data, b->length + length);
    assert_non_null(b->data);
    memcpy(b->data + b->length, more, length);
    b->length += length;
    free(more);
}

static inline void bytes_free(struct bytes *b)
{
    free(b->data);
    *b = (struct bytes){0};
}

#define RESPONSE_TO(id, ...) ((struct fragment){.type = PDU_RESPONSE, .call_id = (id), __VA_ARGS__})
#define RESPONSE(...)        RESPONSE_TO(2, __VA_ARGS__)
#define FAULT_OF(id, ...)                                                                          \
    ((struct fragment){.type = PDU_FAULT, .flags = ONLY, .call_id = (id), __VA_ARGS__})
#define FAULT(...) FAULT_OF(2, __VA_ARGS__)
/* Laid out as a response, of another type. */
#define PDU_LIKE(pdu_type, ...) ((struct fragment){.type = (pdu_type), .call_id = 2, __VA_ARGS__})

/* Hands the bytes over in pieces of at most `piece`, up to the first event; returns it. What was
   not handed over is left in `b`. */
static inline enum client_event hear_in_pieces(struct client_association *a, struct bytes *b,
                                               size_t piece)
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

/* The same in one piece, and the bytes are freed. */
static inline enum client_event hear(struct client_association *a, struct bytes b)
{
    enum client_event event = hear_in_pieces(a, &b, SIZE_MAX);
    assert_int_equal(b.length, 0);
    bytes_free(&b);
    return event;
}

static inline struct bytes one_fragment(struct fragment f)
{
    struct bytes b = {0};
    bytes_add_fragment(&b, f);
    return b;
}

static inline struct bytes from_hex(const char *text)
{
    struct bytes b = {0};
    bytes_add_hex(&b, text);
    return b;
}

/* An association whose bind is out: call 1. */
static inline void start_binding(struct client_association *a)
{
    struct buffer out = BUFFER_INIT;
    client_association_init(a, CLIENT_FRAGMENT);
    assert_true(client_association_bind(a, &answers_interface, NULL, &out));
    buffer_destroy(&out);
}

static inline void become_bound(struct client_association *a)
{
    start_binding(a);
    assert_int_equal(hear(a, from_hex(BIND_ACK)), CLIENT_BOUND);
}

/* A request with a stub of 4 bytes: the next call id. */
static inline void start_call(struct client_association *a)
{
    struct buffer out = BUFFER_INIT, stub = BUFFER_INIT;
    assert_true(buffer_append(&stub, "\xde\xad\xbe\xef", 4));
    assert_true(client_association_request(a, 9, &stub, 0, &out));
    buffer_destroy(&stub);
    buffer_destroy(&out);
}

/* Bound, with call 2 under way. */
static inline void start_first_call(struct client_association *a)
{
    become_bound(a);
    start_call(a);
    assert_int_equal(a->call_id, 2);
}

/* Whether the reply is the bytes 0, 1, 2, ... */
static inline void assert_reply(struct client_association *a, size_t length)
{
    struct ndr n = client_association_reply(a);
    assert_int_equal(n.stub_length, length);
    for (size_t i = 0; i < length; i++)
        assert_int_equal(n.stub[i], (uint8_t)i);
}

/* Whether the next call gets its answer. */
static inline void assert_usable(struct client_association *a)
{
    start_call(a);
    struct fragment f = RESPONSE(.flags = ONLY, .stub_length = 3);
    f.call_id = a->call_id;
    assert_int_equal(hear(a, one_fragment(f)), CLIENT_REPLY);
    assert_reply(a, 3);
}

#endif
