/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client association with a server that keeps the rules: binding, replies in any number of
 * fragments and pieces, faults, orphaned calls. One that breaks them: test_client_refusals.c.
 * What happens without memory is the world's to show.
 */
#include "tests/support/client_answers.h"
#include "tests/support/test.h"

static void assert_written(const struct buffer *out, const char *text)
{
    size_t length;
    uint8_t *expected = hex_bytes(text, &length);
    assert_int_equal(out->length, length);
    assert_memory_equal(out->data, expected, length);
    free(expected);
}

TEST(bind_offers_ndr20_on_context_0_as_call_1)
{
    struct client_association a;
    struct buffer out = BUFFER_INIT;
    client_association_init(&a, 5840);
    assert_true(client_association_bind(&a, &answers_interface, NULL, &out));
    assert_written(&out, "05000b03 10000000 4800 0000 01000000 d016 d016 00000000 01 00 0000"
                         " 0000 01 00 700decec 03a6 d011 96b100a0c91ece30 01000000 " NDR20);
    buffer_destroy(&out);
    client_association_destroy(&a);
}

TEST(request_is_call_2_on_context_0)
{
    struct client_association a;
    struct buffer out = BUFFER_INIT, stub = BUFFER_INIT;
    become_bound(&a);
    assert_true(buffer_append(&stub, "\xde\xad\xbe\xef", 4));
    assert_true(client_association_request(&a, 9, &stub, 0, &out));
    assert_written(&out, "05000003 10000000 1c00 0000 02000000 04000000 0000 0900 deadbeef");
    buffer_destroy(&stub);
    buffer_destroy(&out);
    client_association_destroy(&a);
}

/* 4280 bytes: the server's max_recv_frag, after a bind_ack that reads so. */
TEST(request_fragments_fit_what_the_server_takes)
{
    struct client_association a;
    struct buffer out = BUFFER_INIT, stub = BUFFER_INIT;
    start_binding(&a);
    assert_int_equal(hear(&a, from_hex("05000c03 10000000 3800 0000 01000000 d016 b810 34120000"
                                       " 0000 0000 01 000000 0000 0000 " NDR20)),
                     CLIENT_BOUND);
    assert_non_null(buffer_extend(&stub, 10000));
    memset(stub.data, 0, stub.length);
    assert_true(client_association_request(&a, 9, &stub, 0, &out));
    /* 4256 + 4256 + 1488 bytes of stub, 24 bytes of header each */
    assert_int_equal(out.length, 10000 + 3 * 24);
    assert_memory_equal(out.data + 8, "\xb8\x10", 2);
    assert_memory_equal(out.data + 4280 + 8, "\xb8\x10", 2);
    assert_int_equal(out.data[3], FIRST);
    assert_int_equal(out.data[4280 + 3], 0);
    assert_int_equal(out.data[8560 + 3], LAST);
    buffer_destroy(&stub);
    buffer_destroy(&out);
    client_association_destroy(&a);
}

TEST(reply_of_one_fragment)
{
    for (int big = 0; big < 2; big++) {
        struct client_association a;
        start_first_call(&a);
        assert_int_equal(
            hear(&a, one_fragment(RESPONSE(.flags = ONLY, .stub_length = 5, .big_endian = big))),
            CLIENT_REPLY);
        assert_reply(&a, 5);
        assert_int_equal(client_association_reply(&a).big_endian, big);
        assert_usable(&a);
        client_association_destroy(&a);
    }
}

TEST(reply_without_stub)
{
    struct client_association a;
    start_first_call(&a);
    assert_int_equal(hear(&a, one_fragment(RESPONSE(.flags = ONLY))), CLIENT_REPLY);
    assert_reply(&a, 0);
    client_association_destroy(&a);
}

static struct bytes three_fragments(uint32_t call_id, bool big_endian)
{
    struct bytes b = {0};
    struct fragment f = RESPONSE(.flags = FIRST, .alloc_hint = 4003, .stub_length = 2000);
    f.call_id = call_id;
    f.big_endian = big_endian;
    bytes_add_fragment(&b, f);
    f.flags = 0, f.alloc_hint = 0, f.first_byte = (uint8_t)2000;
    bytes_add_fragment(&b, f);
    f.flags = LAST, f.first_byte = (uint8_t)4000, f.stub_length = 3;
    bytes_add_fragment(&b, f);
    return b;
}

