/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PDU parser against truncated PDUs and PDUs whose lengths and counts lie. Each runs in memory
 * of exactly its size, and whatever is accepted is walked to its end, so that a sanitizer sees
 * every byte that is read beyond.
 */
#include "tests/support/pdu_vectors.h"
#include "tests/support/test.h"

/* Reads all that the views of a well-formed PDU point to; the sum keeps the compiler
   from dropping it. */
static unsigned walk(const struct pdu *p, const uint8_t *bytes, size_t length)
{
    unsigned sum = 0;
    const uint8_t *stub = NULL;
    size_t stub_length = 0, offset = 0;
    struct pdu_context_element e;
    struct pdu_context_outcome o;
    switch (p->header.type) {
    case PDU_REQUEST:
        stub = p->body.request.stub;
        stub_length = p->body.request.stub_length;
        break;
    case PDU_RESPONSE:
        stub = p->body.response.stub;
        stub_length = p->body.response.stub_length;
        break;
    case PDU_BIND:
    case PDU_ALTER_CONTEXT:
        while (pdu_next_context(p, &offset, &e))
            for (uint8_t i = 0; i < e.transfer_count; i++)
                sum += pdu_transfer_syntax(p, &e, i).version + e.abstract_syntax.version;
        break;
    case PDU_BIND_ACK:
    case PDU_ALTER_CONTEXT_RESP:
        stub = p->body.bind_ack.secondary_address;
        stub_length = p->body.bind_ack.secondary_address_length;
        while (pdu_next_result(p, &offset, &o))
            sum += o.result + o.transfer_syntax.version;
        break;
    default:
        break;
    }
    assert_true(stub == NULL || (stub >= bytes && stub + stub_length <= bytes + length));
    for (size_t i = 0; i < stub_length; i++)
        sum += stub[i];
    assert_true(p->auth.value == NULL ||
                (p->auth.value >= bytes && p->auth.value + p->auth.value_length <= bytes + length));
    for (size_t i = 0; i < p->auth.value_length; i++)
        sum += p->auth.value[i];
    return sum;
}

TEST(every_truncation_asks_for_more_and_says_how_much)
{
    for (size_t i = 0; i < 2 * vector_count; i++) {
        size_t length, need;
        uint8_t *whole = hex_bytes(text_of(i / 2, i % 2), &length);
        for (size_t n = 0; n < length; n++) {
            struct pdu p;
            uint8_t *bytes = hex_copy(whole, n);
            assert_int_equal(pdu_parse(bytes, n, &p, &need), PDU_INCOMPLETE);
            assert_int_equal(need, n < PDU_HEADER_SIZE ? PDU_HEADER_SIZE : length);
            free(bytes);
        }
        free(whole);
    }
}

TEST(bytes_behind_a_pdu_are_the_next_ones)
{
    for (size_t i = 0; i < 2 * vector_count; i++) {
        size_t length, need;
        uint8_t *whole = hex_bytes(text_of(i / 2, i % 2), &length);
        uint8_t *two = malloc(2 * length);
        assert_non_null(two);
        memcpy(two, whole, length);
        memcpy(two + length, whole, length);
        struct pdu p;
        assert_int_equal(pdu_parse(two, 2 * length, &p, &need), PDU_OK);
        assert_int_equal(need, length);
        walk(&p, two, length);
        free(two);
        free(whole);
    }
}

/* Vector `i` says that it is of `claimed` bytes. */
static void assert_malformed(uint8_t *bytes, size_t n, size_t claimed, size_t i)
{
    struct pdu p;
    size_t need;
    put_u16(bytes + 8, i % 2, claimed);
    enum pdu_status status = pdu_parse(bytes, n, &p, &need);
    if (status != PDU_MALFORMED)
        print_error("%s of %zu bytes\n", vectors[i / 2].name, claimed);
    assert_int_equal(status, PDU_MALFORMED);
    assert_int_equal(p.header.type, vectors[i / 2].type);
}

