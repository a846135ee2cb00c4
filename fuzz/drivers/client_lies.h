/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lies about what an honest server sends to the client: the records of an input of fuzz_client_pdu
 * (client_pdu.c) that change one PDU.
 */
#ifndef FUZZ_CLIENT_LIES_H
#define FUZZ_CLIENT_LIES_H

#include "fuzz/program/program.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bit of an input's first byte: the real server answers. */
enum { CLIENT_HONEST_SERVER = 0x80 };

enum client_lie {
    LIE_SET_BYTE,
    LIE_FLIP,
    LIE_SET_SHORT,
    LIE_SET_LONG,
    LIE_INSERT,
    LIE_DELETE,
    LIE_TRUNCATE,
    LIE_TWICE
};
/* The size of a record, and the most PDUs and lies about one that are told. */
enum { LIE_BYTES = 8, LIES_MOST = 8, HONEST_PDUS_MOST = 64 };

/* A lie, as a record holds it. */
struct told_lie {
    enum client_lie lie;
    bool fit;       /* frag_length is corrected afterwards */
    size_t at;      /* modulo the size of the PDU, as it is by then */
    uint32_t value; /* of LIE_INSERT the number of bytes, and the byte above it */
};
struct told_lies {
    size_t count;
    struct told_lie lies[LIES_MOST];
};
/* Tells what one record says of a PDU; returns its size from then on, at most `capacity`. */
size_t client_lie_tell(const uint8_t *record, uint8_t *pdu, size_t n, size_t capacity);
/* The records of lies about a PDU, by its number. Returns their size. */
size_t client_lies_write(const struct told_lies *l, unsigned pdu,
                         uint8_t out[LIES_MOST * LIE_BYTES]);
/* A PDU of that type and nothing more comes before this one, of the same call. */
struct told_lies client_lie_inserted(const uint8_t *pdu, uint8_t type);
/* The PDU gets a trailer of NTLM at that level, whose token is whatever the PDU begins with. False:
   the PDU is too short for that. */
bool client_lie_trailer(size_t size, uint8_t level, struct told_lies *out);
enum { LIE_TYPES = 21, LIE_LEVELS = 8 };
/* A fault or a bind_nak comes in the other byte order, with this status or reason. False: the PDU
 * is neither. */
bool client_lie_turned(const uint8_t *pdu, uint32_t code, struct told_lies *out);
/* The status or reason that such lies about a PDU would tell, if they are that. */
uint32_t client_lie_code(const uint8_t *record, size_t n);

/* What an honest server sends while a program of client_programs.h runs, and what the calls
   return. */
struct honest_server {
    const struct program *program;
    unsigned count;
    size_t sizes[HONEST_PDUS_MOST];
    uint8_t *bytes[HONEST_PDUS_MOST];
    size_t calls[HONEST_PDUS_MOST]; /* that were under way */
    size_t call_count;
    int32_t results[PROGRAM_MAX_CALLS];
};

#endif
