/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instructions for peers: any bytes are a script. An instruction has 12 bytes:
 *
 *     0      what (modulo the table in build.c): bind, alter_context, a call, fragments of a
 *            call, co_cancel, orphaned, any other PDU, raw bytes, a new connection
 *     1      connection (bits 0-1); big-endian (bit 2); over the other transport (bit 3);
 *            object UUID (bit 4); as a new connection (bit 7)
 *     2      where its bytes are cut: the first n/255 of them arrive at once (0: all)
 *     3      flags of the PDU, xor FIRST|LAST
 *     4-5    what it is about: interface, operation, context, type
 *     6-7    handle, association group, fragments, number of contexts
 *     8-9    a byte of the PDU that is changed: its offset, 0: none
 *     10     to this
 *     11     call id: relative to the next one in order
 *
 * Numbers are little-endian. Raw bytes follow their instruction; there are as many as bytes 4-5
 * say.
 */
#ifndef FUZZ_PEER_BUILD_H
#define FUZZ_PEER_BUILD_H

#include "peer.h"

struct peer_script {
    const uint8_t *data; /* what is left of it */
    size_t size;
    bool tcp;
    uint32_t next_call[PEER_CONNECTIONS];
};

struct peer_step {
    unsigned connection;
    bool tcp;    /* if it is opened by this step */
    bool closes; /* the connection before, first */
    uint8_t bytes[PEER_FRAGMENT];
    size_t length, cut; /* cut <= length */
};

/* The next instruction as bytes to send; it knows the groups and handles that there are. False: the
   script is at its end. */
bool peer_build(struct peer_script *s, const struct peers *peers, struct peer_step *out);

#endif
