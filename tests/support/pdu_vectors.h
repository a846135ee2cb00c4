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

static const struct vector vectors[] = {
    {"request", PDU_REQUEST, 24, "05000003 10000000 1c00 0000 07000000 04000000 0100 0900 deadbeef",
     "05000003 00000000 001c 0000 00000007 00000004 0001 0009 deadbeef"},
    {"request with an object", PDU_REQUEST, 40,
     "05000083 10000000 2c00 0000 07000000 04000000 0100 0900 04030201 0605 0807 090a0b0c0d0e0f10 "
     "deadbeef",
     "05000083 00000000 002c 0000 00000007 00000004 0001 0009 01020304 0506 0708 090a0b0c0d0e0f10 "
     "deadbeef"},
    {"request with an auth trailer", PDU_REQUEST, 36,
     "05000003 10000000 2c00 0400 07000000 04000000 0100 0900 deadbeef 00000000"
     " 0a 05 04 00 78563412 a1a2a3a4",
     "05000003 00000000 002c 0004 00000007 00000004 0001 0009 deadbeef 00000000"
     " 0a 05 04 00 12345678 a1a2a3a4"},
    {"response", PDU_RESPONSE, 24,
     "05000203 10000000 1c00 0000 07000000 04000000 0100 02 00 deadbeef",
     "05000203 00000000 001c 0000 00000007 00000004 0001 02 00 deadbeef"},
    {"fault", PDU_FAULT, 28,
     "05000323 10000000 2000 0000 07000000 20000000 0100 02 00 0200011c 00000000",
     "05000323 00000000 0020 0000 00000007 00000020 0001 02 00 1c010002 00000000"},
    {"bind of two contexts", PDU_BIND, 116,
     "05000b03 10000000 7400 0000 01000000 d016 b810 34120000 02 00 0000"
     " 0000 01 00 " BACKUP_LITTLE NDR20_LITTLE " 0100 01 00 " BACKUP_LITTLE NDR64_LITTLE,
     "05000b03 00000000 0074 0000 00000001 16d0 10b8 00001234 02 00 0000"
     " 0000 01 00 " BACKUP_BIG NDR20_BIG " 0001 01 00 " BACKUP_BIG NDR64_BIG},
    {"alter_context with two transfer syntaxes", PDU_ALTER_CONTEXT, 92,
     "05000e03 10000000 5c00 0000 02000000 d016 b810 34120000 01 00 0000"
     " 0500 02 00 " BACKUP_LITTLE NDR64_LITTLE NDR20_LITTLE,
     "05000e03 00000000 005c 0000 00000002 16d0 10b8 00001234 01 00 0000"
     " 0005 02 00 " BACKUP_BIG NDR64_BIG NDR20_BIG},
    {"bind_ack", PDU_BIND_ACK, 84,
     "05000c03 10000000 5400 0000 01000000 d016 b810 34120000 0500 3133353000 00"
     " 02 000000 0000 0000 " NDR20_LITTLE " 0200 0100 00000000 0000 0000 0000000000000000 00000000",
     "05000c03 00000000 0054 0000 00000001 16d0 10b8 00001234 0005 3133353000 00"
     " 02 000000 0000 0000 " NDR20_BIG " 0002 0001 00000000 0000 0000 0000000000000000 00000000"},
    {"alter_context_resp without an address", PDU_ALTER_CONTEXT_RESP, 56,
     "05000f03 10000000 3800 0000 02000000 d016 b810 34120000 0000 0000 01 000000"
     " 0000 0000 " NDR20_LITTLE,
     "05000f03 00000000 0038 0000 00000002 16d0 10b8 00001234 0000 0000 01 000000"
     " 0000 0000 " NDR20_BIG},
    {"bind_nak", PDU_BIND_NAK, 18, "05000d03 10000000 1800 0000 01000000 0400 01 05 00 000000",
     "05000d03 00000000 0018 0000 00000001 0004 01 05 00 000000"},
    {"auth3", PDU_AUTH3, 28,
     "05001003 10000000 2000 0400 01000000 00000000 0a 02 00 00 78563412 a1a2a3a4",
     "05001003 00000000 0020 0004 00000001 00000000 0a 02 00 00 12345678 a1a2a3a4"},
    {"auth3 that is padded from its header on", PDU_AUTH3, 28,
     "05001003 10000000 2000 0400 01000000 00000000 0a 02 04 00 78563412 a1a2a3a4",
     "05001003 00000000 0020 0004 00000001 00000000 0a 02 04 00 12345678 a1a2a3a4"},
    {"shutdown", PDU_SHUTDOWN, 16, "05001103 10000000 1000 0000 00000000",
     "05001103 00000000 0010 0000 00000000"},
    {"co_cancel", PDU_CO_CANCEL, 16, "05001203 10000000 1000 0000 07000000",
     "05001203 00000000 0010 0000 00000007"},
    {"orphaned", PDU_ORPHANED, 16, "05001303 10000000 1000 0000 07000000",
     "05001303 00000000 0010 0000 00000007"},
};
enum { VECTORS = sizeof vectors / sizeof *vectors };

static inline const char *text_of(size_t i, bool big_endian)
{
    return big_endian ? vectors[i].big : vectors[i].little;
}

static inline const struct vector *find(const char *name)
{
    for (size_t i = 0; i < VECTORS; i++)
        if (strcmp(vectors[i].name, name) == 0)
            return &vectors[i];
    fail_msg("no vector %s", name);
    return NULL;
}

static inline void put_u16(uint8_t *bytes, bool big_endian, size_t v)
{
    bytes[big_endian ? 1 : 0] = (uint8_t)v;
    bytes[big_endian ? 0 : 1] = (uint8_t)(v >> 8);
}

static const struct rpc_syntax_id backup = {
    {0xecec0d70, 0xa603, 0x11d0, {0x96, 0xb1}, {0x00, 0xa0, 0xc9, 0x1e, 0xce, 0x30}}, 1};
static const struct rpc_syntax_id ndr64 = {
    {0x71710533, 0xbeba, 0x4937, {0x83, 0x19}, {0xb5, 0xdb, 0xef, 0x9c, 0xcc, 0x36}}, 1};

#endif
