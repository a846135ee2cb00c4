/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client association with a server that refuses it, or breaks the rules: each violation ends
 * the association with the right code. [MS-RPCE] 3.3.2.5, [C706] 12.6; bind results as
 * rpc_binding.h.
 */
#include "tests/support/client_answers.h"
#include "tests/support/test.h"

static void assert_failed(struct client_association *a, struct bytes b, uint32_t status,
                          const char *name)
{
    enum client_event event = hear_in_pieces(a, &b, SIZE_MAX);
    if (event != CLIENT_FAILED || a->status != status)
        print_error("%s: event %d, status %u\n", name, (int)event, (unsigned)a->status);
    assert_int_equal(event, CLIENT_FAILED);
    assert_int_equal(a->status, status);
    assert_int_equal(a->state, CLIENT_BROKEN);
    /* Whatever comes now, it is lost. */
    assert_int_equal(client_association_received(a, 0), CLIENT_FAILED);
    bytes_free(&b);
    client_association_destroy(a);
}

#define ACK(call_id, count)                                                                        \
    "05000c03 10000000 3800 0000 " call_id " d016 d016 34120000 0000 0000 " count " 000000 "
#define NAK(reason) "05000d03 10000000 1500 0000 01000000 " reason " 01 05 00"

TEST(each_refusal_of_a_bind_has_its_code)
{
    const struct {
        const char *name, *answer;
        uint32_t status;
    } rows[] = {
        {"nak: not specified", NAK("0000"), RPC_S_CALL_FAILED_DNE},
        {"nak: congestion", NAK("0100"), RPC_S_SERVER_TOO_BUSY},
        {"nak: local limit", NAK("0200"), RPC_S_SERVER_TOO_BUSY},
        {"nak: protocol version", NAK("0400"), RPC_S_PROTOCOL_ERROR},
        {"nak: authentication type", NAK("0800"), RPC_S_UNKNOWN_AUTHN_SERVICE},
        {"nak: checksum", NAK("0900"), ERROR_ACCESS_DENIED},
        {"nak: unknown reason", NAK("4d00"), RPC_S_CALL_FAILED_DNE},
        {"result: user rejection", ACK("01000000", "01") "0100 0000 " NO_SYNTAX,
         ERROR_ACCESS_DENIED},
        {"result: reason not specified", ACK("01000000", "01") "0200 0000 " NO_SYNTAX,
         RPC_S_CALL_FAILED_DNE},
        {"result: interface", ACK("01000000", "01") "0200 0100 " NO_SYNTAX, RPC_S_UNKNOWN_IF},
        {"result: transfer syntax", ACK("01000000", "01") "0200 0200 " NO_SYNTAX,
         RPC_S_UNSUPPORTED_TRANS_SYN},
        {"result: local limit", ACK("01000000", "01") "0200 0300 " NO_SYNTAX,
         RPC_S_SERVER_TOO_BUSY},
        {"result: unknown reason", ACK("01000000", "01") "0200 0900 " NO_SYNTAX,
         RPC_S_CALL_FAILED_DNE},
        {"result: negotiate_ack", ACK("01000000", "01") "0300 0000 " NO_SYNTAX,
         RPC_S_PROTOCOL_ERROR},
        {"result: unknown", ACK("01000000", "01") "0900 0000 " NO_SYNTAX, RPC_S_PROTOCOL_ERROR},
        {"accepted, but with another transfer syntax", ACK("01000000", "01") "0000 0000 " NO_SYNTAX,
         RPC_S_PROTOCOL_ERROR},
        {"no result", ACK("01000000", "00") "0000 0000 " NDR20, RPC_S_PROTOCOL_ERROR},
        {"more results than contexts",
         "05000c03 10000000 5000 0000 01000000 d016 d016 34120000 0000 0000 02 000000 "
         "0000 0000 " NDR20 "0000 0000 " NDR20,
         RPC_S_PROTOCOL_ERROR},
        {"results that are not there", ACK("01000000", "02") "0000 0000 " NDR20,
         RPC_S_PROTOCOL_ERROR},
        {"ack of another call", ACK("02000000", "01") "0000 0000 " NDR20, RPC_S_PROTOCOL_ERROR},
        {"fault", "05000323 10000000 2000 0000 01000000 20000000 0000 0000 05000000 00000000",
         ERROR_ACCESS_DENIED},
        {"fault of another call",
         "05000323 10000000 2000 0000 02000000 20000000 0000 0000 05000000 00000000",
         RPC_S_PROTOCOL_ERROR},
        {"response", "05000203 10000000 1800 0000 01000000 00000000 0000 0000",
         RPC_S_PROTOCOL_ERROR},
        {"alter_context_resp",
         "05000f03 10000000 3800 0000 01000000 d016 d016 34120000 0000 0000 01 000000 "
         "0000 0000 " NDR20,
         RPC_S_PROTOCOL_ERROR},
        {"bind", "05000b03 10000000 1c00 0000 01000000 d016 d016 00000000 00 00 0000",
         RPC_S_PROTOCOL_ERROR},
        {"not RPC at all", "48545450 2f312e31 20343030 20426164", RPC_S_PROTOCOL_ERROR},
        {"version 5.1", "05010c03 10000000 1000 0000 01000000", RPC_S_PROTOCOL_ERROR},
        {"fragment of less than a header", "05000c03 10000000 0f00 0000 01000000",
         RPC_S_PROTOCOL_ERROR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct client_association a;
        start_binding(&a);
        assert_failed(&a, from_hex(rows[i].answer), rows[i].status, rows[i].name);
    }
}

TEST(each_violation_in_a_first_fragment_breaks_the_association)
{
    const struct {
        const char *name;
        struct fragment f;
    } rows[] = {
        {"call id of the bind", RESPONSE_TO(1, .flags = ONLY)},
        {"call id of no call yet", RESPONSE_TO(3, .flags = ONLY)},
        {"call id 0", RESPONSE_TO(0, .flags = ONLY)},
        {"context id", RESPONSE(.flags = ONLY, .context_id = 1)},
        {"no first fragment", RESPONSE(.flags = 0, .stub_length = 8)},
        {"last without first", RESPONSE(.flags = LAST, .stub_length = 8)},
        {"alloc_hint of 2^31", RESPONSE(.flags = ONLY, .alloc_hint = 0x80000000)},
        {"alloc_hint of 2^32-1",
         RESPONSE(.flags = FIRST, .stub_length = 8, .alloc_hint = 0xffffffff)},
        {"nothing, and more to come", RESPONSE(.flags = FIRST)},
        {"longer than negotiated", RESPONSE(.flags = ONLY, .stub_length = CLIENT_FRAGMENT - 23)},
        {"fault of another call", FAULT_OF(3, .status = 5)},
        {"fault of call 0", FAULT_OF(0, .status = 5)},
        {"request", PDU_LIKE(PDU_REQUEST, .flags = ONLY)},
        {"co_cancel", PDU_LIKE(PDU_CO_CANCEL, .flags = ONLY)},
        {"orphaned", PDU_LIKE(PDU_ORPHANED, .flags = ONLY)},
        {"auth3", PDU_LIKE(PDU_AUTH3, .flags = ONLY)},
        {"bind_nak", PDU_LIKE(PDU_BIND_NAK, .flags = ONLY)},
        {"type of the connectionless protocol", PDU_LIKE(1, .flags = ONLY)},
        {"no type at all", PDU_LIKE(200, .flags = ONLY)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int big = 0; big < 2; big++) {
            struct client_association a;
            struct fragment f = rows[i].f;
            f.big_endian = big;
            start_first_call(&a);
            assert_failed(&a, one_fragment(f), RPC_S_PROTOCOL_ERROR, rows[i].name);
        }
}

TEST(each_violation_in_a_later_fragment_breaks_the_association)
{
    const struct {
        const char *name;
        struct fragment f;
    } rows[] = {
        {"first again", RESPONSE(.flags = FIRST, .stub_length = 8)},
        {"first and last", RESPONSE(.flags = ONLY, .stub_length = 8)},
        {"another call", RESPONSE_TO(3, .flags = LAST, .stub_length = 8)},
        {"another context", RESPONSE(.flags = LAST, .stub_length = 8, .context_id = 1)},
        {"another byte order", RESPONSE(.flags = LAST, .stub_length = 8, .big_endian = true)},
        {"other floats", RESPONSE(.flags = LAST, .stub_length = 8, .float_representation = 1)},
        {"alloc_hint of 2^31", RESPONSE(.flags = LAST, .stub_length = 8, .alloc_hint = 0x80000000)},
        {"nothing, and more to come", RESPONSE(.flags = 0)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct client_association a;
        start_first_call(&a);
        assert_int_equal(hear(&a, one_fragment(RESPONSE(.flags = FIRST, .stub_length = 8))),
                         CLIENT_MORE);
        assert_failed(&a, one_fragment(rows[i].f), RPC_S_PROTOCOL_ERROR, rows[i].name);
    }
}

TEST(alloc_hint_below_2_to_the_31_is_taken)
{
    struct client_association a;
    start_first_call(&a);
    assert_int_equal(
        hear(&a, one_fragment(RESPONSE(.flags = ONLY, .stub_length = 5, .alloc_hint = 0x7fffffff))),
        CLIENT_REPLY);
    assert_reply(&a, 5);
    client_association_destroy(&a);
}

TEST(over_long_fragment_is_refused_at_its_header)
{
    struct client_association a;
    start_first_call(&a);
    struct bytes b = one_fragment(RESPONSE(.flags = ONLY, .stub_length = CLIENT_FRAGMENT));
    b.length = PDU_HEADER_SIZE;
    assert_failed(&a, b, RPC_S_PROTOCOL_ERROR, "header alone");
}

TEST(server_is_held_to_the_fragment_size_that_it_announced)
{
    for (size_t over = 0; over < 2; over++) {
        struct client_association a;
        start_binding(&a);
        assert_int_equal(hear(&a, from_hex("05000c03 10000000 3800 0000 01000000 b810 d016 34120000"
                                           " 0000 0000 01 000000 0000 0000 " NDR20)),
                         CLIENT_BOUND);
        start_call(&a);
        struct bytes b = one_fragment(RESPONSE(.flags = ONLY, .stub_length = 4280 - 24 + over));
        if (over == 1) {
            assert_failed(&a, b, RPC_S_PROTOCOL_ERROR, "4281 of 4280 bytes");
            continue;
        }
        assert_int_equal(hear(&a, b), CLIENT_REPLY);
        client_association_destroy(&a);
    }
}

TEST(duplicate_reply_breaks_the_next_call)
{
    struct client_association a;
    start_first_call(&a);
    struct bytes twice = one_fragment(RESPONSE(.flags = ONLY, .stub_length = 5));
    bytes_add_fragment(&twice, RESPONSE(.flags = ONLY, .stub_length = 5));
    assert_int_equal(hear(&a, twice), CLIENT_REPLY);
    start_call(&a);
    assert_failed(&a, (struct bytes){0}, RPC_S_PROTOCOL_ERROR, "duplicate");
}

TEST(reply_without_a_call_breaks_the_association)
{
    struct client_association a;
    become_bound(&a);
    assert_failed(&a, one_fragment(RESPONSE(.flags = ONLY)), RPC_S_PROTOCOL_ERROR, "no call");
}

TEST(reply_to_a_call_before_the_orphaned_one_is_skipped_but_not_a_later_one)
{
    struct client_association a;
    struct buffer out = BUFFER_INIT;
    start_first_call(&a);
    assert_true(client_association_orphan(&a, &out));
    buffer_destroy(&out);
    start_call(&a);
    assert_int_equal(hear(&a, one_fragment(RESPONSE_TO(2, .flags = ONLY))), CLIENT_MORE);
    assert_failed(&a, one_fragment(RESPONSE_TO(4, .flags = ONLY)), RPC_S_PROTOCOL_ERROR, "call 4");
}

/* Fragments of 4096 bytes of stub until `total` is reached; returns the last event. */
static enum client_event hear_much(struct client_association *a, size_t total, bool with_last)
{
    enum client_event event = CLIENT_MORE;
    for (size_t done = 0; done < total && event == CLIENT_MORE; done += 4096) {
        uint8_t flags = done == 0 ? FIRST : 0;
        if (with_last && done + 4096 >= total)
            flags |= LAST;
        event = hear(a, one_fragment(RESPONSE(.flags = flags, .stub_length = 4096)));
    }
    return event;
}

TEST(reply_of_4_mib_is_taken)
{
    struct client_association a;
    start_first_call(&a);
    assert_int_equal(hear_much(&a, 4 << 20, true), CLIENT_REPLY);
    assert_int_equal(client_association_reply(&a).stub_length, 4 << 20);
    client_association_destroy(&a);
}

TEST(each_reply_has_the_bound_for_itself)
{
    struct client_association a;
    start_first_call(&a);
    assert_int_equal(hear_much(&a, 4 << 20, true), CLIENT_REPLY);
    assert_usable(&a);
    client_association_destroy(&a);
}

TEST(reply_beyond_4_mib_breaks_the_association)
{
    struct client_association a;
    start_first_call(&a);
    assert_int_equal(hear_much(&a, 4 << 20, false), CLIENT_MORE);
    assert_failed(&a, one_fragment(RESPONSE(.flags = LAST, .stub_length = 1)), RPC_S_PROTOCOL_ERROR,
                  "4 MiB + 1");
}

/* `draining` is set by hand here: as if the first fragment had found no memory. */
TEST(drained_reply_has_the_same_bound)
{
    struct client_association a;
    start_first_call(&a);
    a.draining = true;
    assert_int_equal(hear_much(&a, 4 << 20, false), CLIENT_MORE);
    assert_int_equal(a.reply.length, 0);
    assert_failed(&a, one_fragment(RESPONSE(.flags = LAST, .stub_length = 1)), RPC_S_PROTOCOL_ERROR,
                  "4 MiB + 1");
}
