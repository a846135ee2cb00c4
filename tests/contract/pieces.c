/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pieces of the target on the simulated world, where a program cannot lead them: a peer that lies
 * while memory is short, randomness in small portions, what the server says of itself.
 */
#include "contract.h"
#include "tests/support/test.h"

#include "fuzz/scene/state_files.h"

#include "faults/fault/fault.h"
#include "faults/world/clock.h"
#include "faults/world/world.h"
#include "fuzz/scene/service.h"
#include "target/client/client.h"
#include "target/idl/stubs.h"
#include "target/rpc/client_association.h"
#include "target/server/server_key.h"

#include <windows.h>

#include <ntdsbcli.h>

enum { FIRST_AND_LAST = 3, OURS = 6, FRAGMENT = 40000 };

/* The header of a fragment too long for the room there is, while there is no memory for more, comes
   to a client that waits for the answer to call OURS; answers to calls up to 5 are ignored. */
static enum client_event meet(struct client_association *a, uint8_t type, uint8_t flags,
                              uint8_t call)
{
    uint8_t header[16] = {5, 0, type, flags, 0x10, 0, 0, 0, FRAGMENT & 0xff, FRAGMENT >> 8};
    struct buffer stub = BUFFER_INIT, out = BUFFER_INIT;
    size_t room;
    header[12] = call;
    world_reset();
    client_association_init(a, 65528);
    a->state = CLIENT_IDLE;
    a->call_id = a->ignored_through = OURS - 1;
    assert_true(client_association_request(a, 0, &stub, 4, &out));
    memcpy(client_association_room(a, &room), header, sizeof header);
    assert_true(room >= sizeof header && room < FRAGMENT);
    assert_true(
        fault_arm(&(struct fault){.class = FAULT_MEM_ALLOC, .nth = 1, .shape = FAULT_PERSISTENT}));
    enum client_event event = client_association_received(a, sizeof header);
    fault_disarm_all();
    client_association_destroy(a);
    buffer_destroy(&out);
    return event;
}

TEST(fragment_without_room_ends_its_own_call_alone)
{
    struct client_association a;
    assert_int_equal(meet(&a, PDU_RESPONSE, FIRST_AND_LAST, OURS), CLIENT_NO_MEMORY);
    assert_int_equal(meet(&a, PDU_RESPONSE, FIRST_AND_LAST, OURS - 1), CLIENT_MORE);
    assert_int_equal(meet(&a, PDU_RESPONSE, FIRST_AND_LAST, 1), CLIENT_MORE);
    static const uint8_t wrong[][2] = {{PDU_RESPONSE, OURS + 1}, {PDU_RESPONSE, 0},
                                       {PDU_FAULT, OURS},        {PDU_FAULT, OURS - 1},
                                       {PDU_BIND_ACK, OURS},     {PDU_REQUEST, OURS}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(meet(&a, wrong[i][0], FIRST_AND_LAST, wrong[i][1]), CLIENT_FAILED);
        assert_int_equal(a.status, ERROR_NOT_ENOUGH_MEMORY);
    }
    /* What cannot be kept must be in order all the same. */
    assert_int_equal(meet(&a, PDU_RESPONSE, 0, OURS), CLIENT_FAILED);
    assert_int_equal(a.status, RPC_S_PROTOCOL_ERROR);
}

TEST(length_of_a_fragment_alone_takes_no_memory_of_the_client)
{
    enum { LONGEST = 65528, FEW = 4096 };
    const uint8_t header[16] = {5,   0, PDU_RESPONSE,   FIRST_AND_LAST, 0x10, 0,
                                0,   0, LONGEST & 0xff, LONGEST >> 8,   0,    0,
                                OURS};
    struct client_association a;
    struct buffer stub = BUFFER_INIT, out = BUFFER_INIT;
    size_t room, came = sizeof header;
    world_reset();
    client_association_init(&a, LONGEST);
    a.state = CLIENT_IDLE;
    a.call_id = OURS - 1;
    assert_true(client_association_request(&a, 0, &stub, 4, &out));
    memcpy(client_association_room(&a, &room), header, sizeof header);
    assert_int_equal(client_association_received(&a, sizeof header), CLIENT_MORE);
    assert_true(a.input.capacity <= FEW);
    /* And it grows with what comes, to the whole of it. */
    while (came < LONGEST) {
        uint8_t *at = client_association_room(&a, &room);
        assert_true(room > 0 && a.input.capacity <= FEW + 4 * came);
        size_t n = room < LONGEST - came ? room : LONGEST - came;
        memset(at, 0, n);
        came += n;
        enum client_event event = client_association_received(&a, n);
        assert_int_equal(event, came < LONGEST ? CLIENT_MORE : CLIENT_REPLY);
    }
    client_association_destroy(&a);
    buffer_destroy(&out);
}

