/* SPDX-License-Identifier: Apache-2.0 */
#include "story.h"

#include "faults/fault/fault.h"
#include "faults/fault/site.h"
#include "faults/world/clock.h"
#include "faults/world/ledger.h"
#include "faults/world/world.h"
#include "fuzz/peer/build.h"
#include "fuzz/run/judge.h"
#include "loop.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ACCOUNTS = PEER_CONNECTIONS, INSTRUCTION = 12, BEFORE = 5000, LAST = STORY_GUESTS - 1 };

static struct {
    struct run_report *report;
    struct daemon_settings settings;
    bool exact;
    uint64_t began_ms;
    struct guest guests[STORY_GUESTS];
    struct peers peers;
    uint32_t next_call[STORY_GUESTS];
    /* Answers of which only a part was taken, and how many are whole. */
    uint8_t answer[STORY_GUESTS][PEER_FRAGMENT];
    size_t length[STORY_GUESTS];
    unsigned answers[STORY_GUESTS];
} story;

static uint64_t now(void)
{
    return clock_monotonic_ms() - story.began_ms;
}

static void find(enum verdict verdict, const char *format, va_list arguments)
{
    char text[400];
    vsnprintf(text, sizeof text, format, arguments);
    report_find(story.report, -1, verdict, "after %" PRIu64 " ms: %s", now(), text);
}

/* Holds whatever fails. */
__attribute__((format(printf, 3, 4))) static void demand(bool holds, enum verdict verdict,
                                                         const char *format, ...)
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

static void come(unsigned i, struct guest guest)
{
    arrive(i, guest);
    loop_run_until(clock_monotonic_ms());
}

void story_two_come(unsigned i, unsigned j)
{
    arrive(i, (struct guest){.peer = {.pid = (pid_t)(100 + i)}});
    come(j, (struct guest){.peer = {.pid = (pid_t)(100 + j)}});
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
    loop_run_until(clock_monotonic_ms());
}

void story_comes_over_tcp(unsigned i)
{
    come(i, (struct guest){.tcp = true});
}

/* The instructions of fuzz/peer/build.h: what, where, cut, flags, about, which, offset, value, call
   id. */
static const uint8_t instructions[STORY_PDUS][INSTRUCTION] = {
    [STORY_BIND] = {0},         [STORY_BIND_INSPECT] = {0, [4] = 2}, [STORY_PREPARE] = {2},
    [STORY_END] = {2, [4] = 1}, [STORY_LOGS] = {2, [4] = 6},         [STORY_COUNTS] = {2, [5] = 2},
    [STORY_CANCEL] = {4},       [STORY_JOIN] = {0, [6] = 1 << 4},
};

/* A guest sends these bytes, which `next_call` follows. */
static void send_bytes(unsigned i, const uint8_t *bytes, size_t n)
{
    struct guest *g = &story.guests[i];
    if (i < ACCOUNTS)
        peer_sent(&story.peers, i, bytes, n);
    guest_send(g, bytes, n);
    loop_run_until(clock_monotonic_ms());
    if (i < ACCOUNTS && story.exact && !g->deaf) {
        const char *wrong = peer_settled(&story.peers, i, g->state == GUEST_CLOSED);
        story_expect(wrong == NULL, "guest %u: %s", i, wrong);
    }
    if (i < ACCOUNTS && g->state == GUEST_CLOSED)
        peer_gone(&story.peers, i);
}

void story_sends_part(unsigned i, enum story_pdu pdu, size_t from, size_t n)
{
    static struct peer_step step;
    struct peer_script script = {.data = instructions[pdu], .size = INSTRUCTION};
    script.next_call[0] = story.next_call[i];
    if (!peer_build(&script, &story.peers, &step) || !guest_is_served(&story.guests[i]))
        return;
    if (from > step.length)
        from = step.length;
    if (n > step.length - from)
        n = step.length - from;
    if (from + n == step.length)
        story.next_call[i] = script.next_call[0];
    send_bytes(i, step.bytes + from, n);
}

void story_breaks(const char *point, const char *kind)
{
    int site = site_find(point, strlen(point));
    struct fault fault = {.site_plus_one = site + 1, .nth = 1};
    if (site >= 0)
        fault.class = site_class((unsigned)site);
    int k = site >= 0 ? fault_kind_find(fault.class, kind, strlen(kind)) : -1;
    fault.kind = (uint32_t)k;
    if (k < 0 || !fault_arm(&fault))
        abort(); /* there is no such fault */
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
    loop_run_until(clock_monotonic_ms());
}

void story_sends_and_leaves(unsigned i, enum story_pdu pdu)
{
    static struct peer_step step;
    struct peer_script script = {.data = instructions[pdu], .size = INSTRUCTION};
    script.next_call[0] = story.next_call[i];
    if (peer_build(&script, &story.peers, &step))
        guest_send(&story.guests[i], step.bytes, step.length);
    guest_leave(&story.guests[i], false);
    loop_run_until(clock_monotonic_ms());
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
void story_binds_as(unsigned i, const char *domain, const char *user, const char *password)
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
    story.next_call[i] = 1;
    send_bytes(i, step.bytes, n);
}

