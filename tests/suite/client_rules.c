/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the client must make of one lie of its server: of each kind of lie that has a rule one is
 * told, which the client takes as it must; and each is found where the client has made something
 * else of it.
 */
#include "tests/support/test.h"

#include "fuzz/drivers/client_rules.h"
#include "fuzz/drivers/wire_input.h"
#include "fuzz/peer/pdu.h"

#include <windows.h>

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
    client_rules_judge(honest, records, client_lies_write(&two, response, records), &report);
    client_rules_judge(honest, records, client_lies_write(&same, response, records), &report);
    client_rules_judge(honest, records, client_lies_write(&same, honest->count, records), &report);
    client_rules_judge(honest, records, 0, &report);
    assert_false(report.finding);
}
