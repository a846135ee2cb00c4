/* SPDX-License-Identifier: Apache-2.0 */
#include "story_internal.h"

#include "faults/fault/fault.h"
#include "faults/fault/site.h"
#include "faults/world/clock.h"
#include "faults/world/secret.h"
#include "fuzz/peer/build.h"
#include "loop.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INSTRUCTION = 12 };

struct story story;

uint64_t story_now(void)
{
    return clock_monotonic_ms() - story.began_ms;
}

static void find(enum verdict verdict, const char *format, va_list arguments)
{
    char text[400];
    vsnprintf(text, sizeof text, format, arguments);
    report_find(story.report, -1, verdict, "after %" PRIu64 " ms: %s", story_now(), text);
}

void story_demand(bool holds, enum verdict verdict, const char *format, ...)
{
    va_list arguments;
    if (holds)
        return;
    va_start(arguments, format);
    find(verdict, format, arguments);
    va_end(arguments);
}

void story_expect(bool holds, const char *format, ...)
{
    va_list arguments;
    if (holds || !story.exact)
        return;
    va_start(arguments, format);
    find(VERDICT_WRONG_ANSWER, format, arguments);
    va_end(arguments);
}

const struct daemon_settings *story_settings(void)
{
    return &story.settings;
}

/* Guests -------------------------------------------------------------------------------------- */

struct guest *story_guest(unsigned i)
{
    return &story.guests[i];
}

/* Answers come as whole PDUs, in any pieces. */
static void take(struct guest *g, const uint8_t *bytes, size_t n)
{
    unsigned i = (unsigned)(g - story.guests);
    uint8_t *answer = story.answer[i];
    for (; n > 0; bytes++, n--) {
        answer[story.length[i]++] = *bytes;
        size_t whole = story.length[i] >= 16 ? peer_get(answer, 8, 2, false) : PEER_FRAGMENT;
        if (story.length[i] < whole)
            continue;
        const char *wrong =
            i < ACCOUNTS ? peer_received(&story.peers, i, answer, story.length[i]) : NULL;
        story_expect(wrong == NULL, "guest %u: %s", i, wrong);
        story.length[i] = 0;
        story.answers[i]++;
    }
}

static void arrive(unsigned i, struct guest guest)
{
    guest.take = take;
    story.guests[i] = guest;
    story.length[i] = 0;
    story.answers[i] = story.next_call[i] = 0;
    if (i < ACCOUNTS)
        peer_opened(&story.peers, i, guest.tcp);
    guest_connect(&story.guests[i]);
}

/* The loop runs until then, and all who take answers have got what they are owed. */
static void run_until(uint64_t ms)
{
    loop_run_until(ms);
    for (unsigned i = 0; i < ACCOUNTS && story.exact; i++) {
        const struct guest *g = &story.guests[i];
        bool listens = guest_is_served(g) && !g->deaf && g->held == 0;
        const char *wrong = listens ? peer_settled(&story.peers, i, false) : NULL;
        story_expect(wrong == NULL, "guest %u: %s", i, wrong);
    }
    if (secret_is_watched()) {
        secret_check_memory();
        story_demand(!daemon_holds_secret(), VERDICT_SECRET_LEFT,
                     "the password is in the buffer that the daemon reads into");
    }
}

static void run(void)
{
    run_until(clock_monotonic_ms());
}

static void come(unsigned i, struct guest guest)
{
    arrive(i, guest);
    run();
}

void story_come_at_once(unsigned first, unsigned local, unsigned over_tcp)
{
    for (unsigned i = first; i < first + local; i++)
        arrive(i, (struct guest){.peer = {.pid = (pid_t)(100 + i)}});
    for (unsigned i = first + local; i < first + local + over_tcp; i++)
        arrive(i, (struct guest){.tcp = true});
    run();
}

void story_comes(unsigned i, uid_t user, gid_t group)
{
    come(i, (struct guest){.peer = {.pid = (pid_t)(100 + i), .uid = user, .gid = group}});
}

void story_comes_with_groups(unsigned i, uid_t user, const gid_t *groups, unsigned n)
{
    struct guest guest = {.peer = {.pid = (pid_t)(100 + i), .uid = user, .gid = STRANGER}};
    guest.peer.group_count = n;
    memcpy(guest.peer.groups, groups, n * sizeof *groups);
    come(i, guest);
}

void story_hears(unsigned i)
{
    guest_hear(&story.guests[i]);
    run();
}

void story_hears_what_waits(unsigned i)
{
    guest_hear(&story.guests[i]);
    story.guests[i].deaf = true;
    run();
}

