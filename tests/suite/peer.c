/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The account of peers (fuzz/peer/peer.h) complains of a server that answers anything but what it
 * owes, and of nothing else.
 */
#include "tests/support/test.h"

#include "fuzz/peer/build.h"
#include "fuzz/peer/peer.h"

#include <string.h>

enum { BIND, ALTER, CALL, FRAGMENTS, CO_CANCEL, ORPHANED, OTHER };
enum { RESPONSE = 2, FAULT = 3, BIND_ACK = 12, BIND_NAK = 13, WHOLE = 3, DID_NOT_EXECUTE = 0x20 };

static struct peers peers;
static struct peer_step step;
static struct peer_script scripts;

/* Peer `c` follows one instruction. */
static void say(unsigned c, uint8_t what, uint8_t flags, uint16_t about, uint16_t which)
{
    uint8_t i[12] = {what,           (uint8_t)c,           0,
                     flags,          (uint8_t)about,       (uint8_t)(about >> 8),
                     (uint8_t)which, (uint8_t)(which >> 8)};
    scripts.data = i;
    scripts.size = sizeof i;
    assert_true(peer_build(&scripts, &peers, &step));
    assert_int_equal(step.connection, c);
    peer_sent(&peers, c, step.bytes, step.length);
}

/* The server answers peer `c`: a PDU with that body. */
static const char *hear(unsigned c, uint8_t type, uint8_t flags, uint32_t call, const uint8_t *body,
                        size_t n)
{
    uint8_t pdu[256] = {5, 0, type, flags,        0x10, 0, 0, 0, (uint8_t)(16 + n),
                        0, 0, 0,    (uint8_t)call};
    memcpy(pdu + 16, body, n);
    return peer_received(&peers, c, pdu, 16 + n);
}

static const char *hear_fault(unsigned c, uint8_t flags, uint32_t call, uint8_t context,
                              uint32_t status)
{
    uint8_t body[16] = {32,
                        0,
                        0,
                        0,
                        context,
                        0,
                        0,
                        0,
                        (uint8_t)status,
                        (uint8_t)(status >> 8),
                        (uint8_t)(status >> 16),
                        (uint8_t)(status >> 24)};
    return hear(c, FAULT, flags, call, body, sizeof body);
}

/* Fragments of 5840 bytes, no address, one result. */
static const char *hear_ack(unsigned c, uint32_t call, uint8_t group, uint8_t result)
{
    uint8_t body[40] = {0xd0, 0x16, 0xd0, 0x16, group, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, result};
    return hear(c, BIND_ACK, WHOLE, call, body, sizeof body);
}

/* A response of a handle of that value and a result. */
static const char *hear_handle(unsigned c, uint32_t call, uint8_t value, uint8_t result)
{
    uint8_t body[8 + 24] = {24};
    body[8 + 4] = value;
    body[8 + 20] = result;
    return hear(c, RESPONSE, WHOLE, call, body, sizeof body);
}

static void open_and_bind(unsigned c, uint8_t group)
{
    peer_opened(&peers, c, false);
    say(c, BIND, 0, 0, 0);
    assert_null(hear_ack(c, 0, group, 0));
    assert_null(peer_settled(&peers, c, false));
}

static void set_up(void)
{
    peers_reset(&peers);
    scripts = (struct peer_script){0};
}

AROUND_EACH_TEST(set_up, NULL);

TEST(right_answers_are_no_matter)
{
    open_and_bind(0, 1);
    say(0, CALL, 0, 0, 0);
    assert_null(hear_handle(0, 1, 7, 0));
    assert_int_equal(peers.handle_count, 1);
    say(0, CALL, 0, 1, 0);
    assert_null(hear_handle(0, 2, 0, 0));
    assert_int_equal(peers.handle_count, 0);
    say(0, CALL, 0, 12, 0);
    assert_null(hear_fault(0, WHOLE | DID_NOT_EXECUTE, 3, 0, 0x1c010002));
    say(0, CO_CANCEL, 0, 0, 0);
    assert_null(peer_settled(&peers, 0, false));
}