/* What has become of them --------------------------------------------------------------------- */

void story_until(uint64_t ms)
{
    loop_run_until(story.began_ms + ms);
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
    demand(strstr(daemon_log(), text) == NULL, VERDICT_SECRET_SENT, "the log says '%s'", text);
}

/* Each line has its time, its program and no control characters. */
static void expect_lines(void)
{
    char time[32];
    long before = 0;
    for (const char *at = daemon_log(), *end; *at != '\0'; at = end + 1) {
        unsigned ms;
        struct tm t = {0};
        end = strchr(at, '\n');
        story_expect(end != NULL, "the last line of the log has no end");
        if (end == NULL)
            return;
        const char *rest = strptime(at, "%Y-%m-%dT%H:%M:%S", &t);
        bool good = rest != NULL && sscanf(rest, ".%3u%4s", &ms, time) == 2 &&
                    strncmp(rest + 4, "Z ntdsbsrvd: ", 13) == 0;
        long moment = good ? (timegm(&t) - clock_real_seconds()) * 1000 + (long)ms : 0;
        story_expect(good, "a line of the log begins with '%.30s'", at);
        story_expect(!good || at == daemon_log() || moment >= before,
                     "a line of the log is older than the one before");
        story_expect(!good || moment <= (long)(clock_monotonic_ms() % 1000),
                     "a line of the log is of the time to come");
        for (const char *c = at; c < end; c++)
            story_expect((unsigned char)*c >= ' ' && *c != 0x7f,
                         "a line of the log has a control character");
        before = moment;
    }
}

void story_holds(uint32_t connections, uint32_t sessions)
{
    struct ntdsb_server_counts counts = daemon_counts();
    story_expect(counts.rpc.connections == connections && counts.backup_sessions == sessions,
                 "it must hold %u connections and %u sessions, and holds %u and %u", connections,
                 sessions, counts.rpc.connections, counts.backup_sessions);
}

/* Beginning and end --------------------------------------------------------------------------- */

void story_begin(const struct daemon_settings *settings, bool exact, struct run_report *report)
{
    daemon_open(settings);
    clock_advance_ms(BEFORE * SECOND); /* a deadline is one after the guest came, not after 0 */
    memset(story.guests, 0, sizeof story.guests);
    memset(story.answers, 0, sizeof story.answers);
    peers_reset(&story.peers);
    story.settings = *settings;
    story.exact = exact;
    story.report = report;
    story.began_ms = clock_monotonic_ms();
}

/* Nobody is served for ever who does nothing. */
static void demand_all_gone(void)
{
    const struct daemon_settings *s = &story.settings;
    story_until(now() + s->idle_ms + s->session_idle_ms + s->request_ms);
    demand(!loop_is_stuck(), VERDICT_TIME, "the loop never rests");
    for (unsigned i = 0; i < STORY_GUESTS; i++)
        demand(!guest_is_served(&story.guests[i]), VERDICT_TIME,
               "guest %u does nothing, and is still served", i);
    for (unsigned i = 0; i < STORY_GUESTS; i++)
        demand(!story.guests[i].failed || story.guests[i].closed_ms == story.guests[i].failed_ms,
               VERDICT_TIME, "guest %u was kept after its connection had failed", i);
    struct ntdsb_server_counts counts = daemon_counts();
    demand(counts.rpc.connections == 0 && counts.backup_sessions == 0 && counts.open_files == 0 &&
               counts.rpc.context_handles == 0,
           VERDICT_WRONG_COUNTS,
           "%u connections, %u sessions, %u files are left of guests who went",
           counts.rpc.connections, counts.backup_sessions, counts.open_files);
}

static void demand_service(void)
{
    fault_disarm_all();
    world_set_call(WORLD_CALL_AFTERWARDS);
    story_comes(LAST, 0, 0);
    story_sends(LAST, STORY_BIND_INSPECT);
    story_sends(LAST, STORY_COUNTS);
    demand(story.answers[LAST] == 2, VERDICT_WRONG_ANSWER,
           "an honest client got %u answers to 2 PDUs afterwards", story.answers[LAST]);
}

static void demand_nothing_left(void)
{
    struct ledger_summary s = ledger_summary();
    demand(loop_handles() == 0, VERDICT_LEFT_ON_SERVER, "%u handles of the loop are not closed",
           loop_handles());
    if (s.violations > 0)
        demand(false, judge_violation(0), "%s", ledger_violation_text(0));
    demand(s.outstanding[WORLD_SERVER] == 0, VERDICT_LEFT_ON_SERVER, "it holds %u resources",
           s.outstanding[WORLD_SERVER]);
}

void story_end(void)
{
    demand_all_gone();
    demand_service();
    expect_lines();
    daemon_close();
    demand_nothing_left();
}
