/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of memory: what many connections hold together, what an idle one holds, and what
 * becomes of a PDU for which there is none.
 */
#include "plays.h"

#include "faults/world/file.h"
#include "faults/world/ledger.h"
#include "fuzz/peer/pdu.h"
#include "fuzz/scene/scene.h"

#include <string.h>

enum {
    NO_MEMORY = 0x1c00001b, /* [MS-RPCE] 3.1.1.5.5: nca_s_fault_remote_no_memory */
    LARGE = 60000,          /* bytes of a fragment: those over the local socket may be so long */
    FIRST_CALL = 1000,      /* after those of the story's own */
    IDLE_EACH = 160 << 10   /* bytes that a connection keeps whose answers were taken, at most */
};

static uint64_t held(void)
{
    return ledger_summary().bytes[WORLD_SERVER];
}

/* A PDU of the protocol's own header, the rest of it zeros: of a request the first context and
   operation. Returns its bytes, valid until the next one is made. */
static const uint8_t *make(uint8_t type, uint8_t flags, uint16_t bytes, uint32_t call)
{
    static uint8_t pdu[LARGE];
    memset(pdu, 0, bytes);
    memcpy(pdu, (const uint8_t[PEER_PDU_HEADER]){5, 0, type, flags, 0x10}, PEER_PDU_HEADER);
    pdu[8] = (uint8_t)bytes;
    pdu[9] = (uint8_t)(bytes >> 8);
    pdu[12] = (uint8_t)call;
    pdu[13] = (uint8_t)(call >> 8);
    return pdu;
}

static uint32_t status_of_fault(unsigned guest)
{
    const uint8_t *answer = story_last_answer(guest);
    return answer[2] == PEER_FAULT_PDU ? (uint32_t)peer_get(answer, PEER_REQUEST_HEADER, 4, false)
                                       : 0;
}

/* One large fragment of a request, which is not its last. True: it is kept, for no answer comes. */
static bool begins_large_request(unsigned guest, uint32_t call, uint16_t bytes)
{
    unsigned before = story_answers(guest);
    story_sends_bytes(guest, make(PEER_REQUEST, PEER_FIRST, bytes, call), bytes);
    story_expect(story_answers(guest) == before || status_of_fault(guest) == NO_MEMORY,
                 "guest %u gets the fault 0x%08x", guest, status_of_fault(guest));
    return story_answers(guest) == before;
}

/* The last fragment: with nothing in it, or that of a call that ends early. */
static void ends_request(unsigned guest, uint32_t call)
{
    story_sends_bytes(guest, make(PEER_REQUEST, PEER_LAST, PEER_REQUEST_HEADER, call),
                      PEER_REQUEST_HEADER);
}

/* All connections together hold no more than they may; what is done or left gives room again. */
void play_large_requests(void)
{
    enum { GUESTS = 20, ROUNDS = 3 };
    const unsigned first = ACCOUNTED_GUESTS, last = ACCOUNTED_GUESTS + GUESTS;
    uint64_t before, most = 0;
    for (unsigned i = first; i < last; i++) {
        story_comes(i, 0, 0);
        story_sends(i, STORY_BIND_INSPECT);
    }
    before = held();
    for (unsigned round = 0; round < ROUNDS; round++) {
        unsigned kept = 0;
        for (unsigned i = first; i < last; i++)
            kept += begins_large_request((i + 7 * round - first) % GUESTS + first,
                                         FIRST_CALL + round, LARGE);
        if (held() > most)
            most = held();
        story_expect(kept >= HELD_MOST / (2 * LARGE) && kept <= HELD_MOST / LARGE + 1,
                     "%u large requests are under way in round %u", kept, round);
        for (unsigned i = first; i < last; i++)
            ends_request(i, FIRST_CALL + round);
    }
    story_expect(most <= before + HELD_MOST + 2 * LARGE + GUESTS * IDLE_EACH,
                 "%u bytes are held, of %u that may be", (unsigned)(most - before), HELD_MOST);
    story_holds(GUESTS, 0);
}