TEST(fragment_length_below_the_type_s_least_is_malformed)
{
    for (size_t i = 0; i < 2 * vector_count; i++) {
        size_t length;
        uint8_t *whole = hex_bytes(text_of(i / 2, i % 2), &length);
        for (size_t claimed = 0; claimed < vectors[i / 2].least; claimed++) {
            size_t n = claimed < PDU_HEADER_SIZE ? PDU_HEADER_SIZE : claimed;
            uint8_t *bytes = hex_copy(whole, n), more[2048] = {0};
            assert_malformed(bytes, n, claimed, i);
            /* What follows is not the PDU's, be it as it would like it. */
            memcpy(more, bytes, n);
            assert_malformed(more, sizeof more, claimed, i);
            memcpy(more, whole, length < sizeof more ? length : sizeof more);
            assert_malformed(more, sizeof more, claimed, i);
            free(bytes);
        }
        free(whole);
    }
}

TEST(shorter_but_sufficient_fragment_length_is_taken_at_its_word)
{
    for (size_t i = 0; i < 2 * vector_count; i++) {
        size_t length, need;
        uint8_t *whole = hex_bytes(text_of(i / 2, i % 2), &length);
        for (size_t claimed = vectors[i / 2].least; claimed < length; claimed++) {
            uint8_t *bytes = hex_copy(whole, claimed);
            struct pdu p;
            put_u16(bytes + 8, i % 2, claimed);
            if (pdu_parse(bytes, claimed, &p, &need) == PDU_OK)
                walk(&p, bytes, claimed);
            assert_int_equal(need, claimed);
            free(bytes);
        }
        free(whole);
    }
}

TEST(auth_length_beyond_the_body_is_malformed)
{
    for (size_t i = 0; i < 2 * vector_count; i++) {
        size_t length, need;
        uint8_t *bytes = hex_bytes(text_of(i / 2, i % 2), &length);
        for (size_t claimed = 1; claimed <= UINT16_MAX; claimed++) {
            struct pdu p;
            put_u16(bytes + 10, i % 2, claimed);
            enum pdu_status status = pdu_parse(bytes, length, &p, &need);
            if (claimed + PDU_SEC_TRAILER_SIZE > length - PDU_HEADER_SIZE)
                assert_int_equal(status, PDU_MALFORMED);
            if (status == PDU_OK)
                walk(&p, bytes, length);
        }
        free(bytes);
    }
}

TEST(auth_padding_beyond_the_stub_is_malformed)
{
    for (int big = 0; big < 2; big++) {
        size_t length, need;
        const struct vector *v = vector_find("request with an auth trailer");
        uint8_t *bytes = hex_bytes(big ? v->big : v->little, &length);
        for (unsigned padding = 0; padding <= UINT8_MAX; padding++) {
            struct pdu p;
            bytes[34] = (uint8_t)padding;
            /* 8 bytes lie between the request's header and the trailer. */
            enum pdu_status expected = padding <= 8 ? PDU_OK : PDU_MALFORMED;
            assert_int_equal(pdu_parse(bytes, length, &p, &need), expected);
            if (expected == PDU_OK)
                assert_int_equal(p.body.request.stub_length, 8 - padding);
        }
        free(bytes);
    }
}

/* Every value of the one byte at `offset`: only `good` may be accepted, and what is
   less is walked. */
static void lie_about_count(const char *name, size_t offset, unsigned good)
{
    for (int big = 0; big < 2; big++) {
        size_t length, need;
        const struct vector *v = vector_find(name);
        uint8_t *bytes = hex_bytes(big ? v->big : v->little, &length);
        for (unsigned count = 0; count <= UINT8_MAX; count++) {
            struct pdu p;
            bytes[offset] = (uint8_t)count;
            enum pdu_status status = pdu_parse(bytes, length, &p, &need);
            if (count > good)
                assert_int_equal(status, PDU_MALFORMED);
            else if (status == PDU_OK)
                walk(&p, bytes, length);
        }
        free(bytes);
    }
}