TEST(each_field_of_a_fault_counts)
{
    open_and_bind(0, 1);
    for (uint32_t call = 1; call <= 4; call++)
        say(0, CALL, 0, 12, 0);
    assert_string_equal(hear_fault(0, WHOLE, 1, 0, 0x1c010002),
                        "a fault with the wrong did-not-execute flag");
    assert_string_equal(hear_fault(0, WHOLE | DID_NOT_EXECUTE, 2, 5, 0x1c010002),
                        "a fault with the wrong context");
    assert_string_equal(hear_fault(0, WHOLE | DID_NOT_EXECUTE, 3, 0, 0x1c010003),
                        "a fault with the wrong status");
    assert_string_equal(hear_fault(0, WHOLE | DID_NOT_EXECUTE, 5, 0, 0x1c010002),
                        "an answer to another call");
    assert_string_equal(hear_handle(0, 4, 1, 0), "expected a fault, got another type of PDU");
}

/* However the server misses an answer, the cause is the situation that it is owed in. */
TEST(cause_is_the_situation_unless_the_form_alone_is_wrong)
{
    static const char situation[] = "an unknown operation";
    char words[PEER_WORDS];
    open_and_bind(0, 1);
    for (uint32_t call = 1; call <= 5; call++)
        say(0, CALL, 0, 12, 0);
    const char *wrong = hear_fault(0, WHOLE | DID_NOT_EXECUTE, 1, 0, 0x1c010003);
    assert_string_equal(peer_cause(&peers, 0, wrong), situation);
    peer_explain(&peers, 0, wrong, words);
    assert_string_equal(words, "a fault with the wrong status; connection 0, after an unknown "
                               "operation: owed is a fault 0x1c010002 of call 1; got a fault "
                               "0x1c010003");
    assert_string_equal(peer_cause(&peers, 0, hear_handle(0, 2, 1, 0)), situation);
    wrong = hear_fault(0, WHOLE, 3, 0, 0x1c010002);
    assert_string_equal(peer_cause(&peers, 0, wrong), wrong);
    wrong = hear_fault(0, WHOLE | DID_NOT_EXECUTE, 5, 0, 0x1c010002);
    assert_string_equal(peer_cause(&peers, 0, wrong), situation);
    wrong = peer_settled(&peers, 0, false);
    assert_string_equal(peer_cause(&peers, 0, wrong), situation);
    peer_explain(&peers, 0, wrong, words);
    assert_non_null(strstr(words, "owed is a fault 0x1c010002 of call 4; got nothing"));
}

/* Of an answer that the operation makes: what is wrong with it. */
TEST(cause_of_a_wrong_reply_is_what_is_wrong)
{
    open_and_bind(0, 1);
    say(0, CALL, 0, 0, 0);
    const char *wrong = hear_fault(0, WHOLE, 1, 0, 99);
    assert_string_equal(wrong, "a call ended with a status that no call may return");
    assert_string_equal(peer_cause(&peers, 0, wrong), wrong);
}

TEST(silence_and_chatter)
{
    open_and_bind(0, 1);
    assert_string_equal(hear_fault(0, WHOLE, 1, 0, 5), "an unsolicited PDU");
    say(0, CALL, 0, 0, 0);
    assert_string_equal(peer_settled(&peers, 0, false), "an answer that was owed was not sent");
}

TEST(connection_lives_or_ends_as_the_rules_say)
{
    static const uint8_t reason[8];
    open_and_bind(0, 1);
    assert_string_equal(peer_settled(&peers, 0, true),
                        "the connection was closed, but should stay open");
    say(0, BIND, 0, 0, 0);
    assert_null(hear(0, BIND_NAK, WHOLE, 1, reason, sizeof reason));
    assert_string_equal(peer_settled(&peers, 0, false),
                        "the connection stayed open, but should be closed");
    assert_null(peer_settled(&peers, 0, true));
}

