/* SPDX-License-Identifier: Apache-2.0 */
/* A client that believes what its server says of a length. */
#ifndef TRUSTING_H
#define TRUSTING_H

#include <stddef.h>

/* A text, of which the server sends the length in one byte, in front; -1: a call failed. */
int trusting_read(char *room, size_t n);

#endif
