/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PDU writers against bytes written by hand after [C706] 12.6.4 and [MS-RPCE] 2.2.2.
 */
#include "tests/support/pdu_vectors.h"
#include "tests/support/test.h"

static void assert_written(const struct buffer *out, const char *text)
{
    size_t length;
    uint8_t *expected = hex_bytes(text, &length);
    assert_int_equal(out->length, length);
    assert_memory_equal(out->data, expected, length);
    free(expected);
}

TEST(bind)
{
    struct buffer out = BUFFER_INIT;
    const struct pdu_bind_offer offers[] = {{0, syntax_backup, rpc_ndr20_syntax},
                                            {1, syntax_backup, syntax_ndr64}};
    assert_true(pdu_put_bind(&out, PDU_BIND, 1, 0, 5840, 4280, 0x1234, offers, 2, NULL));
    assert_written(&out, vector_find("bind of two contexts")->little);
    buffer_destroy(&out);
}

/* [MS-RPCE] 2.2.2.11: the trailer is 16-aligned from the start of the body. */
TEST(bind_with_credentials)
{
    struct buffer out = BUFFER_INIT;
    const struct pdu_bind_offer offer = {0, syntax_backup, rpc_ndr20_syntax};
    const struct pdu_auth auth = {.type = PDU_AUTH_TYPE_PLAIN,
                                  .level = PDU_AUTH_LEVEL_CONNECT,
                                  .context_id = 0x12345678,
                                  .value = (const uint8_t *)"u\0d\0p",
                                  .value_length = 6};
    assert_true(pdu_put_bind(&out, PDU_BIND, 1, 0, 5840, 5840, 0, &offer, 1, &auth));
    assert_written(&out, "05000b03 10000000 5e00 0600 01000000 d016 d016 00000000 01 00 0000"
                         " 0000 01 00 " BACKUP_LITTLE NDR20_LITTLE " 0000000000000000"
                         " d5 02 08 00 78563412 75 00 64 00 70 00");
    buffer_destroy(&out);
}

TEST(alter_context)
{
    struct buffer out = BUFFER_INIT;
    const struct pdu_bind_offer offer = {5, syntax_backup, rpc_ndr20_syntax};
    assert_true(pdu_put_bind(&out, PDU_ALTER_CONTEXT, 2, 0, 5840, 4280, 0x1234, &offer, 1, NULL));
    assert_written(&out, "05000e03 10000000 4800 0000 02000000 d016 b810 34120000 01 00 0000"
                         " 0500 01 00 " BACKUP_LITTLE NDR20_LITTLE);
    buffer_destroy(&out);
}

TEST(bind_ack)
{
    struct buffer out = BUFFER_INIT;
    const struct pdu_context_outcome outcomes[] = {
        {CONTEXT_ACCEPT, 0, rpc_ndr20_syntax},
        {CONTEXT_PROVIDER_REJECT, CONTEXT_ABSTRACT_SYNTAX_NOT_SUPPORTED, {{0}, 0}},
    };
    assert_true(
        pdu_put_bind_ack(&out, PDU_BIND_ACK, 1, 0, 5840, 4280, 0x1234, "1350", outcomes, 2));
    assert_written(&out, vector_find("bind_ack")->little);
    buffer_clear(&out);
    assert_true(
        pdu_put_bind_ack(&out, PDU_ALTER_CONTEXT_RESP, 2, 0, 5840, 4280, 0x1234, "", outcomes, 1));
    assert_written(&out, vector_find("alter_context_resp without an address")->little);
    buffer_destroy(&out);
}

TEST(bind_nak_names_version_5_0)
{
    struct buffer out = BUFFER_INIT;
    assert_true(pdu_put_bind_nak(&out, 1, BIND_NAK_PROTOCOL_VERSION_NOT_SUPPORTED));
    assert_written(&out, vector_find("bind_nak")->little);
    buffer_destroy(&out);
}

TEST(fault)
{
    struct buffer out = BUFFER_INIT;
    assert_true(pdu_put_fault(&out, 7, PFC_DID_NOT_EXECUTE, 1, 0x1c010002));
    assert_written(&out,
                   "05000323 10000000 2000 0000 07000000 20000000 0100 00 00 0200011c 00000000");
    buffer_destroy(&out);
}

TEST(orphaned)
{
    struct buffer out = BUFFER_INIT;
    assert_true(pdu_put_orphaned(&out, 7));
    assert_written(&out, vector_find("orphaned")->little);
    buffer_destroy(&out);
}