TEST(reply_is_the_same_in_pieces_of_any_size)
{
    const size_t pieces[] = {1, 2, 3, 15, 16, 17, 24, 25, 2023, 2024, 2025, 4000, SIZE_MAX};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        for (int big = 0; big < 2; big++) {
            struct client_association a;
            start_first_call(&a);
            struct bytes b = three_fragments(2, big);
            assert_int_equal(hear_in_pieces(&a, &b, pieces[i]), CLIENT_REPLY);
            assert_int_equal(b.length, 0);
            assert_reply(&a, 4003);
            assert_usable(&a);
            bytes_free(&b);
            client_association_destroy(&a);
        }
}

TEST(bind_ack_is_the_same_byte_by_byte)
{
    struct client_association a;
    start_binding(&a);
    struct bytes b = from_hex(BIND_ACK);
    assert_int_equal(hear_in_pieces(&a, &b, 1), CLIENT_BOUND);
    assert_int_equal(b.length, 0);
    assert_usable(&a);
    bytes_free(&b);
    client_association_destroy(&a);
}

TEST(largest_fragment_is_taken)
{
    struct client_association a;
    start_first_call(&a);
    assert_int_equal(
        hear(&a, one_fragment(RESPONSE(.flags = ONLY, .stub_length = CLIENT_FRAGMENT - 24))),
        CLIENT_REPLY);
    assert_reply(&a, CLIENT_FRAGMENT - 24);
    client_association_destroy(&a);
}

TEST(known_bound_is_reserved_with_the_request)
{
    struct client_association a;
    struct buffer out = BUFFER_INIT, stub = BUFFER_INIT;
    become_bound(&a);
    assert_true(client_association_request(&a, 9, &stub, 100000, &out));
    assert_true(a.reply.capacity >= 100000);
    assert_true(a.input.capacity >= CLIENT_FRAGMENT);
    buffer_destroy(&out);
    client_association_destroy(&a);
}

TEST(fault_ends_the_call_and_not_the_association)
{
    const struct {
        uint32_t status, win32;
    } rows[] = {{0x1c00001a, 6}, {0x6f7, 0x6f7}, {5, 5}, {0x1c010002, 1745}, {0, 1728}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int big = 0; big < 2; big++) {
            struct client_association a;
            start_first_call(&a);
            assert_int_equal(
                hear(&a, one_fragment(FAULT(.status = rows[i].status, .big_endian = big))),
                CLIENT_FAULT);
            assert_int_equal(a.status, rows[i].win32);
            assert_usable(&a);
            client_association_destroy(&a);
        }
}

TEST(fault_in_the_middle_of_a_reply_ends_it)
{
    struct client_association a;
    start_first_call(&a);
    assert_int_equal(hear(&a, one_fragment(RESPONSE(.flags = FIRST, .stub_length = 8))),
                     CLIENT_MORE);
    assert_int_equal(hear(&a, one_fragment(FAULT(.status = 0x1c00001b))), CLIENT_FAULT);
    assert_int_equal(a.status, ERROR_NOT_ENOUGH_SERVER_MEMORY);
    assert_usable(&a);
    client_association_destroy(&a);
}

TEST(shutdown_is_ignored)
{
    const char *shutdown = "05001103 10000000 1000 0000 00000000";
    struct client_association a;
    start_binding(&a);
    assert_int_equal(hear(&a, from_hex(shutdown)), CLIENT_MORE);
    assert_int_equal(hear(&a, from_hex(BIND_ACK)), CLIENT_BOUND);
    assert_int_equal(hear(&a, from_hex(shutdown)), CLIENT_MORE);
    start_call(&a);
    assert_int_equal(hear(&a, one_fragment(RESPONSE(.flags = FIRST, .stub_length = 8))),
                     CLIENT_MORE);
    assert_int_equal(hear(&a, from_hex(shutdown)), CLIENT_MORE);
    assert_int_equal(
        hear(&a, one_fragment(RESPONSE(.flags = LAST, .stub_length = 8, .first_byte = 8))),
        CLIENT_REPLY);
    assert_reply(&a, 16);
    client_association_destroy(&a);
}

static void orphan_call(struct client_association *a)
{
    struct buffer out = BUFFER_INIT;
    assert_true(client_association_orphan(a, &out));
    buffer_destroy(&out);
}

TEST(orphaned_names_the_call)
{
    struct client_association a;
    struct buffer out = BUFFER_INIT;
    start_first_call(&a);
    assert_true(client_association_orphan(&a, &out));
    assert_written(&out, "05001303 10000000 1000 0000 02000000");
    buffer_destroy(&out);
    client_association_destroy(&a);
}