void story_comes_over_tcp(unsigned i)
{
    come(i, (struct guest){.tcp = true});
}

/* The instructions of fuzz/peer/build.h: what, where, cut, flags, about, which, offset, value, call
   id. */
static const uint8_t instructions[STORY_PDUS][INSTRUCTION] = {
    [STORY_BIND] = {0},
    [STORY_BIND_INSPECT] = {0, [4] = 2},
    [STORY_PREPARE] = {2},
    [STORY_END] = {2, [4] = 1},
    [STORY_LOGS] = {2, [4] = 6},
    [STORY_COUNTS] = {2, [5] = 2},
    [STORY_CANCEL] = {4},
    [STORY_JOIN] = {0, [6] = 1 << 4},
    [STORY_OPEN] = {2, [4] = 3},
    [STORY_READ] = {2, [4] = 4, [6] = 0x10, [7] = 15, [8] = 66, [10] = 15},
    [STORY_PING] = {2, [4] = 8},
    [STORY_BIND_RESTORE] = {0, [4] = 1},
    [STORY_ONLINE] = {2, [4] = 0, [5] = 1},
    [STORY_RESTORE_PREPARE] = {2, [4] = 1, [5] = 1},
    [STORY_SET_LOG] = {2, [4] = 6, [5] = 1},
    [STORY_CHECK_LOGS] = {2, [4] = 7, [5] = 1},
    [STORY_LOCATIONS] = {2, [4] = 4, [5] = 1},
    [STORY_COMPLETE] = {2, [4] = 3, [5] = 1},
    [STORY_RESTORE_END] = {2, [4] = 5, [5] = 1},
};

/* A guest sends these bytes, which `next_call` follows; they are read when the loop runs. */
static void put_bytes(unsigned i, const uint8_t *bytes, size_t n)
{
    if (i < ACCOUNTS)
        peer_sent(&story.peers, i, bytes, n);
    guest_send(&story.guests[i], bytes, n);
}

/* The loop runs, and the guest has what it is owed if that was its end. */
static void run_for(unsigned i)
{
    struct guest *g = &story.guests[i];
    run();
    if (i >= ACCOUNTS || g->state != GUEST_CLOSED)
        return;
    const char *wrong = g->deaf ? NULL : peer_settled(&story.peers, i, true);
    story_expect(wrong == NULL, "guest %u: %s", i, wrong);
    peer_gone(&story.peers, i);
}

static void put_part(unsigned i, enum story_pdu pdu, size_t from, size_t n)
{
    static struct peer_step step;
    struct peer_script script = {.data = instructions[pdu], .size = INSTRUCTION};
    script.next_call[0] = story.next_call[i];
    if (!peer_build(&script, &story.peers, &step))
        return;
    if (from > step.length)
        from = step.length;
    if (n > step.length - from)
        n = step.length - from;
    if (from + n == step.length)
        story.next_call[i] = script.next_call[0];
    put_bytes(i, step.bytes + from, n);
}

void story_sends_part(unsigned i, enum story_pdu pdu, size_t from, size_t n)
{
    if (!guest_is_served(&story.guests[i]))
        return;
    put_part(i, pdu, from, n);
    run_for(i);
}

void story_sends_ahead(unsigned i, enum story_pdu pdu, size_t from, size_t ahead)
{
    if (!guest_is_served(&story.guests[i]))
        return;
    put_part(i, pdu, from, PEER_FRAGMENT);
    put_part(i, pdu, 0, ahead);
    run_for(i);
}

void story_breaks(const char *point, const char *kind)
{
    int site = site_find(point, strlen(point));
    struct fault fault = {.site_plus_one = site + 1, .nth = 1};
    if (site >= 0)
        fault.class = site_class((unsigned)site);
    int k = site >= 0 ? fault_kind_find(fault.class, kind, strlen(kind)) : -1;
    fault.kind = (uint32_t)k;
    if (k < 0)
        abort(); /* there is no such fault */
    if (story.exact)
        fault_disarm_all();  /* that of before has fired */
    (void)fault_arm(&fault); /* beside that of the sweep there is room for some */
}

void story_sends_many(unsigned i, enum story_pdu pdu, unsigned n)
{
    static struct peer_step step;
    struct guest *g = &story.guests[i];
    for (; n > 0 && guest_is_served(g); n--) {
        struct peer_script script = {.data = instructions[pdu], .size = INSTRUCTION};
        script.next_call[0] = story.next_call[i]++;
        if (!peer_build(&script, &story.peers, &step))
            return;
        if (i < ACCOUNTS)
            peer_sent(&story.peers, i, step.bytes, step.length);
        guest_send(g, step.bytes, step.length);
    }
    run();
}

