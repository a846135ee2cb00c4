/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's log on standard error: one line an event, with the time (UTC). If standard error
 * goes to the journal of systemd, which adds time and program itself, the line has its priority
 * instead. Control characters, which peers may have put into their names, are written as \xNN.
 */
#ifndef DAEMON_LOG_H
#define DAEMON_LOG_H

enum log_level {
    LOG_LEVEL_ERROR, /* failures of the service */
    LOG_LEVEL_INFO,  /* sessions, refusals, restores */
    LOG_LEVEL_DEBUG  /* every connection and every call */
};

/* Begins the log: lines of this level and of the levels before it are written from now on, and of
   those that have a bound as many as it allows. LOG_LEVEL_INFO until then. */
void log_start(enum log_level level);

void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* For events that a peer can cause at will. Beyond a rate, lines are counted instead of written;
   the next line that fits says how many. LOG_LEVEL_DEBUG has no such bound. */
void log_peer(enum log_level level, const char *peer, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same for sessions and restores of peers who have access, with a bound of their own, so that
   a peer who is refused cannot keep them out of the log. */
void log_session(enum log_level level, const char *peer, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
