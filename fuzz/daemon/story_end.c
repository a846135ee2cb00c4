/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a story begins and ends, and what must hold when it has been told, whatever has failed.
 */
#include "story_internal.h"

#include "faults/fault/fault.h"
#include "faults/world/clock.h"
#include "faults/world/file.h"
#include "faults/world/ledger.h"
#include "faults/world/world.h"
#include "fuzz/run/judge.h"
#include "fuzz/scene/scene.h"
#include "log_judge.h"
#include "loop.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { BEFORE = 5000 };

/* Each line has its time, its program and no control characters. No line is older than the one
   before it, unless the clock has been set back. */
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
        const bool in_order = good && story.settings.clock_set >= 0;
        story_expect(!in_order || at == daemon_log() || moment >= before,
                     "a line of the log is older than the one before");
        story_expect(!in_order || moment <= (long)(clock_monotonic_ms() % 1000),
                     "a line of the log is of the time to come");
        for (const char *c = at; c < end; c++)
            story_expect((unsigned char)*c >= ' ' && *c != 0x7f,
                         "a line of the log has a control character");
        before = moment;
    }
}

static void expect_sessions(void)
{
    const char *wrong =
        story.settings.log == DAEMON_LOG_FAILURES ? NULL : log_judge_wrong(daemon_log());
    story_expect(wrong == NULL, "%s", wrong);
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
    story_until(story_now() + (0ULL + s->idle_s + s->session_idle_s + s->request_s) * SECOND);
    story_demand(!loop_is_stuck(), VERDICT_TIME, "the loop never rests");
    for (unsigned i = 0; i < STORY_GUESTS; i++)
        story_demand(!guest_is_served(&story.guests[i]), VERDICT_TIME,
                     "guest %u does nothing, and is still served", i);
    for (unsigned i = 0; i < STORY_GUESTS; i++)
        story_demand(!story.guests[i].failed ||
                         story.guests[i].closed_ms == story.guests[i].failed_ms,
                     VERDICT_TIME, "guest %u was kept after its connection had failed", i);
    struct ntdsb_server_counts counts = daemon_counts();
    story_demand(counts.rpc.connections == 0 && counts.backup_sessions == 0 &&
                     counts.open_files == 0 && counts.rpc.context_handles == 0,
                 VERDICT_WRONG_COUNTS,
                 "%u connections, %u sessions, %u files are left of guests who went",
                 counts.rpc.connections, counts.backup_sessions, counts.open_files);
}

/* Each place is free again, and none is there twice; the same of the sessions. */
static void demand_places(void)
{
    const struct daemon_settings *s = &story.settings;
    unsigned last = STORY_AFTERWARDS + s->max_connections - 1;
    bool prepares = file_exists(SCENE_STORE "/ntds.dit");
    for (unsigned i = STORY_AFTERWARDS; i <= last; i++)
        story_comes(i, 0, 0);
    for (unsigned i = STORY_AFTERWARDS; i <= last; i++)
        story_demand(guest_is_served(&story.guests[i]), VERDICT_WRONG_COUNTS,
                     "of %u connections afterwards, one is not served", s->max_connections);
    for (unsigned n = 0; n <= s->max_sessions && n < s->max_connections && prepares; n++) {
        story_sends(STORY_AFTERWARDS + n, s->restore_mode ? STORY_BIND_RESTORE : STORY_BIND);
        story_sends(STORY_AFTERWARDS + n, s->restore_mode ? STORY_RESTORE_PREPARE : STORY_PREPARE);
    }
    struct ntdsb_server_counts counts = daemon_counts();
    const uint32_t sessions = counts.backup_sessions + counts.restore_sessions;
    story_demand(!prepares || sessions == s->max_sessions, VERDICT_WRONG_COUNTS,
                 "there may be %u sessions, and afterwards there are %u", s->max_sessions,
                 sessions);
    story_demand(loop_most_streams() <= s->max_connections, VERDICT_WRONG_COUNTS,
                 "%u connections are held at once", loop_most_streams());
}

static void demand_service(void)
{
    const unsigned guest = STORY_GUESTS - 1;
    fault_disarm_all();
    file_power_on();
    world_set_call(WORLD_CALL_AFTERWARDS);
    story_comes(guest, 0, 0);
    story_sends(guest, STORY_BIND_INSPECT);
    story_sends(guest, STORY_COUNTS);
    story_demand(story.answers[guest] == 2, VERDICT_WRONG_ANSWER,
                 "an honest client got %u answers to 2 PDUs afterwards", story.answers[guest]);
    guest_leave(&story.guests[guest], false);
    story_until(story_now());
}

static void demand_nothing_left(void)
{
    struct ledger_summary s = ledger_summary();
    story_demand(loop_handles() == 0, VERDICT_LEFT_ON_SERVER,
                 "%u handles of the loop are not closed", loop_handles());
    if (s.violations > 0)
        story_demand(false, judge_violation(0), "%s", ledger_violation_text(0));
    story_demand(s.outstanding[WORLD_SERVER] == 0, VERDICT_LEFT_ON_SERVER, "it holds %u resources",
                 s.outstanding[WORLD_SERVER]);
}

void story_end(void)
{
    demand_all_gone();
    demand_service();
    demand_places();
    expect_lines();
    daemon_close();
    expect_sessions();
    demand_nothing_left();
}
