/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a scenario is told in: guests that come, send PDUs and wait, and what must have become of
 * them. PDUs are made by the instructions of fuzz/peer/build.h, and the answers to those guests
 * that have an account are judged by fuzz/peer/peer.h.
 *
 * What is expected holds without a fault alone. Where one fires, story_end() asks for what holds
 * whatever fails.
 */
#ifndef FUZZ_DAEMON_STORY_H
#define FUZZ_DAEMON_STORY_H

#include "daemon.h"
#include "fuzz/run/report.h"

#include <stdint.h>

enum { STORY_GUESTS = 120, SECOND = 1000 };

/* `exact`: no fault will fire. */
void story_begin(const struct daemon_settings *settings, bool exact, struct run_report *report);
/* Time goes on until all are turned away who do nothing; then somebody is served as ever. Ends the
   daemon, and judges what is left. */
void story_end(void);

/* Those of story_begin(). */
const struct daemon_settings *story_settings(void);
/* The guest of that number; the first four have accounts. */
struct guest *story_guest(unsigned i);
/* It comes, as a user (and group) over the local socket, or over TCP. */
void story_comes(unsigned i, uid_t user, gid_t group);
void story_comes_over_tcp(unsigned i);
/* With these supplementary groups, at most NET_GROUPS. */
void story_comes_with_groups(unsigned i, uid_t user, const gid_t *groups, unsigned n);
/* Takes answers again. */
void story_hears(unsigned i);
/* Takes the answers that wait, and no others. */
void story_hears_what_waits(unsigned i);
/* Several come at the same moment, the first of them over the local socket. */
void story_come_at_once(unsigned first, unsigned local, unsigned over_tcp);
/* What it sends; the loop runs. */
enum story_pdu {
    STORY_BIND,         /* to the backup interface */
    STORY_BIND_INSPECT, /* to that which counts */
    STORY_PREPARE,      /* begins a session */
    STORY_END,          /* ends it */
    STORY_LOGS,         /* the list of logs */
    STORY_COUNTS,
    STORY_CANCEL, /* of a call that there is not: no answer */
    STORY_JOIN,   /* a bind to the backup interface, in the association of guest 0 */
    STORY_OPEN,   /* the database; the first handle that there is */
    STORY_READ,   /* nearly a megabyte of it */
    STORY_PING,
    STORY_BIND_RESTORE, /* to the restore interface, as those that follow */
    STORY_ONLINE,
    STORY_RESTORE_PREPARE,
    STORY_SET_LOG,
    STORY_CHECK_LOGS,
    STORY_LOCATIONS,
    STORY_COMPLETE,
    STORY_RESTORE_END,
    STORY_PDUS
};
void story_sends(unsigned i, enum story_pdu pdu);
/* `n` of them at once, and how many answers it has had so far. */
void story_sends_many(unsigned i, enum story_pdu pdu, unsigned n);
unsigned story_answers(unsigned i);
/* The PDU that it got last, if none was begun since. */
const uint8_t *story_last_answer(unsigned i);
/* What is no instruction; the loop runs. */
void story_sends_bytes(unsigned i, const void *bytes, size_t n);
/* The same PDU, from byte `from` on, `n` bytes of it. */
void story_sends_part(unsigned i, enum story_pdu pdu, size_t from, size_t n);
/* The rest of it, from byte `from` on, and at once the first `ahead` bytes of another one. */
void story_sends_ahead(unsigned i, enum story_pdu pdu, size_t from, size_t ahead);
/* Binds to the backup interface with credentials. */
void story_binds_as(unsigned i, const char *domain, const char *user, const char *password);
/* The same in an alter_context. */
void story_alters_as(unsigned i, const char *domain, const char *user, const char *password);
/* The virtual clock since the story began. */
void story_until(uint64_t ms);

/* What fails in any case: the next call at this fault point, in that way. */
void story_breaks(const char *point, const char *kind);

void story_is_served(unsigned i);
/* The daemon has closed it, at that moment. */
void story_closed_at(unsigned i, uint64_t ms);
/* Sends it, and goes before the daemon has read it. */
void story_sends_and_leaves(unsigned i, enum story_pdu pdu);
/* So many lines of the log contain this text. */
void story_logged(unsigned lines, const char *text);
/* ... no line does. */
void story_never_logged(const char *text);
void story_holds(uint32_t connections, uint32_t sessions);
__attribute__((format(printf, 2, 3))) void story_expect(bool holds, const char *format, ...);

#endif
