/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the daemon says on standard error: one line per event, control characters made harmless.
 */
#ifndef DAEMON_LOG_H
#define DAEMON_LOG_H

void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* For events that a peer can cause at will. Beyond a rate, lines are counted instead of written;
   the next line that fits says how many. */
void log_peer(const char *peer, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
