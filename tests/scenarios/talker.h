/* SPDX-License-Identifier: Apache-2.0 */
/* A client with one known fault: where nothing comes it leaves its socket open. */
#ifndef TALKER_H
#define TALKER_H

#include <stddef.h>

/* The first byte that the server at that path sends; -1: a call failed. */
int talker_first_byte(const char *path);

#endif