TEST(request_and_response_of_one_fragment)
{
    struct buffer out = BUFFER_INIT;
    const uint8_t stub[] = {0xde, 0xad, 0xbe, 0xef};
    assert_true(pdu_put_request(&out, 7, 1, 9, stub, 4, 2048));
    assert_written(&out, vector_find("request")->little);
    buffer_clear(&out);
    assert_true(pdu_put_response(&out, 7, 1, stub, 4, 2048));
    assert_written(&out, "05000203 10000000 1c00 0000 07000000 04000000 0100 00 00 deadbeef");
    buffer_clear(&out);
    assert_true(pdu_put_response(&out, 7, 1, NULL, 0, 2048));
    assert_written(&out, "05000203 10000000 1800 0000 07000000 00000000 0100 00 00");
    buffer_destroy(&out);
}

TEST(long_stub_is_cut_at_multiples_of_8)
{
    struct buffer out = BUFFER_INIT;
    const uint8_t stub[20] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                              11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
    /* 37 bytes of fragment leave 13 for the stub: 8 are used */
    assert_true(pdu_put_request(&out, 7, 1, 9, stub, sizeof stub, 37));
    assert_written(&out, "05000001 10000000 2000 0000 07000000 14000000 0100 0900 0102030405060708"
                         "05000000 10000000 2000 0000 07000000 0c000000 0100 0900 090a0b0c0d0e0f10"
                         "05000002 10000000 1c00 0000 07000000 04000000 0100 0900 11121314");
    buffer_destroy(&out);
}

TEST(announced_size_is_the_written_size)
{
    static uint8_t stub[10000];
    const size_t lengths[] = {0, 1, 7, 8, 2023, 2024, 2025, 4048, 4049, 9999, 10000};
    const uint16_t fragments[] = {2048, 2055, 5840, 65528, 65535};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (size_t j = 0; j < sizeof fragments / sizeof *fragments; j++) {
            struct buffer out = BUFFER_INIT;
            assert_true(pdu_put_response(&out, 1, 0, stub, lengths[i], fragments[j]));
            assert_int_equal(out.length, pdu_fragments_size(lengths[i], fragments[j]));
            buffer_destroy(&out);
        }
}

TEST(every_fragment_fits_and_says_its_place)
{
    static uint8_t stub[10000];
    struct buffer out = BUFFER_INIT;
    assert_true(pdu_put_response(&out, 1, 0, stub, sizeof stub, 2048));
    size_t done = 0;
    for (size_t at = 0; at < out.length;) {
        struct pdu p;
        size_t need;
        assert_int_equal(pdu_parse(out.data + at, out.length - at, &p, &need), PDU_OK);
        assert_true(need <= 2048);
        assert_int_equal(p.body.response.alloc_hint, sizeof stub - done);
        assert_int_equal((p.header.flags & PFC_FIRST_FRAG) != 0, done == 0);
        done += p.body.response.stub_length;
        at += need;
        assert_int_equal((p.header.flags & PFC_LAST_FRAG) != 0, at == out.length);
        assert_true(at == out.length || p.body.response.stub_length % 8 == 0);
    }
    assert_int_equal(done, sizeof stub);
    buffer_destroy(&out);
}

TEST(pdu_longer_than_its_length_field_is_not_written)
{
    static char address[70000];
    memset(address, 'a', sizeof address - 1);
    struct buffer out = BUFFER_INIT;
    const struct pdu_context_outcome outcome = {CONTEXT_ACCEPT, 0, rpc_ndr20_syntax};
    assert_false(pdu_put_bind_ack(&out, PDU_BIND_ACK, 1, 0, 5840, 5840, 1, address, &outcome, 1));
    assert_int_equal(out.length, 0);
    buffer_destroy(&out);
}

TEST(written_after_what_is_there)
{
    struct buffer out = BUFFER_INIT;
    assert_true(buffer_append(&out, "x", 1));
    assert_true(pdu_put_orphaned(&out, 7));
    assert_int_equal(out.length, 17);
    assert_int_equal(out.data[0], 'x');
    assert_int_equal(out.data[1], 5);
    buffer_destroy(&out);
}

/* Raw protocol tests of deployed servers: the minimum, down to a multiple of 8, at least 2048. */
TEST(negotiated_fragment_size)
{
    const struct {
        uint16_t ours, theirs, expected;
    } rows[] = {{5840, 4280, 4280},    {4280, 5840, 4280},    {5840, 5840, 5840},
                {65528, 65535, 65528}, {65535, 65535, 65528}, {5840, 4287, 4280},
                {5840, 2048, 2048},    {5840, 2047, 2048},    {5840, 0, 2048},
                {5840, 1024, 2048}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(pdu_negotiate_fragment(rows[i].ours, rows[i].theirs), rows[i].expected);
}
