/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario.h"

#include "fuzz/peer/peer.h"
#include "fuzz/scene/scene.h"

#include <string.h>

/* The settings, unless a scenario says others. All differ, so that none stands for another. */
enum {
    IDLE = 300 * SECOND,
    SESSION_IDLE = 3600 * SECOND,
    REQUEST = 60 * SECOND,
    SHORT_SESSION_IDLE = 100 * SECOND,
    LONG_REQUEST = 500 * SECOND,
    CONNECTIONS = 6,
    MANY_CONNECTIONS = 40,
    SESSIONS = 3
};
#define TIMES .idle_ms = IDLE, .session_idle_ms = SESSION_IDLE, .request_ms = REQUEST
#define USUAL                                                                                      \
    {                                                                                              \
        .max_connections = CONNECTIONS, .max_sessions = SESSIONS, TIMES                            \
    }
#define IDLE_LINE    "closed: idle for too long"
#define SLOW_LINE    "closed: its request takes too long"
#define EVICTED_LINE "closed: too many connections, and none without a session has been idle longer"

/* Time ---------------------------------------------------------------------------------------- */

static void play_silent(void)
{
    story_comes(0, STRANGER, STRANGER);
    story_comes_over_tcp(1);
    story_until(IDLE - 1);
    story_is_served(0);
    story_is_served(1);
    story_until(IDLE);
    story_closed_at(0, IDLE);
    story_closed_at(1, IDLE);
    story_logged(2, IDLE_LINE);
    story_logged(1, "user 1000 process 100: " IDLE_LINE);
    story_logged(1, "127.0.0.1:40001: " IDLE_LINE);
    story_logged(2, "connection begun");
    story_logged(2, "connection ended");
}

/* A bind is no request: it does not keep a connection. */
static void play_without_request(void)
{
    story_comes(0, 0, 0);
    story_until(100 * SECOND);
    story_sends(0, STORY_BIND);
    for (unsigned s = 110; s <= 290; s += 10) {
        story_until(s * SECOND);
        story_sends(0, STORY_CANCEL);
    }
    story_until(IDLE + SECOND);
    story_closed_at(0, IDLE);
}

static void play_requests(void)
{
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND_INSPECT);
    for (unsigned s = 299; s <= 2990; s += 299) {
        story_until(s * SECOND);
        story_sends(0, STORY_COUNTS);
    }
    story_until(2990 * SECOND + IDLE - 1);
    story_is_served(0);
    story_until(2990 * SECOND + IDLE);
    story_closed_at(0, 2990 * SECOND + IDLE);
}

static void play_session(void)
{
    story_comes(0, 0, 0);
    story_until(10 * SECOND);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    story_holds(1, 1);
    story_logged(1, "user 0 process 100: backup session begins");
    story_until(10 * SECOND + SESSION_IDLE - 1);
    story_is_served(0);
    story_until(10 * SECOND + SESSION_IDLE);
    story_closed_at(0, 10 * SECOND + SESSION_IDLE);
    story_holds(0, 0);
    story_logged(1, "user 0 process 100: left 1 session open: run down");
}

static void play_session_ended(void)
{
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    story_until(1000 * SECOND);
    story_sends(0, STORY_END);
    story_holds(1, 0);
    story_logged(1, "backup session ends");
    story_until(1000 * SECOND + IDLE - 1);
    story_is_served(0);
    story_until(1000 * SECOND + IDLE);
    story_closed_at(0, 1000 * SECOND + IDLE);
    story_logged(0, "run down");
}

/* A session may be given less time than a connection without one. */
static void play_short_session(void)
{
    story_comes(0, 0, 0);
    story_comes(1, 0, 0);
    story_sends(0, STORY_BIND);
    story_until(150 * SECOND);
    story_sends(0, STORY_PREPARE);
    story_until(IDLE);
    story_closed_at(0, 150 * SECOND + SHORT_SESSION_IDLE);
    story_closed_at(1, IDLE);
}

