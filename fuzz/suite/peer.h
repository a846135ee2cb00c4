/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What answers a client whose server is not known: a table of answers, or noise. And what becomes
 * of answers if the peer is hostile.
 */
#ifndef FUZZ_SUITE_PEER_H
#define FUZZ_SUITE_PEER_H

#include "target.h"

extern const struct rundown_server peer_server;

/* A service starts. */
void peer_start(void);
/* The client has sent this. What is random comes from it, so equal runs get equal answers. */
void peer_hear(const void *bytes, size_t n);
/* Sends half of the answers as they are; of the others one is changed, cut, doubled, lost, followed
   by noise, or the last on its connection. */
void peer_send_hostile(struct rundown_connection *to, const void *bytes, size_t n);

/* Of the adapter: queues the bytes for the client, as they are. */
void peer_queue(struct rundown_connection *to, const void *bytes, size_t n);

#endif
