/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wire: cuts a stream into PDUs, and breaks each in every way that fault_kinds.c names.
 */
#include "tests/support/test.h"

#include "faults/fault/fault.h"
#include "faults/wire/wire.h"
#include "faults/world/world.h"

#include <string.h>

enum { RESPONSE_BYTES = 40, BIND_ACK_BYTES = 60, LAST = 0xff };

static struct wire wire;
static uint8_t arrived[1 << 17];
static size_t arrived_bytes;
static unsigned passes;

static void pass(void *context, const uint8_t *bytes, size_t n)
{
    (void)context;
    memcpy(arrived + arrived_bytes, bytes, n);
    arrived_bytes += n;
    passes++;
}

static enum wire_event carry(bool to_server, const uint8_t *bytes, size_t n)
{
    return wire_carry(&wire, to_server, bytes, n, pass, NULL);
}

static void set_up(void)
{
    world_reset();
    wire_reset(&wire);
    arrived_bytes = passes = 0;
}

AROUND_EACH_TEST(set_up, NULL);

static void make_header(uint8_t *pdu, uint8_t type, size_t n, bool little)
{
    memset(pdu, 0, n);
    pdu[0] = 5;
    pdu[2] = type;
    pdu[3] = 3;
    pdu[4] = little ? 0x10 : 0;
    pdu[little ? 8 : 9] = (uint8_t)n;
    pdu[little ? 12 : 15] = 7; /* call id */
}

static uint8_t *response(void)
{
    static uint8_t pdu[RESPONSE_BYTES];
    make_header(pdu, 2, sizeof pdu, true);
    for (size_t i = 24; i < sizeof pdu; i++)
        pdu[i] = (uint8_t)i;
    return pdu;
}

/* One result: accepted. Its secondary address is "" with its NUL, padded. */
static uint8_t *bind_ack(void)
{
    static uint8_t pdu[BIND_ACK_BYTES];
    make_header(pdu, 12, sizeof pdu, true);
    pdu[24] = 1;
    pdu[28] = 1;
    return pdu;
}

static enum wire_event carry_broken(enum fault_class class, const char *kind, const uint8_t *pdu,
                                    size_t n)
{
    int index = fault_kind_find(class, kind, strlen(kind));
    assert_true(index >= 0);
    set_up();
    assert_true(fault_arm(&(struct fault){.class = class, .nth = 1, .kind = (uint32_t)index}));
    enum wire_event event = carry(class == FAULT_RPC_BIND || class == FAULT_RPC_REQUEST, pdu, n);
    assert_int_equal(fault_report()->fired, 1);
    assert_int_equal(fault_report()->last.class, class);
    return event;
}

TEST(whole_pdus_pass_one_by_one_however_they_are_cut)
{
    uint8_t two[2 * RESPONSE_BYTES];
    memcpy(two, response(), RESPONSE_BYTES);
    memcpy(two + RESPONSE_BYTES, response(), RESPONSE_BYTES);
    for (size_t piece = 1; piece <= sizeof two; piece++) {
        set_up();
        for (size_t at = 0; at < sizeof two; at += piece)
            assert_int_equal(
                carry(false, two + at, piece < sizeof two - at ? piece : sizeof two - at),
                WIRE_GO_ON);
        assert_int_equal(passes, 2);
        assert_int_equal(arrived_bytes, sizeof two);
        assert_memory_equal(arrived, two, sizeof two);
        assert_int_equal(fault_report()->points, 2);
    }
}

TEST(big_endian_lengths_are_read_in_their_order)
{
    uint8_t pdu[RESPONSE_BYTES];
    make_header(pdu, 2, sizeof pdu, false);
    carry(false, pdu, sizeof pdu - 1);
    assert_int_equal(passes, 0);
    carry(false, pdu + sizeof pdu - 1, 1);
    assert_int_equal(passes, 1);
}

TEST(what_is_no_pdu_passes_as_it_is)
{
    uint8_t noise[64];
    memset(noise, 'x', sizeof noise);
    assert_int_equal(carry(true, noise, sizeof noise), WIRE_GO_ON);
    assert_int_equal(carry(true, noise, 3), WIRE_GO_ON);
    assert_int_equal(arrived_bytes, sizeof noise + 3);
    assert_int_equal(fault_report()->points, 0);
}

TEST(each_type_has_its_class)
{
    static const struct {
        uint8_t type;
        bool to_server;
        enum fault_class class;
    } rows[] = {{11, true, FAULT_RPC_BIND},      {14, true, FAULT_RPC_BIND},
                {0, true, FAULT_RPC_REQUEST},    {16, true, FAULT_RPC_REQUEST},
                {12, false, FAULT_RPC_BIND_ACK}, {13, false, FAULT_RPC_BIND_ACK},
                {2, false, FAULT_RPC_REPLY},     {3, false, FAULT_RPC_REPLY}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault_crossing crossing;
        uint8_t pdu[RESPONSE_BYTES];
        set_up();
        make_header(pdu, rows[i].type, sizeof pdu, true);
        fault_record(&crossing, 1);
        carry(rows[i].to_server, pdu, sizeof pdu);
        assert_int_equal(fault_recorded(), 1);
        fault_record(NULL, 0);
        assert_int_equal(crossing.class, rows[i].class);
    }
}

