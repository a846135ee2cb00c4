/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of guests that go, and of places: who is turned away.
 */
#include "plays.h"

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

void play_leaves(void)
{
    play_goes(false);
}

void play_resets(void)
{
    play_goes(true);
}

/* With a file open. */
void play_leaves_file(void)
{
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    story_sends(0, STORY_OPEN);
    story_expect(daemon_counts().open_files == 1, "the file is not open");
    guest_leave(story_guest(0), false);
    story_until(SECOND);
    story_holds(0, 0);
    story_expect(daemon_counts().open_files == 0, "the file of a client that went is open");
}

/* Its answer cannot be sent, which is worth no line. */
void play_goes_unanswered(void)
{
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND_INSPECT);
    story_sends_and_leaves(0, STORY_COUNTS);
    story_holds(0, 0);
    story_logged(1, "Counts: done");
    story_logged(0, "closed:");
}

void play_half_closed(void)
{
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND);
    guest_shut(story_guest(0));
    story_until(SECOND);
    story_closed_at(0, 0);
    story_logged(0, "closed:");
}

void play_nonsense(void)
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

/* Six places: the session stays, and of the others the one that has been idle longest goes,
   whatever it sends that is no request. */
void play_full(void)
{
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    for (unsigned i = 1; i < CONNECTIONS; i++) {
        story_until(i * SECOND);
        story_comes(i, STRANGER, STRANGER);
    }
    story_until(19 * SECOND);
    story_sends(2, STORY_BIND);
    story_until(20 * SECOND);
    story_sends(2, STORY_CANCEL);
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

/* All places are taken, and as many come at one moment, over both sockets: each is given a place.
 */
void play_full_at_once(void)
{
    enum { LOCAL = CONNECTIONS - 2, OVER_TCP = 2 };
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        story_until(i * SECOND);
        story_comes(i, 0, 0);
    }
    story_until(20 * SECOND);
    story_come_at_once(CONNECTIONS, LOCAL, OVER_TCP);
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        story_closed_at(i, 20 * SECOND);
        story_is_served(CONNECTIONS + i);
    }
    story_holds(CONNECTIONS, 0);
    story_logged(CONNECTIONS, EVICTED_LINE);
    /* Some go, and as many may come as went. */
    guest_leave(story_guest(CONNECTIONS), false);
    guest_leave(story_guest(CONNECTIONS + 1), true);
    story_until(21 * SECOND);
    story_come_at_once(2 * CONNECTIONS, 1, 1);
    story_is_served(CONNECTIONS + 2);
    story_is_served(2 * CONNECTIONS);
    story_is_served(2 * CONNECTIONS + 1);
    story_holds(CONNECTIONS, 0);
    story_logged(CONNECTIONS, EVICTED_LINE);
}

/* A flood of one user, beside a client that makes its requests. */
void play_flood(void)
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

/* More requests at once than are read in one turn: all are answered, and others between. */
void play_many_at_once(void)
{
    enum { MANY = 1500 };
    story_comes(0, 0, 0);
    story_comes(1, 0, 0);
    story_sends(0, STORY_BIND_INSPECT);
    story_sends(1, STORY_BIND_INSPECT);
    story_sends_many(0, STORY_COUNTS, MANY);
    story_sends(1, STORY_COUNTS);
    story_expect(story_answers(0) == 1 + MANY, "%u answers came to %u requests",
                 story_answers(0) - 1, MANY);
    story_until(IDLE - 1);
    story_is_served(0);
    story_until(IDLE);
    story_closed_at(0, IDLE);
}

/* Each place has a session: who comes then is told at once. */
void play_full_of_sessions(void)
{
    for (unsigned i = 0; i < SESSIONS; i++) {
        story_comes(i, 0, 0);
        story_sends(i, STORY_BIND);
        story_sends(i, STORY_PREPARE);
    }
    story_until(10 * SECOND);
    story_come_at_once(4, 4, 3);
    for (unsigned i = 4; i < 11; i++)
        story_closed_at(i, 10 * SECOND);
    story_holds(SESSIONS, SESSIONS);
    story_logged(4, "ncalrpc:[/run/ntdsbsrvd/ncalrpc]: connection refused: too many connections");
    story_logged(3, "ncacn_ip_tcp:127.0.0.1[40000]: connection refused: too many connections");
    story_sends(0, STORY_END);
    story_comes(11, 0, 0);
    story_is_served(11);
    story_closed_at(0, 10 * SECOND);
}

void play_too_many_sessions(void)
{
    for (unsigned i = 0; i <= SESSIONS; i++) {
        story_comes(i, 0, 0);
        story_sends(i, STORY_BIND);
        story_sends(i, STORY_PREPARE);
    }
    story_holds(SESSIONS + 1, SESSIONS);
    story_logged(SESSIONS, "backup session begins");
    story_logged(1, "user 0 process 103: Prepare ");
}
