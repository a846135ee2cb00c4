/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario.h"

#include "plays.h"

#include <string.h>

#define TIMES .idle_ms = IDLE, .session_idle_ms = SESSION_IDLE, .request_ms = REQUEST
#define USUAL                                                                                      \
    {                                                                                              \
        .max_connections = CONNECTIONS, .max_sessions = SESSIONS, TIMES                            \
    }

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
    {"goes-unanswered", "asks, and is gone", play_goes_unanswered, USUAL},
    {"half-closed", "will send no more", play_half_closed, USUAL},
    {"nonsense", "another protocol", play_nonsense, USUAL},
    {"full", "one more than there are places", play_full, USUAL},
    {"flood", "many connections of one user, beside honest clients", play_flood, USUAL},
    {"many-at-once",
     "more requests than are read in one turn",
     play_many_at_once,
     {.max_connections = CONNECTIONS, .max_sessions = SESSIONS, TIMES, .log = DAEMON_LOG_FAILURES}},
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
    {"letters",
     "a name that is not ASCII",
     play_letters,
     {.max_connections = CONNECTIONS, .max_sessions = SESSIONS, TIMES, .accounts = true}},
    {"failure", "a log is missing", play_failure_among_others, USUAL},
    {"failure-alone",
     "only failures are logged",
     play_failure_alone,
     {.max_connections = CONNECTIONS, .max_sessions = SESSIONS, TIMES, .log = DAEMON_LOG_FAILURES}},
    {"no-descriptor",
     "none is left for who comes",
     play_no_descriptor,
     {.max_connections = CONNECTIONS, .max_sessions = SESSIONS, TIMES, .log = DAEMON_LOG_USUAL}},
    {"cannot-accept",
     "the kernel has no memory for it",
     play_cannot_accept,
     {.max_connections = CONNECTIONS, .max_sessions = SESSIONS, TIMES, .log = DAEMON_LOG_USUAL}},
    {"cannot-take",
     "libuv cannot take it",
     play_cannot_take,
     {.max_connections = CONNECTIONS, .max_sessions = SESSIONS, TIMES, .log = DAEMON_LOG_USUAL}},
    {"unnamed",
     "the kernel does not say who it is",
     play_unnamed,
     {.max_connections = CONNECTIONS, .max_sessions = SESSIONS, TIMES, .log = DAEMON_LOG_USUAL}},
    {"without-groups", "the kernel does not say of what groups it is", play_without_groups, USUAL},
    {"no-memory",
     "the daemon has none for it",
     play_no_memory,
     {.max_connections = CONNECTIONS, .max_sessions = SESSIONS, TIMES, .log = DAEMON_LOG_USUAL}},
    {"cannot-read",
     "in each way",
     play_cannot_read,
     {.max_connections = CONNECTIONS, .max_sessions = SESSIONS, TIMES, .log = DAEMON_LOG_USUAL}},
    {"cannot-send",
     "in each way",
     play_cannot_send,
     {.max_connections = CONNECTIONS, .max_sessions = SESSIONS, TIMES, .log = DAEMON_LOG_USUAL}},
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