TEST(lost_reset_and_torn_pdus)
{
    static const struct {
        const char *kind;
        enum wire_event event;
        size_t bytes;
    } rows[] = {{"lost", WIRE_GO_ON, 0},
                {"reset", WIRE_CONNECTION_RESET, 0},
                {"torn-header", WIRE_CONNECTION_RESET, 10},
                {"torn-body", WIRE_CONNECTION_RESET, RESPONSE_BYTES / 2},
                {"torn-end", WIRE_CONNECTION_RESET, RESPONSE_BYTES - 1},
                {"kill", WIRE_SERVER_KILLED, 0},
                {"restart", WIRE_SERVER_RESTARTED, 0},
                {"duplicate", WIRE_GO_ON, 2 * RESPONSE_BYTES}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(carry_broken(FAULT_RPC_REPLY, rows[i].kind, response(), RESPONSE_BYTES),
                         rows[i].event);
        assert_int_equal(arrived_bytes, rows[i].bytes);
        assert_memory_equal(arrived, response(),
                            rows[i].bytes < RESPONSE_BYTES ? rows[i].bytes : RESPONSE_BYTES);
    }
}

TEST(a_late_answer_comes_with_the_next)
{
    carry_broken(FAULT_RPC_REPLY, "late", response(), RESPONSE_BYTES);
    assert_int_equal(arrived_bytes, 0);
    carry(false, response(), RESPONSE_BYTES);
    assert_int_equal(arrived_bytes, 2 * RESPONSE_BYTES);
}

TEST(damaged_answers_differ_in_that_field_alone)
{
    static const struct {
        const char *kind;
        size_t first, last; /* the bytes that change; LAST: to the end */
        size_t bytes;
    } rows[] = {{"call-id", 12, 12, RESPONSE_BYTES},     {"version", 0, 0, RESPONSE_BYTES},
                {"flags", 3, 3, RESPONSE_BYTES},         {"type", 2, 2, RESPONSE_BYTES},
                {"length", 8, 9, RESPONSE_BYTES},        {"context", 20, 20, RESPONSE_BYTES},
                {"stub-ones", 24, LAST, RESPONSE_BYTES}, {"stub-short", 8, 8, 32},
                {"stub-long", 8, 8, RESPONSE_BYTES + 8}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        carry_broken(FAULT_RPC_REPLY, rows[i].kind, response(), RESPONSE_BYTES);
        assert_int_equal(arrived_bytes, rows[i].bytes);
        for (size_t at = 0; at < RESPONSE_BYTES && at < arrived_bytes; at++) {
            bool changes = at >= rows[i].first && at <= rows[i].last;
            assert_true(changes == (arrived[at] != response()[at]));
        }
    }
}

TEST(faults_naks_and_rejections_say_what_their_kind_names)
{
    carry_broken(FAULT_RPC_REPLY, "fault-context-mismatch", response(), RESPONSE_BYTES);
    assert_int_equal(arrived_bytes, 32);
    assert_int_equal(arrived[2], 3);
    assert_int_equal(arrived[8], 32);
    assert_int_equal(arrived[12], 7);
    assert_memory_equal(arrived + 24, "\x1a\x00\x00\x1c", 4);
    carry_broken(FAULT_RPC_BIND_ACK, "nak-invalid-checksum", bind_ack(), BIND_ACK_BYTES);
    assert_int_equal(arrived_bytes, 21);
    assert_int_equal(arrived[2], 13);
    assert_int_equal(arrived[16], 9);
    carry_broken(FAULT_RPC_BIND_ACK, "reject-local-limit", bind_ack(), BIND_ACK_BYTES);
    assert_int_equal(arrived_bytes, BIND_ACK_BYTES);
    assert_int_equal(arrived[32], 2);
    assert_int_equal(arrived[34], 3);
}

TEST(every_kind_of_every_wire_class_breaks_something)
{
    for (int class = FAULT_RPC_BIND; class <= FAULT_RPC_REPLY; class ++) {
        bool ack = class == FAULT_RPC_BIND_ACK;
        uint8_t pdu[BIND_ACK_BYTES];
        size_t n = ack ? BIND_ACK_BYTES : RESPONSE_BYTES;
        memcpy(pdu, ack ? bind_ack() : response(), n);
        if (class == FAULT_RPC_BIND || class == FAULT_RPC_REQUEST)
            pdu[2] = class == FAULT_RPC_BIND ? 11 : 0;
        for (uint32_t k = 0; k < fault_kind_count((enum fault_class) class); k++) {
            const char *kind = fault_kind_name((enum fault_class) class, k);
            enum wire_event event = carry_broken((enum fault_class) class, kind, pdu, n);
            assert_true(event != WIRE_GO_ON || arrived_bytes != n || memcmp(arrived, pdu, n) != 0);
        }
    }
}
