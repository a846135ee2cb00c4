/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one peer sends to the server, PDU by PDU: recorded from a program, and the same with its
 * requests cut into fragments.
 */
#ifndef FUZZ_CONVERSATION_H
#define FUZZ_CONVERSATION_H

#include "wire_input.h"

enum { CONVERSATION_BYTES = 1 << 15, CONVERSATION_PDUS = 64, CONVERSATIONS_MOST = 64 };

struct conversation {
    /* The first byte as fuzz_server_pdu reads it (server_pdu.c), then the PDUs. */
    uint8_t bytes[CONVERSATION_BYTES];
    size_t size;
    unsigned count;
    size_t at[CONVERSATION_PDUS + 1]; /* of each PDU, and of the end */
};

/* What the clients of a program send, a conversation for each connection, in both transports.
   Returns how many, at most `room`; longer ones are left out. */
unsigned conversation_record(const char *program, struct conversation *out, unsigned room);
/* All operations of all interfaces, and every type of PDU that a client sends. */
void conversation_of_everything(struct conversation *out, bool tcp);
/* A bind with credentials of NTLM, which no security context is made for. */
void conversation_of_credentials(struct conversation *out, bool tcp);
/* The same with each request that has a stub cut into that many fragments. */
void conversation_cut(const struct conversation *c, unsigned fragments, struct conversation *out);

/* Appends a PDU. False: there is no room. */
bool conversation_add(struct conversation *c, const uint8_t *pdu, size_t n);

#endif