TEST(more_contexts_than_there_are_is_malformed)
{
    lie_about_count("bind of two contexts", 24, 2);
    lie_about_count("alter_context with two transfer syntaxes", 24, 1);
}

TEST(more_transfer_syntaxes_than_there_are_is_malformed)
{
    lie_about_count("alter_context with two transfer syntaxes", 30, 2);
    lie_about_count("bind of two contexts", 74, 1);
}

TEST(more_results_than_there_are_is_malformed)
{
    lie_about_count("bind_ack", 32, 2);
    lie_about_count("alter_context_resp without an address", 28, 1);
}

TEST(secondary_address_beyond_the_pdu_is_malformed)
{
    for (int big = 0; big < 2; big++) {
        size_t length, need;
        const struct vector *v = vector_find("bind_ack");
        uint8_t *bytes = hex_bytes(big ? v->big : v->little, &length);
        for (size_t claimed = 0; claimed <= UINT16_MAX; claimed++) {
            struct pdu p;
            put_u16(bytes + 24, big, claimed);
            enum pdu_status status = pdu_parse(bytes, length, &p, &need);
            if (26 + claimed > length - 4)
                assert_int_equal(status, PDU_MALFORMED);
            if (status == PDU_OK)
                walk(&p, bytes, length);
        }
        free(bytes);
    }
}

TEST(any_version_but_5_0_is_told_apart)
{
    for (unsigned version = 0; version <= UINT16_MAX; version++) {
        size_t length, need;
        struct pdu p;
        uint8_t *bytes = hex_bytes(vectors[0].little, &length);
        bytes[0] = (uint8_t)version;
        bytes[1] = (uint8_t)(version >> 8);
        assert_int_equal(pdu_parse(bytes, length, &p, &need),
                         version == 5 ? PDU_OK : PDU_BAD_VERSION);
        assert_int_equal(p.header.call_id, 7);
        free(bytes);
    }
}

TEST(types_that_no_connection_carries_are_unknown)
{
    for (unsigned type = 0; type <= UINT8_MAX; type++) {
        size_t length, need;
        struct pdu p;
        uint8_t *bytes = hex_bytes(vector_find("orphaned")->little, &length);
        bytes[2] = (uint8_t)type;
        bool known = type == 0 || type == 2 || type == 3 || (type >= 11 && type <= 19);
        enum pdu_status status = pdu_parse(bytes, length, &p, &need);
        assert_int_equal(status == PDU_UNKNOWN_TYPE, !known);
        assert_int_equal(p.header.type, type);
        assert_int_equal(p.header.call_id, 7);
        free(bytes);
    }
}

TEST(unknown_integer_representation_is_malformed)
{
    for (unsigned drep = 0; drep <= UINT8_MAX; drep++) {
        size_t length;
        struct pdu_header h;
        uint8_t *bytes = hex_bytes(vector_find("orphaned")->little, &length);
        bytes[4] = (uint8_t)drep;
        if (drep >> 4 > 1)
            assert_int_equal(pdu_peek(bytes, length, &h), PDU_MALFORMED);
        else if (drep >> 4 == 1)
            assert_int_equal(pdu_peek(bytes, length, &h), PDU_OK);
        free(bytes);
    }
}

TEST(peek_needs_the_common_header_alone)
{
    for (size_t n = 0; n <= PDU_HEADER_SIZE; n++) {
        size_t length;
        struct pdu_header h;
        uint8_t *whole = hex_bytes(vectors[0].little, &length);
        uint8_t *bytes = hex_copy(whole, n);
        assert_int_equal(pdu_peek(bytes, n, &h), n < PDU_HEADER_SIZE ? PDU_INCOMPLETE : PDU_OK);
        free(bytes);
        free(whole);
    }
}
