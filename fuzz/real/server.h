/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A real ntdsbsrvd as a child process.
 */
#ifndef FUZZ_REAL_SERVER_H
#define FUZZ_REAL_SERVER_H

#include "stage.h"

#include <sys/types.h>

struct real_server {
    const struct real_settings *settings;
    pid_t pid;          /* 0: it does not run */
    char endpoint[160]; /* a string binding, once it is ready */
    int descriptors;    /* descriptors that it held then */
};

/* Starts it and waits until it is ready: 0, or the code with which it refuses to start. */
uint32_t real_server_start(struct real_server *s, bool restore_mode);
/* The number of descriptors that it holds now, from /proc; -1: unknown. */
int real_server_descriptors(const struct real_server *s);
/* Ends it by the signal; returns its wait status. */
int real_server_end(struct real_server *s, int signal);

#endif
