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

extern const struct rpc_syntax_id answers_interface;

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

void bytes_put(struct bytes *b, uint64_t v, size_t size, bool big_endian);
void bytes_add_fragment(struct bytes *b, struct fragment f);
void bytes_add_hex(struct bytes *b, const char *text);
void bytes_free(struct bytes *b);

#define RESPONSE_TO(id, ...) ((struct fragment){.type = PDU_RESPONSE, .call_id = (id), __VA_ARGS__})
#define RESPONSE(...)        RESPONSE_TO(2, __VA_ARGS__)
#define FAULT_OF(id, ...)                                                                          \
    ((struct fragment){.type = PDU_FAULT, .flags = ONLY, .call_id = (id), __VA_ARGS__})
#define FAULT(...) FAULT_OF(2, __VA_ARGS__)
/* Laid out as a response, of another type. */
#define PDU_LIKE(pdu_type, ...) ((struct fragment){.type = (pdu_type), .call_id = 2, __VA_ARGS__})

/* Hands the bytes over in pieces of at most `piece`, up to the first event; returns it. What was
   not handed over is left in `b`. */
enum client_event hear_in_pieces(struct client_association *a, struct bytes *b, size_t piece);
/* The same in one piece, and the bytes are freed. */
enum client_event hear(struct client_association *a, struct bytes b);
struct bytes one_fragment(struct fragment f);
struct bytes from_hex(const char *text);
/* An association whose bind is out: call 1. */
void start_binding(struct client_association *a);
void become_bound(struct client_association *a);
/* A request with a stub of 4 bytes: the next call id. */
void start_call(struct client_association *a);
/* Bound, with call 2 under way. */
void start_first_call(struct client_association *a);
/* Whether the reply is the bytes 0, 1, 2, ... */
void assert_reply(struct client_association *a, size_t length);
/* Whether the next call gets its answer. */
void assert_usable(struct client_association *a);

#endif
