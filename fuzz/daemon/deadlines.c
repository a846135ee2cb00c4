/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of time: when a connection is closed, and when it must not be.
 */
#include "plays.h"

#include "fuzz/peer/peer.h"

void play_silent(void)
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

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* With and without a session, with and without half a request, for each order of the three times.
 */
void play_each_deadline(void)
{
    enum { BEGINS = 10 * SECOND };
    const struct daemon_settings *s = story_settings();
    uint64_t idle = s->idle_s * (uint64_t)SECOND, session = s->session_idle_s * (uint64_t)SECOND,
             request = s->request_s * (uint64_t)SECOND;
    const uint64_t due[] = {idle, BEGINS + earlier(idle, request), session,
                            BEGINS + earlier(session, request)};
    for (unsigned i = 0; i < ACCOUNTED_GUESTS; i++) {
        story_comes(i, 0, 0);
        story_sends(i, STORY_BIND);
        if (i >= 2)
            story_sends(i, STORY_PREPARE);
    }
    story_until(BEGINS);
    story_sends_part(1, STORY_PREPARE, 0, 30);
    story_sends_part(3, STORY_END, 0, 30);
    story_until(BEGINS + idle + session);
    for (unsigned i = 0; i < ACCOUNTED_GUESTS; i++)
        story_closed_at(i, due[i]);
}

/* A bind is no request: it does not keep a connection. */
void play_without_request(void)
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

void play_requests(void)
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

void play_session(void)
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

void play_session_ended(void)
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

/* A session may be given more time than 32 bits of milliseconds hold. */
void play_long_session(void)
{
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    story_until(2ULL * SESSION_IDLE);
    story_is_served(0);
    story_holds(1, 1);
}

/* A session may be given less time than a connection without one. */
void play_short_session(void)
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

void play_two_of_one_association(void)
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
void play_session_ended_elsewhere(void)
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

void play_drip(void)
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

void play_half_a_request(void)
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
void play_half_a_request_in_silence(void)
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

void play_slow_request_done(void)
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

/* Each request is whole in time, and the next one has begun by then: none is as old as the first.
 */
void play_one_ahead(void)
{
    enum { HEAD = 20, EACH = REQUEST - 10 * SECOND, REQUESTS = 5 };
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND_INSPECT);
    story_sends_part(0, STORY_COUNTS, 0, HEAD);
    for (unsigned n = 1; n <= REQUESTS; n++) {
        story_until(n * EACH);
        story_is_served(0);
        story_sends_ahead(0, STORY_COUNTS, HEAD, HEAD);
    }
    story_until(REQUESTS * EACH + REQUEST - 1);
    story_is_served(0);
    story_until(REQUESTS * EACH + REQUEST);
    story_closed_at(0, REQUESTS * EACH + REQUEST);
    story_logged(1, SLOW_LINE);
}

void play_deaf(void)
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
void play_deaf_for_a_time(void)
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

/* It takes a few answers at a time: all come in the end, and so do those of its next requests. */
void play_deaf_at_times(void)
{
    enum { REQUESTS = 150, BITES = 50 };
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND_INSPECT);
    story_guest(0)->deaf = true;
    story_sends_many(0, STORY_COUNTS, REQUESTS);
    for (unsigned n = 1; n < BITES && story_guest(0)->held > 0; n++) {
        story_until(n * SECOND / 10);
        story_hears_what_waits(0);
    }
    story_hears(0);
    story_expect(story_answers(0) == 1 + REQUESTS, "%u answers came to %u requests",
                 story_answers(0) - 1, REQUESTS);
    story_sends(0, STORY_COUNTS);
    story_expect(story_answers(0) == 2 + REQUESTS, "none came to the next request");
}