static void play_two_of_one_association(void)
{
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    story_comes(1, 0, 0);
    story_sends(1, STORY_JOIN);
    story_until(SESSION_IDLE - 1);
    story_is_served(0);
    story_is_served(1);
    story_holds(2, 1);
    story_until(SESSION_IDLE);
    story_closed_at(0, SESSION_IDLE);
    story_closed_at(1, SESSION_IDLE);
    story_holds(0, 0);
}

/* Ended over the other connection: the first has its time from then on, at most. */
static void play_session_ended_elsewhere(void)
{
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    story_comes(1, 0, 0);
    story_sends(1, STORY_JOIN);
    story_until(1000 * SECOND);
    story_sends(1, STORY_END);
    story_holds(2, 0);
    story_until(1000 * SECOND + IDLE);
    story_expect(!guest_is_served(story_guest(0)), "guest 0 must not outlast its session so long");
    story_closed_at(1, 1000 * SECOND + IDLE);
}

static void play_drip(void)
{
    story_comes(0, 0, 0);
    story_until(50 * SECOND);
    for (unsigned n = 0; n < 12; n++) {
        story_sends_part(0, STORY_BIND, n, 1);
        story_until((50 + 5 * (n + 1)) * SECOND - 1);
        story_is_served(0);
    }
    story_until(50 * SECOND + REQUEST);
    story_closed_at(0, 50 * SECOND + REQUEST);
    story_logged(1, SLOW_LINE);
}

static void play_half_a_request(void)
{
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    story_until(1000 * SECOND);
    story_sends_part(0, STORY_END, 0, 30);
    story_until(1000 * SECOND + REQUEST - 1);
    story_is_served(0);
    story_until(1000 * SECOND + REQUEST);
    story_closed_at(0, 1000 * SECOND + REQUEST);
    story_holds(0, 0);
}

/* A request may take longer than a connection may be silent. */
static void play_half_a_request_in_silence(void)
{
    story_comes(0, 0, 0);
    story_until(10 * SECOND);
    story_sends_part(0, STORY_BIND, 0, 20);
    story_until(200 * SECOND);
    story_sends_part(0, STORY_BIND, 20, 1);
    story_until(200 * SECOND + IDLE - 1);
    story_is_served(0);
    story_until(200 * SECOND + IDLE);
    story_closed_at(0, 200 * SECOND + IDLE);
    story_logged(1, IDLE_LINE);
}

static void play_slow_request_done(void)
{
    story_comes(0, 0, 0);
    story_sends_part(0, STORY_BIND, 0, 20);
    story_until(REQUEST - 1);
    story_sends_part(0, STORY_BIND, 20, PEER_FRAGMENT);
    story_until(IDLE - 1);
    story_is_served(0);
    story_until(IDLE);
    story_closed_at(0, IDLE);
}

static void play_deaf(void)
{
    story_comes(0, 0, 0);
    story_comes(1, 0, 0);
    story_sends(0, STORY_BIND_INSPECT);
    story_until(20 * SECOND);
    story_guest(0)->deaf = true;
    for (unsigned n = 0; n < 2000 && story_guest(0)->held < GUEST_ROOM; n++)
        story_sends(0, STORY_COUNTS);
    story_sends(0, STORY_COUNTS);
    story_sends(1, STORY_BIND_INSPECT);
    story_sends(1, STORY_COUNTS);
    story_until(20 * SECOND + REQUEST - 1);
    story_is_served(0);
    story_until(20 * SECOND + REQUEST);
    story_closed_at(0, 20 * SECOND + REQUEST);
    story_is_served(1);
    story_logged(1, SLOW_LINE);
}

/* Answers that wait are sent once they are taken, and the connection goes on. */
static void play_deaf_for_a_time(void)
{
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND_INSPECT);
    story_guest(0)->deaf = true;
    for (unsigned n = 0; n < 2000 && story_guest(0)->held < GUEST_ROOM; n++)
        story_sends(0, STORY_COUNTS);
    story_until(30 * SECOND);
    story_hears(0);
    story_until(30 * SECOND + IDLE - 1);
    story_is_served(0);
    story_until(30 * SECOND + IDLE);
    story_closed_at(0, 30 * SECOND + IDLE);
}

