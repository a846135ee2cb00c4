/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PDU of each type, written by hand after [C706] 12.6.4 and [MS-RPCE] 2.2.2, in both byte orders.
 */
#ifndef TESTS_PDU_VECTORS_H
#define TESTS_PDU_VECTORS_H

#include "tests/support/test.h"

#include "hex.h"
#include "target/rpc/pdu.h"

struct vector {
    const char *name;
    enum pdu_type type;
    size_t least; /* bytes of the shortest PDU of this type and flags; a shorter one is malformed */
    const char *little, *big;
};

/* UUIDs: the backup interface and NDR20, as the octets of [C706] appendix A in either order. */
#define BACKUP_LITTLE "700decec 03a6 d011 96b100a0c91ece30 01000000"
#define BACKUP_BIG    "ecec0d70 a603 11d0 96b100a0c91ece30 00000001"
#define NDR20_LITTLE  "045d888a eb1c c911 9fe808002b104860 02000000"
#define NDR20_BIG     "8a885d04 1ceb 11c9 9fe808002b104860 00000002"
#define NDR64_LITTLE  "33057171 babe 3749 8319b5dbef9ccc36 01000000"
#define NDR64_BIG     "71710533 beba 4937 8319b5dbef9ccc36 00000001"

extern const struct vector vectors[];
extern const size_t vector_count;

const char *text_of(size_t i, bool big_endian);
const struct vector *vector_find(const char *name);
void put_u16(uint8_t *bytes, bool big_endian, size_t v);

extern const struct rpc_syntax_id syntax_backup, syntax_ndr64;

#endif