/* Those who go in the middle of theirs, or without taking an answer, leave their room to others. */
void play_large_requests_left(void)
{
    enum { GUESTS = 8, ROUNDS = 4 };
    for (unsigned round = 0; round < ROUNDS; round++) {
        const unsigned first = ACCOUNTED_GUESTS + round * GUESTS;
        unsigned kept = 0;
        for (unsigned i = first; i < first + GUESTS; i++) {
            story_comes(i, 0, 0);
            story_sends(i, STORY_BIND_INSPECT);
            kept += begins_large_request(i, FIRST_CALL, LARGE);
        }
        story_expect(kept >= HELD_MOST / (2 * LARGE), "%u large requests are under way in round %u",
                     kept, round);
        for (unsigned i = first; i < first + GUESTS; i++)
            guest_leave(story_guest(i), round % 2 == 1);
        story_until(0);
        story_holds(0, 0);
    }
}

/* The fragments that the answer to a read comes in. */
static unsigned fragments_of_a_read(unsigned guest)
{
    unsigned before = story_answers(guest);
    story_sends(guest, STORY_READ);
    return story_answers(guest) - before;
}

/* Where others hold all that there is, a read is a small one, and never one of nothing. */
void play_read_of_a_full_server(void)
{
    enum { GUESTS = 34, DATABASE = 4 << 20, LEAST_READ = 24576, FRAGMENT_MOST = 5840 };
    const unsigned first = ACCOUNTED_GUESTS, last = ACCOUNTED_GUESTS + GUESTS;
    file_put_pattern(SCENE_STORE "/ntds.dit", DATABASE);
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    story_sends(0, STORY_OPEN);
    unsigned large = fragments_of_a_read(0);
    for (unsigned i = first; i < last; i++) {
        story_comes(i, 0, 0);
        story_sends(i, STORY_BIND_INSPECT);
        if (!begins_large_request(i, FIRST_CALL, LARGE))
            (void)begins_large_request(i, FIRST_CALL, 3000);
    }
    unsigned small = fragments_of_a_read(0);
    story_expect(small > LEAST_READ / FRAGMENT_MOST && small < large,
                 "a read of a full server is answered in %u fragments, and one of another in %u",
                 small, large);
    for (unsigned i = first; i < last; i++)
        ends_request(i, FIRST_CALL);
    unsigned again = fragments_of_a_read(0);
    story_expect(again == large, "a read afterwards is answered in %u fragments, and not in %u",
                 again, large);
    story_sends(0, STORY_END);
}

/* Requests that came with one whose answer is not taken are run later, and are the peer's as well.
 */
void play_wait_for_room(void)
{
    enum { READS = 3, DATABASE = 4 << 20 };
    file_put_pattern(SCENE_STORE "/ntds.dit", DATABASE);
    story_comes(0, STRANGER, TRUSTED_GROUP);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    story_sends(0, STORY_OPEN);
    story_guest(0)->deaf = true;
    story_sends_many(0, STORY_READ, READS);
    story_logged(1, "user 1000 process 100: Read: done");
    story_hears(0);
    story_until(1 * SECOND);
    story_logged(READS, "user 1000 process 100: Read: done");
    story_sends(0, STORY_END);
    story_holds(1, 0);
}

/* Those who had large answers, and have taken them, hold no more than before. */
void play_large_answers(void)
{
    enum { GUESTS = 3, ROUNDS = 2, DATABASE = 4 << 20 };
    uint64_t before = 0;
    file_put_pattern(SCENE_STORE "/ntds.dit", DATABASE);
    for (unsigned i = 0; i < GUESTS; i++) {
        story_comes(i, 0, 0);
        story_sends(i, i == 0 ? STORY_BIND : STORY_JOIN);
        if (i > 0)
            continue;
        story_sends(i, STORY_PREPARE);
        story_sends(i, STORY_OPEN);
        story_sends(i, STORY_READ);
        story_logged(1, "Read: done");
        before = held();
    }
    for (unsigned round = 0; round < ROUNDS; round++)
        for (unsigned i = 0; i < GUESTS; i++) {
            story_guest(i)->deaf = round > 0;
            story_sends(i, STORY_READ);
            story_hears(i);
        }
    story_expect(held() <= before + GUESTS * IDLE_EACH, "%u bytes more are held by %u who wait",
                 (unsigned)(held() - before), GUESTS);
    story_sends(0, STORY_END);
    story_holds(GUESTS, 0);
}

/* A PDU for which there is no memory, and of which so much comes first: it is answered as it is
   owed, all of it is dropped, in whatever pieces it comes, and the next one is taken. */