/* Going --------------------------------------------------------------------------------------- */

static void play_goes(bool reset)
{
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    story_sends_part(0, STORY_END, 0, 30);
    guest_leave(story_guest(0), reset);
    story_until(SECOND);
    story_holds(0, 0);
    story_logged(0, "closed:");
    story_logged(1, "left 1 session open: run down");
}

static void play_leaves(void)
{
    play_goes(false);
}

static void play_resets(void)
{
    play_goes(true);
}

static void play_half_closed(void)
{
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND);
    guest_shut(story_guest(0));
    story_until(SECOND);
    story_closed_at(0, 0);
    story_logged(0, "closed:");
}

static void play_nonsense(void)
{
    static const char line[] = "GET / HTTP/1.0\r\n\r\n and more";
    story_comes(4, 0, 0);
    story_comes(0, 0, 0);
    guest_send(story_guest(4), line, sizeof line);
    story_until(SECOND);
    story_closed_at(4, 0);
    story_is_served(0);
    story_logged(1, "closed: it broke the protocol or its bind was refused");
}

/* Places -------------------------------------------------------------------------------------- */

/* Six places: the session stays, and of the others the one that has been idle longest goes. */
static void play_full(void)
{
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    for (unsigned i = 1; i < CONNECTIONS; i++) {
        story_until(i * SECOND);
        story_comes(i, STRANGER, STRANGER);
    }
    story_until(20 * SECOND);
    story_sends(1, STORY_BIND_INSPECT);
    story_sends(1, STORY_COUNTS);
    story_comes_over_tcp(CONNECTIONS);
    story_closed_at(2, 20 * SECOND);
    story_comes(CONNECTIONS + 1, STRANGER, STRANGER);
    story_closed_at(3, 20 * SECOND);
    story_is_served(0);
    story_is_served(1);
    story_is_served(4);
    story_is_served(CONNECTIONS);
    story_is_served(CONNECTIONS + 1);
    story_holds(CONNECTIONS, 1);
    story_logged(2, EVICTED_LINE);
}

/* A flood of one user, beside a client that makes its requests. */
static void play_flood(void)
{
    enum { FLOOD = 4 * CONNECTIONS };
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    story_comes(1, STRANGER, STRANGER);
    story_sends(1, STORY_BIND_INSPECT);
    for (unsigned i = 0; i < FLOOD; i++) {
        story_until((i + 1) * SECOND);
        story_sends(1, STORY_COUNTS);
        story_comes(CONNECTIONS + i, STRANGER, STRANGER);
        story_is_served(0);
        story_is_served(1);
    }
    story_sends(0, STORY_END);
    story_holds(CONNECTIONS, 0);
    story_logged(FLOOD - (CONNECTIONS - 2), EVICTED_LINE);
}

/* Each place has a session: who comes then is told at once. */
static void play_full_of_sessions(void)
{
    for (unsigned i = 0; i < SESSIONS; i++) {
        story_comes(i, 0, 0);
        story_sends(i, STORY_BIND);
        story_sends(i, STORY_PREPARE);
    }
    story_until(10 * SECOND);
    story_comes(4, 0, 0);
    story_comes(5, 0, 0);
    story_comes_over_tcp(6);
    story_closed_at(4, 10 * SECOND);
    story_closed_at(5, 10 * SECOND);
    story_closed_at(6, 10 * SECOND);
    story_holds(SESSIONS, SESSIONS);
    story_logged(2, "ncalrpc:[/run/ntdsbsrvd/ncalrpc]: connection refused: too many connections");
    story_logged(1, "ncacn_ip_tcp:127.0.0.1[40000]: connection refused: too many connections");
    story_sends(0, STORY_END);
    story_comes(7, 0, 0);
    story_is_served(7);
    story_closed_at(0, 10 * SECOND);
}

