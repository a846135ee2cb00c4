/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the client must make of one lie of its server: of each kind of lie that has a rule one is
 * told, which the client takes as it must; and each is found where the client has made something
 * else of it.
 */
#include "tests/support/test.h"

#include "fuzz/drivers/client_replies.h"
#include "fuzz/drivers/client_rules.h"
#include "fuzz/drivers/wire_input.h"
#include "fuzz/peer/pdu.h"

#include <windows.h>

#include <string.h>

enum { LAST_PROGRAM = 3 };

static struct run_report report;
static const struct honest_server *honest;

/* The number of the first PDU of that type. */
static unsigned first_of(uint8_t type)
{
    unsigned i = 0;
    honest = wire_input_honest(LAST_PROGRAM);
    while (i < honest->count && honest->bytes[i][2] != type)
        i++;
    assert_true(i < honest->count);
    return i;
}

/* The lie is told; then once more to a client whose call returns that code. */
static void assert_judged(unsigned pdu, const struct told_lies *l, int32_t wrong, const char *text)
{
    uint8_t input[1 + LIES_MOST * LIE_BYTES] = {CLIENT_HONEST_SERVER | LAST_PROGRAM};
    size_t n = client_lies_write(l, pdu, input + 1), call = honest->calls[pdu];
    wire_input_to_client(input, 1 + n, &(struct run_options){0}, &report);
    assert_false(report.finding);
    report.results[call] = wrong;
    client_rules_judge(honest, input + 1, n, &report);
    assert_true(report.finding);
    assert_string_equal(report.detail, text);
    assert_int_equal(report.call, (int)call);
}

TEST(status_of_a_fault_has_its_code)
{
    enum { AT_STATUS = 24 };
    const struct told_lies busy = {1, {{LIE_SET_LONG, false, AT_STATUS, 0x1c010014}}},
                           unknown = {1, {{LIE_SET_LONG, false, AT_STATUS, 0x12345678}}};
    unsigned fault = first_of(PEER_FAULT_PDU);
    assert_judged(fault, &busy, RPC_S_CALL_FAILED,
                  "a fault did not end its call with the code of its status");
    assert_judged(fault, &unknown, S_OK,
                  "a fault did not end its call with the code of its status");
}

TEST(reason_of_a_bind_nak_has_its_code)
{
    const struct told_lies checksum = {1, {{LIE_SET_SHORT, false, PEER_PDU_HEADER, 9}}};
    assert_judged(first_of(PEER_BIND_NAK_PDU), &checksum, RPC_S_CALL_FAILED_DNE,
                  "a bind_nak did not end its call with the code of its reason");
}

TEST(pdu_that_nobody_awaits_is_refused)
{
    unsigned response = first_of(PEER_RESPONSE);
    const struct told_lies request = client_lie_inserted(honest->bytes[response], PEER_REQUEST);
    assert_judged(response, &request, honest->results[honest->calls[response]],
                  "a PDU that breaks the protocol was not refused with RPC_S_PROTOCOL_ERROR");
}

TEST(shutdown_is_ignored)
{
    enum { SHUTDOWN = 17 };
    unsigned response = first_of(PEER_RESPONSE);
    const struct told_lies shutdown = client_lie_inserted(honest->bytes[response], SHUTDOWN);
    assert_judged(response, &shutdown, RPC_S_PROTOCOL_ERROR,
                  "a field that means nothing here has changed the result of a call");
}

TEST(trailer_is_ignored_or_refused)
{
    struct told_lies trailer;
    unsigned response = first_of(PEER_RESPONSE);
    assert_true(client_lie_trailer(honest->sizes[response], 2, &trailer));
    assert_judged(response, &trailer, RPC_S_CALL_FAILED,
                  "a PDU that may be taken or refused ended its call otherwise");
}

TEST(pdu_that_is_cut_off_ends_its_call)
{
    const struct told_lies cut = {1, {{.lie = LIE_TRUNCATE, .at = PEER_PDU_HEADER + 4}}};
    unsigned response = first_of(PEER_RESPONSE);
    assert_judged(response, &cut, honest->results[honest->calls[response]],
                  "a PDU that is damaged did not end its call with a code of the transport");
}

TEST(lies_that_no_rule_is_about_are_not_judged)
{
    uint8_t records[LIES_MOST * LIE_BYTES];
    const struct told_lies two = {2, {{LIE_SET_BYTE, false, 0, 4}, {LIE_SET_BYTE, false, 0, 5}}},
                           same = {1, {{LIE_SET_BYTE, false, 0, 5}}};
    unsigned response = first_of(PEER_RESPONSE);
    report = (struct run_report){.call_count = honest->call_count};
    memcpy(report.results, honest->results, sizeof report.results);
    client_rules_judge(honest, records, client_lies_write(&two, response, records), &report);
    client_rules_judge(honest, records, client_lies_write(&same, response, records), &report);
    client_rules_judge(honest, records, client_lies_write(&same, honest->count, records), &report);
    client_rules_judge(honest, records, 0, &report);
    assert_false(report.finding);
}

