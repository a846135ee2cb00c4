/* SPDX-License-Identifier: Apache-2.0 */
/* A client with known faults: where nothing comes it leaves its socket open, and it waits for the
   answer to what was never sent. */
#ifndef TALKER_H
#define TALKER_H

#include <stddef.h>

/* The first byte that the server at that path sends; -1: a call failed. */
int talker_first_byte(const char *path);
/* What it answers to a question mark; -1: a call failed. */
int talker_ask(const char *path);

#endif
