/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the PDU parser reads out of well-formed PDUs, in both byte orders. Lying ones:
 * test_pdu_lies.c. The writers: test_pdu_write.c.
 */
#include "tests/support/pdu_vectors.h"
#include "tests/support/test.h"

/* Parses the vector of that name; the bytes are freed by the caller. */
static uint8_t *parse(const char *name, bool big_endian, struct pdu *out)
{
    const struct vector *v = vector_find(name);
    size_t length, need;
    uint8_t *bytes = hex_bytes(big_endian ? v->big : v->little, &length);
    assert_int_equal(pdu_parse(bytes, length, out, &need), PDU_OK);
    assert_int_equal(need, length);
    assert_int_equal(out->header.type, v->type);
    return bytes;
}

TEST(common_header_is_read_in_the_order_of_its_drep)
{
    for (int big = 0; big < 2; big++) {
        struct pdu p;
        uint8_t *bytes = parse("fault", big, &p);
        assert_int_equal(p.header.version, 5);
        assert_int_equal(p.header.version_minor, 0);
        assert_int_equal(p.header.flags, PFC_FIRST_FRAG | PFC_LAST_FRAG | PFC_DID_NOT_EXECUTE);
        assert_int_equal(p.header.fragment_length, 32);
        assert_int_equal(p.header.auth_length, 0);
        assert_int_equal(p.header.call_id, 7);
        assert_int_equal(p.header.big_endian, big);
        assert_memory_equal(p.header.drep, big ? "\0\0\0\0" : "\x10\0\0\0", 4);
        free(bytes);
    }
}

TEST(request_fields)
{
    for (int big = 0; big < 2; big++) {
        struct pdu p;
        uint8_t *bytes = parse("request", big, &p);
        assert_int_equal(p.body.request.alloc_hint, 4);
        assert_int_equal(p.body.request.context_id, 1);
        assert_int_equal(p.body.request.opnum, 9);
        assert_ptr_equal(p.body.request.stub, bytes + 24);
        assert_int_equal(p.body.request.stub_length, 4);
        assert_int_equal(p.auth.value_length, 0);
        free(bytes);
        bytes = parse("request with an object", big, &p);
        const struct rpc_uuid object = {
            0x01020304, 0x0506, 0x0708, {9, 10}, {11, 12, 13, 14, 15, 16}};
        assert_true(rpc_uuid_equal(&p.body.request.object, &object));
        assert_ptr_equal(p.body.request.stub, bytes + 40);
        assert_int_equal(p.body.request.stub_length, 4);
        free(bytes);
    }
}

TEST(auth_trailer_and_its_padding_are_no_part_of_the_stub)
{
    for (int big = 0; big < 2; big++) {
        struct pdu p;
        uint8_t *bytes = parse("request with an auth trailer", big, &p);
        assert_int_equal(p.body.request.stub_length, 4);
        assert_int_equal(p.auth.type, 10);
        assert_int_equal(p.auth.level, 5);
        assert_int_equal(p.auth.pad_length, 4);
        assert_int_equal(p.auth.context_id, 0x12345678);
        assert_int_equal(p.auth.value_length, 4);
        assert_memory_equal(p.auth.value, "\xa1\xa2\xa3\xa4", 4);
        free(bytes);
        bytes = parse("auth3", big, &p);
        assert_int_equal(p.auth.level, 2);
        assert_memory_equal(p.auth.value, "\xa1\xa2\xa3\xa4", 4);
        free(bytes);
    }
}

TEST(response_and_fault_fields)
{
    for (int big = 0; big < 2; big++) {
        struct pdu p;
        uint8_t *bytes = parse("response", big, &p);
        assert_int_equal(p.body.response.alloc_hint, 4);
        assert_int_equal(p.body.response.context_id, 1);
        assert_int_equal(p.body.response.cancel_count, 2);
        assert_ptr_equal(p.body.response.stub, bytes + 24);
        assert_int_equal(p.body.response.stub_length, 4);
        free(bytes);
        bytes = parse("fault", big, &p);
        assert_int_equal(p.body.fault.alloc_hint, 32);
        assert_int_equal(p.body.fault.context_id, 1);
        assert_int_equal(p.body.fault.cancel_count, 2);
        assert_int_equal(p.body.fault.status, 0x1c010002);
        free(bytes);
    }
}

