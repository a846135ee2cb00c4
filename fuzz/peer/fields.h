/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of a PDU, by their names in C706 12.6, and the values at which code breaks.
 */
#ifndef FUZZ_PEER_FIELDS_H
#define FUZZ_PEER_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PEER_FIELDS_MOST = 256, PEER_STUB_WORDS = 40 };

struct peer_field {
    const char *name; /* lives as long as the program */
    size_t at;        /* offset in the PDU */
    unsigned width;   /* bytes: 1, 2 or 4 */
    uint32_t limit;   /* a value beside which other rules hold; 0: none is known */
};

/* The fields of a complete PDU of either side, whose header is right; of the stub the first
   PEER_STUB_WORDS words, and its last. Returns how many. */
unsigned peer_fields(const uint8_t *pdu, size_t n, struct peer_field out[PEER_FIELDS_MOST]);
/* Whether the field says how long or how many something is, or what it belongs to: two such may
   agree on what is wrong. */
bool peer_field_binds(const struct peer_field *f);
/* "request", "bind_ack"; "other" for types that neither side sends. */
const char *peer_type_name(uint8_t type);

enum peer_value {
    PEER_VALUE_ZERO,
    PEER_VALUE_ONE,
    PEER_VALUE_MOST,
    PEER_VALUE_SIGN,      /* the highest bit alone */
    PEER_VALUE_LESS,      /* one less than it is */
    PEER_VALUE_MORE,      /* one more */
    PEER_VALUE_MISPLACED, /* four more: another member, a misaligned end */
    PEER_VALUE_TWICE,
    PEER_VALUE_SWAPPED, /* the other byte order */
    PEER_VALUE_BELOW,   /* the limit, at it, and above */
    PEER_VALUE_LIMIT,
    PEER_VALUE_ABOVE,
    PEER_VALUES
};
const char *peer_value_name(enum peer_value v);
/* False: the field has that value already, or the class does not apply to it. */
bool peer_value_of(enum peer_value v, const struct peer_field *f, uint32_t now, uint32_t *out);

void peer_put(uint8_t *bytes, size_t at, unsigned width, uint32_t value, bool big_endian);

#endif