TEST(late_reply_of_an_orphaned_call_is_skipped)
{
    const size_t pieces[] = {1, 7, SIZE_MAX};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct client_association a;
        start_first_call(&a);
        orphan_call(&a);
        start_call(&a);
        struct bytes b = three_fragments(2, false);
        struct fragment reply = RESPONSE(.flags = ONLY, .stub_length = 6);
        reply.call_id = 3;
        bytes_add_fragment(&b, reply);
        assert_int_equal(hear_in_pieces(&a, &b, pieces[i]), CLIENT_REPLY);
        assert_reply(&a, 6);
        assert_usable(&a);
        bytes_free(&b);
        client_association_destroy(&a);
    }
}

TEST(late_fault_of_an_orphaned_call_is_skipped)
{
    struct client_association a;
    start_first_call(&a);
    orphan_call(&a);
    start_call(&a);
    assert_int_equal(hear(&a, one_fragment(FAULT(.status = 5))), CLIENT_MORE);
    struct fragment reply = RESPONSE(.flags = ONLY, .stub_length = 6);
    reply.call_id = 3;
    assert_int_equal(hear(&a, one_fragment(reply)), CLIENT_REPLY);
    assert_reply(&a, 6);
    client_association_destroy(&a);
}

TEST(call_may_be_orphaned_anywhere_in_its_reply)
{
    struct bytes whole = three_fragments(2, false);
    for (size_t cut = 0; cut < whole.length; cut += 13) {
        struct client_association a;
        start_first_call(&a);
        struct bytes early = {hex_copy(whole.data, cut), cut};
        assert_int_equal(hear(&a, early), CLIENT_MORE);
        orphan_call(&a);
        start_call(&a);
        struct bytes late = {hex_copy(whole.data + cut, whole.length - cut), whole.length - cut};
        assert_int_equal(hear(&a, late), CLIENT_MORE);
        struct fragment reply = RESPONSE(.flags = ONLY, .stub_length = 6);
        reply.call_id = 3;
        assert_int_equal(hear(&a, one_fragment(reply)), CLIENT_REPLY);
        assert_reply(&a, 6);
        client_association_destroy(&a);
    }
    bytes_free(&whole);
}

TEST(several_orphaned_calls_are_all_skipped)
{
    struct client_association a;
    start_first_call(&a);
    orphan_call(&a);
    start_call(&a);
    orphan_call(&a);
    start_call(&a);
    struct bytes b = three_fragments(2, false);
    struct fragment f = RESPONSE(.flags = ONLY, .stub_length = 6);
    f.call_id = 3;
    bytes_add_fragment(&b, f);
    f.call_id = 4, f.stub_length = 9;
    bytes_add_fragment(&b, f);
    assert_int_equal(hear(&a, b), CLIENT_REPLY);
    assert_reply(&a, 9);
    client_association_destroy(&a);
}

TEST(what_follows_a_reply_is_kept_for_the_next_call)
{
    struct client_association a;
    start_first_call(&a);
    struct bytes b = one_fragment(RESPONSE(.flags = ONLY, .stub_length = 5));
    struct fragment next = RESPONSE(.flags = ONLY, .stub_length = 7);
    next.call_id = 3;
    bytes_add_fragment(&b, next);
    assert_int_equal(hear(&a, b), CLIENT_REPLY);
    assert_reply(&a, 5);
    start_call(&a);
    assert_int_equal(client_association_received(&a, 0), CLIENT_REPLY);
    assert_reply(&a, 7);
    client_association_destroy(&a);
}

/* [MS-RPCE] 3.3.3.5.6: monotonic, at most 0x7FFFFFFF. */
TEST(call_ids_count_up_to_their_limit)
{
    struct client_association a;
    struct buffer out = BUFFER_INIT, stub = BUFFER_INIT;
    become_bound(&a);
    a.call_id = 0x7ffffffe;
    assert_true(client_association_request(&a, 9, &stub, 0, &out));
    assert_memory_equal(out.data + 12, "\xff\xff\xff\x7f", 4);
    struct fragment f = RESPONSE(.flags = ONLY, .stub_length = 5);
    f.call_id = 0x7fffffff;
    assert_int_equal(hear(&a, one_fragment(f)), CLIENT_REPLY);
    buffer_clear(&out);
    assert_false(client_association_request(&a, 9, &stub, 0, &out));
    assert_int_equal(a.status, RPC_S_OUT_OF_RESOURCES);
    assert_int_equal(out.length, 0);
    buffer_destroy(&out);
    client_association_destroy(&a);
}

/* `draining` is set by hand here: as if the first fragment had found no memory. */
TEST(drained_reply_leaves_the_association_usable)
{
    struct client_association a;
    start_first_call(&a);
    a.draining = true;
    assert_int_equal(hear(&a, three_fragments(2, false)), CLIENT_NO_MEMORY);
    assert_usable(&a);
    client_association_destroy(&a);
}