static void refuse(unsigned guest, uint8_t type, uint16_t bytes, uint16_t cut, uint16_t piece)
{
    unsigned owed = type == PEER_REQUEST || type == PEER_ALTER;
    const uint8_t *pdu = make(type, PEER_FIRST | PEER_LAST, bytes, FIRST_CALL);
    story_comes(guest, 0, 0);
    story_sends(guest, STORY_BIND_INSPECT);
    story_breaks("mem.alloc@buffer_reserve#1", "ENOMEM");
    for (uint16_t at = 0; at < bytes;) {
        uint16_t n = at == 0 ? cut : piece;
        if (n > bytes - at)
            n = (uint16_t)(bytes - at);
        story_sends_bytes(guest, pdu + at, n);
        at = (uint16_t)(at + n);
    }
    story_expect(story_answers(guest) == 1 + owed &&
                     (owed == 0 || status_of_fault(guest) == NO_MEMORY),
                 "of a PDU of type %u cut at %u come %u answers, the last with status 0x%08x", type,
                 cut, story_answers(guest) - 1, status_of_fault(guest));
    story_sends(guest, STORY_COUNTS);
    story_expect(story_answers(guest) == 2 + owed,
                 "the request after a PDU of type %u cut at %u is not answered", type, cut);
    guest_leave(story_guest(guest), false);
    story_until(0);
}

/* The rest of it never comes: it is awaited for as long as that of any PDU. */
void play_no_memory_for_half_a_pdu(void)
{
    enum { BYTES = 4000, HALF = 2000 };
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND_INSPECT);
    story_breaks("mem.alloc@buffer_reserve#1", "ENOMEM");
    story_sends_bytes(0, make(PEER_ORPHANED, PEER_FIRST | PEER_LAST, BYTES, FIRST_CALL), HALF);
    story_until(REQUEST - 1);
    story_holds(1, 0);
    story_until(REQUEST);
    story_closed_at(0, REQUEST);
    story_logged(1, SLOW_LINE);
    story_holds(0, 0);
}

void play_no_memory_for_a_pdu(void)
{
    static const uint8_t types[] = {PEER_REQUEST, PEER_ALTER, PEER_ORPHANED, PEER_CO_CANCEL};
    static const uint16_t cuts[] = {16, 17, 24, 255, 2000}, pieces[] = {300, 1000, 5000};
    unsigned guest = ACCOUNTED_GUESTS;
    for (size_t c = 0; c < sizeof cuts / sizeof *cuts; c++)
        for (size_t t = 0; t < (c == 0 ? sizeof types : 1); t++)
            refuse(guest++, types[t], 4000, cuts[c], pieces[(t + c) % 3]);
    story_holds(0, 0);
}

/* A request of fragments, each longer than the one before, for one of which there is no memory: it
   is answered with that fault, what comes of it later is dropped, and the next request is taken. */
static void refuse_fragment(unsigned guest, unsigned refused, uint16_t cut)
{
    enum { FRAGMENTS = 4 };
    story_comes(guest, 0, 0);
    story_sends(guest, STORY_BIND_INSPECT);
    for (unsigned i = 0; i < FRAGMENTS; i++) {
        const uint8_t flags =
            (uint8_t)((i == 0 ? PEER_FIRST : 0) | (i == FRAGMENTS - 1 ? PEER_LAST : 0));
        const uint16_t bytes = (uint16_t)(3000u << i);
        const uint8_t *pdu = make(PEER_REQUEST, flags, bytes, FIRST_CALL);
        if (i == refused)
            story_breaks("mem.alloc@buffer_reserve#1", "ENOMEM");
        story_sends_bytes(guest, pdu, cut);
        story_sends_bytes(guest, pdu + cut, bytes - cut);
        const unsigned owed = i < refused ? 0 : 1;
        story_expect(story_answers(guest) == 1 + owed &&
                         (owed == 0 || status_of_fault(guest) == NO_MEMORY),
                     "after fragment %u of a request, of which %u was refused, there are %u "
                     "answers, the last with status 0x%08x",
                     i, refused, story_answers(guest) - 1, status_of_fault(guest));
    }
    story_sends(guest, STORY_COUNTS);
    story_expect(story_answers(guest) == 3,
                 "the request after one of whose fragments %u was refused is not answered",
                 refused);
    guest_leave(story_guest(guest), false);
    story_until(0);
}

void play_no_memory_for_a_fragment(void)
{
    static const uint16_t cuts[] = {16, 24, 2000};
    unsigned guest = ACCOUNTED_GUESTS;
    for (size_t c = 0; c < sizeof cuts / sizeof *cuts; c++)
        for (unsigned refused = 0; refused < 4; refused++)
            refuse_fragment(guest++, refused, cuts[c]);
    story_holds(0, 0);
}