static void play_too_many_sessions(void)
{
    for (unsigned i = 0; i <= SESSIONS; i++) {
        story_comes(i, 0, 0);
        story_sends(i, STORY_BIND);
        story_sends(i, STORY_PREPARE);
    }
    story_holds(SESSIONS + 1, SESSIONS);
    story_logged(SESSIONS, "backup session begins");
}

/* Peers cannot fill the log, and sessions are logged beside: 32 lines at once, 4 more a second. */
static void play_log_bound(void)
{
    enum { BURST = 32, PER_SECOND = 4 };
    for (unsigned n = 4; n < 4 + MANY_CONNECTIONS; n++)
        story_comes(n, STRANGER, STRANGER);
    story_until(IDLE);
    story_logged(BURST, IDLE_LINE);
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    story_logged(1, "backup session begins");
    story_logged(0, "left out");
    story_until(IDLE + 1 * SECOND);
    for (unsigned n = 0; n < PER_SECOND + 1; n++) {
        unsigned stray = 4 + MANY_CONNECTIONS + n;
        story_comes(stray, STRANGER, STRANGER);
        guest_send(story_guest(stray), "                ", 16);
        story_until(IDLE + 1 * SECOND);
    }
    story_logged(1, "ntdsbsrvd: 8 lines about peers left out");
    story_logged(PER_SECOND, "closed: it broke the protocol");
    story_sends(0, STORY_END);
    story_logged(1, "backup session ends");
    /* After a long time there is room for as many as at first, and no more. */
    story_until(IDLE + 100 * SECOND);
    story_comes(4 + MANY_CONNECTIONS + 5, STRANGER, STRANGER);
    guest_send(story_guest(4 + MANY_CONNECTIONS + 5), "                ", 16);
    story_until(IDLE + 101 * SECOND);
    story_logged(1, "ntdsbsrvd: 1 lines about peers left out");
}

/* Who it is ----------------------------------------------------------------------------------- */

/* Without a file of accounts strangers are refused by the operation, whoever is trusted is not. */
static void play_peers(void)
{
    story_comes(0, DAEMON_USER, STRANGER);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    story_holds(1, 1);
    story_comes(1, STRANGER, TRUSTED_GROUP);
    story_sends(1, STORY_BIND);
    story_sends(1, STORY_PREPARE);
    story_holds(2, 2);
    story_comes(2, STRANGER, STRANGER);
    story_sends(2, STORY_BIND);
    story_sends(2, STORY_PREPARE);
    story_holds(3, 2);
    story_logged(1, "user 1000 process 102: Prepare refused");
    story_comes_with_groups(3, STRANGER, TRUSTED_GROUP);
    story_sends(3, STORY_BIND);
    story_sends(3, STORY_PREPARE);
    story_holds(4, 3);
}

static void play_no_group(void)
{
    story_comes(0, STRANGER, TRUSTED_GROUP);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    story_holds(1, 0);
    story_comes_over_tcp(1);
    story_sends(1, STORY_BIND);
    story_sends(1, STORY_PREPARE);
    story_holds(2, 1);
}

/* Names in the log are the peer's own text: no terminal may take them for more than letters. */
static void play_accounts(void)
{
    story_comes(0, STRANGER, STRANGER);
    story_binds_as(0, "", SCENE_USER, SCENE_PASSWORD);
    story_sends(0, STORY_PREPARE);
    story_holds(1, 1);
    story_comes(1, STRANGER, STRANGER);
    story_binds_as(1, "D", "a\x1b[2J\x7f\xc2\x9b\nb", "not the password");
    story_logged(1, "user 1000 process 101: refused: no such account, or a wrong password "
                    "('D\\a\\x1b[2J\\x7f\\xc2\\x9b\\x0ab')");
    story_sends(1, STORY_PREPARE);
    story_holds(2, 1);
    story_never_logged(SCENE_PASSWORD);
    story_never_logged("not the password");
    story_comes(2, STRANGER, STRANGER);
    story_sends(2, STORY_BIND);
    story_sends(2, STORY_PREPARE);
    story_holds(3, 1);
    story_comes(3, 0, 0);
    story_sends(3, STORY_BIND);
    story_sends(3, STORY_PREPARE);
    story_holds(4, 2);
}

