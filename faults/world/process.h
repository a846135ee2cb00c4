/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that the target runs in: what it prints, the signals that it gets, whose it is.
 * Nothing of it reaches the process of the harness, but a signal that ends it.
 */
#ifndef FAULTS_PROCESS_H
#define FAULTS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What has arrived at standard output and standard error since world_reset() or stream_restart(),
   as a text; valid until the next of these. */
enum stream { STREAM_OUTPUT, STREAM_ERROR, STREAMS };
const char *stream_text(enum stream which);
/* Whether anything printed there could not be written. */
bool stream_failed(enum stream which);
/* Forgets both, as for a new process. */
void stream_restart(void);

/* A new process: no handler is set, and its umask is 022. */
void process_restart(void);
/* Delivers a signal: its handler is called. False: it is not caught, and would end the process. */
bool process_signal(int number);
/* Whether both streams are a terminal; the user and group whose process it is. At first no
   terminal, and the first user and group. */
void process_set_terminal(bool terminal);
void process_set_identity(uid_t user, gid_t group);

#endif