/* A fragment of a reply, 8 bytes of stub, comes to the client. */
static enum client_event take_fragment(struct client_association *a, uint8_t flags)
{
    uint8_t pdu[32] = {5, 0, PDU_RESPONSE, flags, 0x10, 0, 0, 0, sizeof pdu, 0, 0, 0, OURS};
    size_t room;
    memcpy(client_association_room(a, &room), pdu, sizeof pdu);
    assert_true(room >= sizeof pdu);
    return client_association_received(a, sizeof pdu);
}

TEST(reply_of_which_a_part_was_lost_is_none)
{
    enum { FIRST = 1, MIDDLE = 0, LAST = 2 };
    struct client_association a;
    struct buffer stub = BUFFER_INIT, out = BUFFER_INIT;
    world_reset();
    client_association_init(&a, 65528);
    a.state = CLIENT_IDLE;
    a.call_id = OURS - 1;
    assert_true(client_association_request(&a, 0, &stub, 0, &out));
    assert_true(fault_arm(&(struct fault){.class = FAULT_MEM_ALLOC, .nth = 1}));
    assert_int_equal(take_fragment(&a, FIRST), CLIENT_MORE);
    assert_int_equal(fault_report()->fired, 1);
    assert_int_equal(take_fragment(&a, MIDDLE), CLIENT_MORE);
    assert_int_equal(take_fragment(&a, LAST), CLIENT_NO_MEMORY);
    assert_int_equal(a.state, CLIENT_IDLE);
    client_association_destroy(&a);
    buffer_destroy(&out);
}

TEST(clock_before_1970_is_1970)
{
    uint8_t token[SCENE_TOKEN_MOST];
    scene_open(&(struct program_world){0}, NULL);
    clock_set_real_seconds(1000);
    uint32_t bytes = scene_make_token(clock_real_seconds(), token);
    clock_set_real_seconds(-1000);
    assert_int_equal(DsRestoreCheckExpiryToken(token, bytes), S_OK);
    service_stop();
}

TEST(random_bytes_come_in_whatever_portions)
{
    uint8_t at_once[48], in_portions[48] = {0};
    world_reset();
    assert_int_equal(server_random(at_once, sizeof at_once), 0);
    world_reset();
    int kind = fault_kind_find(FAULT_RAND_GET, "short", 5);
    assert_true(
        kind >= 0 &&
        fault_arm(&(struct fault){
            .class = FAULT_RAND_GET, .kind = (uint32_t)kind, .nth = 1, .shape = FAULT_BURST}));
    assert_int_equal(server_random(in_portions, sizeof in_portions), 0);
    assert_memory_equal(at_once, in_portions, sizeof at_once);
}

TEST(server_says_what_it_holds)
{
    struct ntdsb_counts_out counts;
    scene_open(&(struct program_world){0}, NULL);
    assert_int_equal(ntdsb_client_inspect_server(".", &counts), S_OK);
    assert_int_equal(counts.connections, 1);
    assert_int_equal(counts.groups, 1);
    assert_int_equal(counts.context_handles, 0);
    assert_int_equal(counts.online, 1);
    assert_int_equal(counts.restore_registered, 0);
    assert_int_equal(counts.calls_received, 1);
    assert_int_equal(counts.pdus_received, 2);
    assert_int_equal(counts.pdus_sent, 1);
    assert_int_equal(counts.faults_sent, 0);
    assert_int_equal(ntdsb_client_inspect_server("elsewhere", &counts), hrCouldNotConnect);
    service_stop();
    assert_int_equal(ntdsb_client_inspect_server(".", &counts), hrCouldNotConnect);
}