TEST(bind_lists_its_contexts_and_transfer_syntaxes)
{
    for (int big = 0; big < 2; big++) {
        struct pdu p;
        struct pdu_context_element e;
        uint8_t *bytes = parse("bind of two contexts", big, &p);
        assert_int_equal(p.body.bind.max_xmit, 5840);
        assert_int_equal(p.body.bind.max_recv, 4280);
        assert_int_equal(p.body.bind.group_id, 0x1234);
        assert_int_equal(p.body.bind.context_count, 2);
        size_t offset = 0;
        for (unsigned i = 0; i < 2; i++) {
            assert_true(pdu_next_context(&p, &offset, &e));
            assert_int_equal(e.context_id, i);
            assert_true(rpc_syntax_equal(&e.abstract_syntax, &syntax_backup));
            assert_int_equal(e.transfer_count, 1);
            struct rpc_syntax_id transfer = pdu_transfer_syntax(&p, &e, 0);
            assert_true(rpc_syntax_equal(&transfer, i == 0 ? &rpc_ndr20_syntax : &syntax_ndr64));
        }
        assert_false(pdu_next_context(&p, &offset, &e));
        free(bytes);
        bytes = parse("alter_context with two transfer syntaxes", big, &p);
        offset = 0;
        assert_true(pdu_next_context(&p, &offset, &e));
        assert_int_equal(e.context_id, 5);
        assert_int_equal(e.transfer_count, 2);
        struct rpc_syntax_id second = pdu_transfer_syntax(&p, &e, 1);
        assert_true(rpc_syntax_equal(&second, &rpc_ndr20_syntax));
        assert_false(pdu_next_context(&p, &offset, &e));
        free(bytes);
    }
}

TEST(bind_ack_lists_its_results_after_the_padded_address)
{
    static const struct rpc_syntax_id none;
    for (int big = 0; big < 2; big++) {
        struct pdu p;
        struct pdu_context_outcome o;
        uint8_t *bytes = parse("bind_ack", big, &p);
        assert_int_equal(p.body.bind_ack.max_xmit, 5840);
        assert_int_equal(p.body.bind_ack.max_recv, 4280);
        assert_int_equal(p.body.bind_ack.group_id, 0x1234);
        assert_int_equal(p.body.bind_ack.secondary_address_length, 5);
        assert_string_equal((const char *)p.body.bind_ack.secondary_address, "1350");
        assert_int_equal(p.body.bind_ack.result_count, 2);
        size_t offset = 0;
        assert_true(pdu_next_result(&p, &offset, &o));
        assert_int_equal(o.result, CONTEXT_ACCEPT);
        assert_true(rpc_syntax_equal(&o.transfer_syntax, &rpc_ndr20_syntax));
        assert_true(pdu_next_result(&p, &offset, &o));
        assert_int_equal(o.result, CONTEXT_PROVIDER_REJECT);
        assert_int_equal(o.reason, CONTEXT_ABSTRACT_SYNTAX_NOT_SUPPORTED);
        assert_true(rpc_syntax_equal(&o.transfer_syntax, &none));
        assert_false(pdu_next_result(&p, &offset, &o));
        free(bytes);
        bytes = parse("alter_context_resp without an address", big, &p);
        offset = 0;
        assert_int_equal(p.body.bind_ack.secondary_address_length, 0);
        assert_true(pdu_next_result(&p, &offset, &o));
        assert_true(rpc_syntax_equal(&o.transfer_syntax, &rpc_ndr20_syntax));
        assert_false(pdu_next_result(&p, &offset, &o));
        free(bytes);
    }
}

TEST(bind_nak_reason)
{
    for (int big = 0; big < 2; big++) {
        struct pdu p;
        free(parse("bind_nak", big, &p));
        assert_int_equal(p.body.bind_nak.reason, BIND_NAK_PROTOCOL_VERSION_NOT_SUPPORTED);
    }
}

TEST(pdus_without_a_body_carry_their_call_id)
{
    for (int big = 0; big < 2; big++) {
        struct pdu p;
        free(parse("co_cancel", big, &p));
        assert_int_equal(p.header.call_id, 7);
        free(parse("orphaned", big, &p));
        assert_int_equal(p.header.call_id, 7);
        free(parse("shutdown", big, &p));
        assert_int_equal(p.header.call_id, 0);
    }
}