/* The table ----------------------------------------------------------------------------------- */

static const struct daemon_scenario scenarios[] = {
    {"silent", "two that say nothing", play_silent, USUAL},
    {"without-request", "a bind, and PDUs that are no requests", play_without_request, USUAL},
    {"requests", "one a little before each deadline", play_requests, USUAL},
    {"session", "a session that is left alone", play_session, USUAL},
    {"session-ended", "a session, and then none", play_session_ended, USUAL},
    {"short-session",
     "a session is given less time than a connection",
     play_short_session,
     {.max_connections = CONNECTIONS,
      .max_sessions = SESSIONS,
      .idle_ms = IDLE,
      .session_idle_ms = SHORT_SESSION_IDLE,
      .request_ms = REQUEST}},
    {"association", "two connections of one session", play_two_of_one_association, USUAL},
    {"session-ended-elsewhere", "the session ends over the other one", play_session_ended_elsewhere,
     USUAL},
    {"drip", "a bind, byte by byte", play_drip, USUAL},
    {"half-a-request", "and nothing more, in a session", play_half_a_request, USUAL},
    {"half-a-request-in-silence",
     "with more time for it than for silence",
     play_half_a_request_in_silence,
     {.max_connections = CONNECTIONS,
      .max_sessions = SESSIONS,
      .idle_ms = IDLE,
      .session_idle_ms = SESSION_IDLE,
      .request_ms = LONG_REQUEST}},
    {"slow-request", "whole just in time", play_slow_request_done, USUAL},
    {"deaf", "takes no answers", play_deaf, USUAL},
    {"deaf-for-a-time", "takes its answers late", play_deaf_for_a_time, USUAL},
    {"leaves", "in the middle of a request", play_leaves, USUAL},
    {"resets", "in the middle of a request", play_resets, USUAL},
    {"half-closed", "will send no more", play_half_closed, USUAL},
    {"nonsense", "another protocol", play_nonsense, USUAL},
    {"full", "one more than there are places", play_full, USUAL},
    {"flood", "many connections of one user, beside honest clients", play_flood, USUAL},
    {"full-of-sessions",
     "no place can be made free",
     play_full_of_sessions,
     {.max_connections = SESSIONS, .max_sessions = SESSIONS, TIMES}},
    {"sessions", "one more than may be", play_too_many_sessions, USUAL},
    {"log-bound",
     "more lines than one may cause",
     play_log_bound,
     {.max_connections = MANY_CONNECTIONS + 10, .max_sessions = SESSIONS, TIMES}},
    {"peers",
     "of each user and group",
     play_peers,
     {.max_connections = CONNECTIONS, .max_sessions = SESSIONS, TIMES}},
    {"accounts",
     "with the right password, a wrong one, and none",
     play_accounts,
     {.max_connections = CONNECTIONS, .max_sessions = SESSIONS, TIMES, .accounts = true}},
    {"no-group",
     "no group is trusted; whoever comes over TCP is",
     play_no_group,
     {.max_connections = CONNECTIONS, .max_sessions = SESSIONS, TIMES, .no_group = true}},
};

enum { SCENARIOS = sizeof scenarios / sizeof *scenarios };

const struct daemon_scenario *daemon_scenario_at(size_t index)
{
    return index < SCENARIOS ? &scenarios[index] : NULL;
}

const struct daemon_scenario *daemon_scenario_find(const char *name)
{
    for (size_t i = 0; i < SCENARIOS; i++)
        if (strcmp(scenarios[i].name, name) == 0)
            return &scenarios[i];
    return NULL;
}
