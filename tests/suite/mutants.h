/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the mutator share: a program with every kind of parameter, and looking at the
 * bytes of programs.
 */
#ifndef TESTS_MUTANTS_H
#define TESTS_MUTANTS_H

#include "fuzz/mutate/mutate.h"
#include "fuzz/program/program_text.h"

#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEED = 7 };

/* Every kind of parameter, two sessions, faults in both clauses. */
static const char text[] = "world tcp\n"
                           "h0, b0 = DsBackupPrepareW(\".\", 0, FULL)\n"
                           "DsBackupOpenFileW(h0, \"ntds.dit\", 24576)\n"
                           "DsBackupRead(h0, 24576) !net.recv ECONNRESET !mem.alloc ENOMEM at 2\n"
                           "DsBackupClose(h0)\n"
                           "DsBackupFree(b0)\n"
                           "h1 = DsRestorePrepareW(\".\", 0, NULL)\n"
                           "DsSetAuthIdentityW(\"operator\")\n"
                           "DsRestoreRegisterW(h1, \"store\", 1, 2) !net.send EPIPE persistent\n"
                           "DsRestoreEnd(h1)\n"
                           "DsBackupEnd(h0)\n";

static struct program base, p, q;
static uint8_t base_bytes[PROGRAM_MAX_BYTES], bytes[PROGRAM_MAX_BYTES];

static inline void parse(struct program *out, const char *from)
{
    static struct program parsed;
    struct program_error error;
    if (!program_parse(&parsed, from, strlen(from), &error))
        fail_msg("%u:%u: expected %s in\n%s", error.line, error.column, error.expected, from);
    /* As an engine has it: without names and expectations. */
    program_decode(out, bytes, program_encode(&parsed, bytes));
}

static inline void make_base(void)
{
    parse(&base, text);
    program_encode(&base, base_bytes);
    print_message("seed %d\n", SEED);
}

static inline bool same_bytes(const struct program *a, const struct program *b)
{
    static uint8_t other[PROGRAM_MAX_BYTES];
    size_t n = program_encode(a, bytes);
    return program_encode(b, other) == n && memcmp(bytes, other, n) == 0;
}

#define BYTE(n)        (UINT64_C(1) << (n))
#define BYTES(from, n) (((UINT64_C(1) << (n)) - 1) << (from))
/* A byte of either fault clause. */
#define FAULT_BYTE(n) (BYTE(6 + (n)) | BYTE(13 + (n)))

static inline const uint8_t *instruction(const uint8_t *program, size_t index)
{
    return program + PROGRAM_HEADER_BYTES + index * PROGRAM_CALL_BYTES;
}

#endif