void story_sends_and_leaves(unsigned i, enum story_pdu pdu)
{
    static struct peer_step step;
    struct peer_script script = {.data = instructions[pdu], .size = INSTRUCTION};
    script.next_call[0] = story.next_call[i];
    if (peer_build(&script, &story.peers, &step))
        guest_send(&story.guests[i], step.bytes, step.length);
    guest_leave(&story.guests[i], false);
    run();
}

void story_sends_bytes(unsigned i, const void *bytes, size_t n)
{
    if (!guest_is_served(&story.guests[i]))
        return;
    put_bytes(i, bytes, n);
    run_for(i);
}

const uint8_t *story_last_answer(unsigned i)
{
    return story.answer[i];
}

unsigned story_answers(unsigned i)
{
    return story.answers[i];
}

void story_sends(unsigned i, enum story_pdu pdu)
{
    story_sends_part(i, pdu, 0, PEER_FRAGMENT);
}

/* The trailer of [MS-RPCE] 2.2.2.11, with the values of the target's own kind of credentials. */
static void offer(unsigned i, uint8_t type, const char *domain, const char *user,
                  const char *password)
{
    enum { TYPE_PLAIN = 0xd5, LEVEL_CONNECT = 2, TRAILER = 8 };
    static struct peer_step step;
    const char *const texts[] = {user, domain, password};
    struct peer_script script = {.data = instructions[STORY_BIND], .size = INSTRUCTION};
    if (!peer_build(&script, &story.peers, &step) || !guest_is_served(&story.guests[i]))
        return;
    uint8_t *end = step.bytes + step.length;
    memcpy(end, (const uint8_t[TRAILER]){TYPE_PLAIN, LEVEL_CONNECT}, TRAILER);
    end += TRAILER;
    for (int t = 0; t < 3; t++)
        end = (uint8_t *)stpcpy((char *)end, texts[t]) + 1;
    size_t n = (size_t)(end - step.bytes), value = n - step.length - TRAILER;
    step.bytes[8] = (uint8_t)n;
    step.bytes[9] = (uint8_t)(n >> 8);
    step.bytes[10] = (uint8_t)value;
    step.bytes[11] = (uint8_t)(value >> 8);
    step.bytes[2] = type;
    step.bytes[12] = (uint8_t)story.next_call[i]++;
    put_bytes(i, step.bytes, n);
    run_for(i);
}

void story_binds_as(unsigned i, const char *domain, const char *user, const char *password)
{
    offer(i, PEER_BIND, domain, user, password);
}

void story_alters_as(unsigned i, const char *domain, const char *user, const char *password)
{
    offer(i, PEER_ALTER, domain, user, password);
}

/* What has become of them --------------------------------------------------------------------- */

void story_until(uint64_t ms)
{
    clock_set_real_seconds(clock_real_seconds() + story.settings.clock_set);
    run_until(story.began_ms + ms);
    for (unsigned i = 0; i < ACCOUNTS; i++)
        if (story.guests[i].state == GUEST_CLOSED && story.peers.connections[i].open)
            peer_gone(&story.peers, i);
}

void story_is_served(unsigned i)
{
    story_expect(guest_is_served(&story.guests[i]), "guest %u must be served", i);
}

void story_closed_at(unsigned i, uint64_t ms)
{
    const struct guest *g = &story.guests[i];
    story_expect(g->state == GUEST_CLOSED, "guest %u must have been closed", i);
    if (g->state == GUEST_CLOSED)
        story_expect(g->closed_ms - story.began_ms == ms,
                     "guest %u must be closed at %" PRIu64 " ms, and was at %" PRIu64, i, ms,
                     g->closed_ms - story.began_ms);
}

void story_logged(unsigned lines, const char *text)
{
    unsigned n = 0;
    for (const char *at = daemon_log(); (at = strstr(at, text)) != NULL; at += strlen(text))
        n++;
    story_expect(n == lines, "the log must say '%s' %u times, and says it %u times", text, lines,
                 n);
}

void story_never_logged(const char *text)
{
    story_demand(strstr(daemon_log(), text) == NULL, VERDICT_SECRET_SENT, "the log says '%s'",
                 text);
}

void story_holds(uint32_t connections, uint32_t sessions)
{
    struct ntdsb_server_counts counts = daemon_counts();
    story_expect(counts.rpc.connections == connections && counts.backup_sessions == sessions,
                 "it must hold %u connections and %u sessions, and holds %u and %u", connections,
                 sessions, counts.rpc.connections, counts.backup_sessions);
}
