/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The texts in the script of a peer.
 */
#ifndef FAULTS_PEER_TEXT_H
#define FAULTS_PEER_TEXT_H

#include <stddef.h>

enum { PEER_TEXT_BYTES = 4096 };

/* What stands behind the first character of the line: a text in quotes, with escapes as in C, or
   the rest of the line. Returns its bytes; ends the process if it is wrong. */
size_t peer_text(const char *line, char out[PEER_TEXT_BYTES]);
/* Ends the process with 2, and says why. */
void peer_text_give_up(const char *what, const char *line);

#endif