/* Replies ------------------------------------------------------------------------------------ */

enum { PROGRAM_OF_SESSION = 0, PROGRAM_OF_PARTS = 4 };

/* The last whole reply of that call in a program, whose array begins at 12 of its stub. */
static unsigned reply_of(unsigned program, size_t call)
{
    honest = wire_input_honest(program);
    for (unsigned i = honest->count; i-- > 0;)
        if (honest->calls[i] == call && client_reply_is_whole(honest, i))
            return i;
    fail_msg("call %zu has no whole reply", call);
    return 0;
}

static void assert_reply_judged(unsigned program, unsigned pdu, const struct told_lies *l,
                                int32_t owed)
{
    uint8_t input[1 + LIES_MOST * LIE_BYTES] = {(uint8_t)(CLIENT_HONEST_SERVER | program)};
    size_t n = client_lies_write(l, pdu, input + 1), call = honest->calls[pdu];
    wire_input_to_client(input, 1 + n, &(struct run_options){0}, &report);
    assert_false(report.finding);
    assert_int_equal(report.results[call], owed);
    report.results[call] = owed == S_OK ? RPC_X_BAD_STUB_DATA : S_OK;
    client_rules_judge(honest, input + 1, n, &report);
    assert_true(report.finding);
    assert_string_equal(report.detail, "a call has not returned what its reply says");
    assert_int_equal(report.call, (int)call);
}

TEST(every_true_reply_has_its_result)
{
    unsigned replies = 0;
    for (unsigned program = 0; program <= PROGRAM_OF_PARTS; program++) {
        honest = wire_input_honest(program);
        for (unsigned i = 0; i < honest->count; i++) {
            if (!client_reply_is_whole(honest, i))
                continue;
            int32_t result = client_reply_result(honest, i, honest->bytes[i] + PEER_REQUEST_HEADER,
                                                 honest->sizes[i] - PEER_REQUEST_HEADER);
            assert_int_equal(result, honest->results[honest->calls[i]]);
            replies++;
        }
    }
    assert_true(replies >= 30);
}

TEST(list_with_a_nul_more_is_refused)
{
    enum { AT = PEER_REQUEST_HEADER + 12, NAMES = 2 };
    unsigned pdu = reply_of(PROGRAM_OF_SESSION, NAMES);
    uint32_t chars = peer_get(honest->bytes[pdu], PEER_REQUEST_HEADER, 4, false);
    /* Two bytes of padding follow an odd number of characters. */
    assert_int_equal(chars % 2, 1);
    const struct told_lies more = {4,
                                   {{LIE_SET_LONG, false, PEER_REQUEST_HEADER, chars + 1},
                                    {LIE_SET_LONG, false, PEER_REQUEST_HEADER + 8, chars + 1},
                                    {LIE_INSERT, true, AT + 2 * (size_t)chars, 2},
                                    {LIE_DELETE, true, AT + 2 * (size_t)chars + 2, 2}}};
    assert_reply_judged(PROGRAM_OF_SESSION, pdu, &more, RPC_X_BAD_STUB_DATA);
}

TEST(read_of_more_than_is_left_is_refused)
{
    enum { SECOND_READ = 3, AT_COUNT = PEER_REQUEST_HEADER + 8, AT = PEER_REQUEST_HEADER + 12 };
    unsigned pdu = reply_of(PROGRAM_OF_PARTS, SECOND_READ);
    uint32_t bytes = peer_get(honest->bytes[pdu], AT_COUNT, 4, false);
    const struct told_lies more = {
        2, {{LIE_SET_LONG, false, AT_COUNT, bytes + 4}, {LIE_INSERT, true, AT, 4}}};
    const struct told_lies less = {
        2, {{LIE_SET_LONG, false, AT_COUNT, bytes - 4}, {LIE_DELETE, true, AT, 4}}};
    assert_true(honest->results[SECOND_READ] == S_OK && bytes > 4);
    assert_reply_judged(PROGRAM_OF_PARTS, pdu, &more, RPC_X_BAD_STUB_DATA);
    assert_reply_judged(PROGRAM_OF_PARTS, pdu, &less, S_OK);
}

TEST(context_is_refused_for_its_result_and_reason)
{
    enum { RESULT = 32, PROVIDER = 2, LOCAL_LIMIT = 3 };
    const struct told_lies full = {1,
                                   {{LIE_SET_LONG, false, RESULT, PROVIDER | LOCAL_LIMIT << 16}}};
    assert_judged(first_of(PEER_BIND_ACK_PDU), &full, RPC_S_CALL_FAILED_DNE,
                  "a refused context did not end its call with the code of its reason");
}