TEST(results_and_groups_of_a_bind)
{
    peer_opened(&peers, 0, false);
    say(0, BIND, 0, 0, 0);
    assert_string_equal(hear_ack(0, 0, 1, 2), "a wrong result for a context");
    open_and_bind(1, 2);
    peer_opened(&peers, 2, false);
    say(2, BIND, 0, 0, 0);
    assert_string_equal(hear_ack(2, 0, 2, 0), "a new group whose id is in use already");
    peer_opened(&peers, 3, false);
    say(3, BIND, 0, 0, 2 << 4); /* into the group of peer 1 */
    assert_string_equal(hear_ack(3, 0, 5, 0), "a wrong association group");
}

TEST(handle_is_good_in_its_group_alone)
{
    open_and_bind(0, 1);
    open_and_bind(1, 2);
    say(0, CALL, 0, 0, 0);
    assert_null(hear_handle(0, 1, 7, 0));
    say(1, CALL, 0, 1, 0);
    assert_string_equal(hear_handle(1, 1, 0, 0),
                        "a call with an invalid context handle was served");
    say(0, CALL, 0, 1, 0);
    assert_string_equal(hear_fault(0, WHOLE, 2, 0, 0x1c00001a),
                        "a live context handle was refused");
    peer_gone(&peers, 0);
    assert_int_equal(peers.handle_count, 0);
}

TEST(handles_live_as_long_as_their_group)
{
    open_and_bind(0, 1);
    say(0, CALL, 0, 0, 0);
    assert_null(hear_handle(0, 1, 7, 0));
    peer_opened(&peers, 1, false);
    say(1, BIND, 0, 0, 1 << 4);
    assert_null(hear_ack(1, 0, 1, 0));
    peer_gone(&peers, 0);
    assert_int_equal(peers.handle_count, 1);
    say(1, CALL, 0, 1, 0);
    assert_null(hear_handle(1, 1, 0, 0));
    assert_int_equal(peers.handle_count, 0);
}

TEST(fragments_of_a_response)
{
    static const uint8_t part[8 + 12] = {20};
    open_and_bind(0, 1);
    say(0, CALL, 0, 8, 0);
    assert_string_equal(hear(0, RESPONSE, 2, 1, part, sizeof part),
                        "a response whose fragments are out of order");
    say(0, CALL, 0, 8, 0);
    assert_string_equal(hear(0, RESPONSE, 1, 1, part, sizeof part),
                        "a fragment whose stub is not a multiple of 8");
}

/* A new connection binds with such credentials; the server refuses that for this reason. */
static const char *hear_nak_of(bool tcp, uint8_t type, uint8_t level, const char *value, uint8_t n,
                               uint8_t reason)
{
    enum { BODY = 72, TRAILER = 8 };
    uint8_t pdu[BODY + TRAILER + 64] = {5, 0, 11, WHOLE, 0x10, [8] = BODY + TRAILER + n, [10] = n};
    memcpy(pdu + 16, (const uint8_t[]){0xd0, 0x16, 0xd0, 0x16, 0, 0, 0, 0, 1}, 9);
    pdu[30] = 1; /* one transfer syntax */
    memcpy(pdu + 32, peer_interface_uuid[PEER_BACKUP], 16);
    pdu[48] = 1;
    memcpy(pdu + 52, peer_ndr20, sizeof peer_ndr20);
    pdu[BODY] = type;
    pdu[BODY + 1] = level;
    memcpy(pdu + BODY + TRAILER, value, n);
    peers_reset(&peers);
    peer_opened(&peers, 0, tcp);
    peer_sent(&peers, 0, pdu, (size_t)BODY + TRAILER + n);
    const uint8_t body[8] = {reason, 0, 1, 5, 0};
    return hear(0, BIND_NAK, WHOLE, 0, body, sizeof body);
}

