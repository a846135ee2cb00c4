/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens in each scenario; scenario.c says it in one line each.
 */
#ifndef FUZZ_DAEMON_PLAYS_H
#define FUZZ_DAEMON_PLAYS_H

#include "story.h"

/* The settings, unless a scenario says others. All differ, so that none stands for another. */
enum {
    IDLE = 300 * SECOND,
    SESSION_IDLE = 3600 * SECOND,
    REQUEST = 60 * SECOND,
    SHORT_SESSION_IDLE = 100 * SECOND,
    LONG_REQUEST = 500 * SECOND,
    CONNECTIONS = 6,
    MANY_CONNECTIONS = 40,
    SESSIONS = 3,
    FIFTY_DAYS = 4294968,      /* seconds: a little more than 32 bits of milliseconds */
    HELD_MOST = 300000,        /* bytes that all connections together may hold */
    HELD_WITH_READS = 1500000, /* the same, where the longest read is among them */
    ACCOUNTED_GUESTS = 4 /* the answers to those from there on are judged by the scenario alone */
};

#define IDLE_LINE    "closed: idle for too long"
#define SLOW_LINE    "closed: its request takes too long"
#define EVICTED_LINE "closed: too many connections, and none without a session has been idle longer"

void play_silent(void);
void play_each_deadline(void);
void play_without_request(void);
void play_requests(void);
void play_session(void);
void play_session_ended(void);
void play_long_session(void);
void play_short_session(void);
void play_two_of_one_association(void);
void play_session_ended_elsewhere(void);
void play_drip(void);
void play_half_a_request(void);
void play_half_a_request_in_silence(void);
void play_slow_request_done(void);
void play_one_ahead(void);
void play_deaf(void);
void play_deaf_for_a_time(void);
void play_deaf_at_times(void);
void play_leaves(void);
void play_leaves_file(void);
void play_resets(void);
void play_goes_unanswered(void);
void play_half_closed(void);
void play_nonsense(void);
void play_full(void);
void play_full_at_once(void);
void play_many_at_once(void);
void play_flood(void);
void play_full_of_sessions(void);
void play_too_many_sessions(void);
void play_peers(void);
void play_strangers(void);
void play_no_group(void);
void play_restores(void);
void play_accounts(void);
void play_letters(void);
void play_another_identity(void);
void play_long_names(void);
void play_failure_alone(void);
void play_failure_among_others(void);
void play_log_bound(void);
void play_no_descriptor(void);
void play_cannot_accept(void);
void play_cannot_take(void);
void play_unnamed(void);
void play_without_groups(void);
void play_no_memory(void);
void play_large_requests(void);
void play_large_requests_left(void);
void play_wait_for_room(void);
void play_read_of_a_full_server(void);
void play_large_answers(void);
void play_no_memory_for_a_pdu(void);
void play_no_memory_for_a_fragment(void);
void play_no_memory_for_half_a_pdu(void);
void play_cannot_read(void);
void play_cannot_send(void);

#endif