TEST(credentials_that_are_none_are_refused_for_their_level_or_their_type)
{
    enum { PLAIN = 0xd5, NTLM = 10, CONNECT = 2, PRIVACY = 6 };
    const char good[] = "\0user\0word";
    assert_null(hear_nak_of(false, NTLM, CONNECT, good, sizeof good, 8));
    assert_null(hear_nak_of(false, NTLM, PRIVACY, good, sizeof good, 8));
    assert_null(hear_nak_of(false, NTLM, CONNECT - 1, good, sizeof good, 0));
    assert_null(hear_nak_of(false, NTLM, PRIVACY + 1, good, sizeof good, 0));
    assert_null(hear_nak_of(false, PLAIN, CONNECT + 1, good, sizeof good, 8));
    assert_null(hear_nak_of(true, PLAIN, CONNECT, good, sizeof good, 8));
    assert_null(hear_nak_of(false, PLAIN, CONNECT, good, sizeof good - 1, 8));
    assert_non_null(hear_nak_of(false, NTLM, PRIVACY, good, sizeof good, 0));
    assert_non_null(hear_nak_of(false, NTLM, PRIVACY + 1, good, sizeof good, 8));
    assert_non_null(hear_nak_of(false, PLAIN, CONNECT, good, sizeof good, 8));
}

/* A call of the backup interface with that stub. */
static void call_with(uint16_t opnum, const uint8_t *stub, uint8_t n)
{
    enum { HEADER = 24 };
    uint8_t pdu[HEADER + 64] = {
        5, 0, 0, WHOLE, 0x10, [8] = HEADER + n, [12] = 1, [22] = (uint8_t)opnum};
    memcpy(pdu + HEADER, stub, n);
    peer_sent(&peers, 0, pdu, (size_t)HEADER + n);
}

TEST(stub_that_can_be_decoded_is_served_and_another_is_not)
{
    enum { PREPARE = 0, LIST = 2, BAD_STUB_DATA = 0x6f7, SOME_HANDLE = 20 };
    const uint8_t prepare[] = {0, 0, 0, 0, 1, 0, 0, 0};
    uint8_t list[SOME_HANDLE + 8] = {0};
    open_and_bind(0, 1);
    call_with(PREPARE, prepare, sizeof prepare - 1);
    assert_null(hear_fault(0, WHOLE, 1, 0, BAD_STUB_DATA));
    call_with(PREPARE, prepare, sizeof prepare);
    assert_string_equal(hear_fault(0, WHOLE, 1, 0, BAD_STUB_DATA),
                        "a call whose stub can be decoded was refused for it");
    set_up();
    open_and_bind(0, 1);
    call_with(PREPARE, prepare, sizeof prepare - 1);
    assert_string_equal(hear_handle(0, 1, 7, 0), "a call whose stub cannot be decoded was served");
    set_up();
    open_and_bind(0, 1);
    list[SOME_HANDLE + 4] = 3; /* beyond the last phase */
    call_with(LIST, list, sizeof list);
    assert_null(hear_fault(0, WHOLE, 1, 0, BAD_STUB_DATA));
}

TEST(call_with_illegal_arguments_must_fail)
{
    enum { PREPARE = 0, ILLEGAL_TYPE = 2, INVALID_PARAMETER = 87 };
    const uint8_t prepare[] = {0, 0, 0, 0, ILLEGAL_TYPE, 0, 0, 0};
    open_and_bind(0, 1);
    call_with(PREPARE, prepare, sizeof prepare);
    assert_null(hear_handle(0, 1, 7, INVALID_PARAMETER));
    call_with(PREPARE, prepare, sizeof prepare);
    assert_string_equal(hear_handle(0, 1, 7, 0),
                        "a call with arguments that are illegal has succeeded");
}
