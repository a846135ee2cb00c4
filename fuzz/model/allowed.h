/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a call may answer when a fault has hit it: one table, read by the model and printed into
 * fuzz/model/ALLOWED.md (`rundown allowed`).
 */
#ifndef FUZZ_ALLOWED_H
#define FUZZ_ALLOWED_H

#include "contract.h"
#include "faults/fault/fault.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* What kind of call was hit. */
enum allowed_when {
    WHEN_CONNECTING = 1, /* functions with a server name: connect, bind, one call */
    WHEN_IN_SESSION = 2, /* functions with a handle */
    WHEN_LOCAL = 4,      /* functions that ask nobody */
    WHEN_STARTING = 8,   /* the service's start */
};

/* Whose code ran into the fault; the wire is nobody's. */
enum allowed_side { SIDE_CLIENT = 1, SIDE_SERVER = 2, SIDE_ANY = 3 };

/* Whether the call may end as if nothing had happened: retried, or of no consequence. */
enum allowed_exact { EXACT_NEVER, EXACT_MAYBE, EXACT_ALWAYS };

/* If it fails: may the server have acted, may the association be lost? */
enum allowed_choice { CHOICE_NO = 1, CHOICE_YES = 2, CHOICE_EITHER = 3 };

enum { ALLOWED_CODES = 6 };
/* Stand for the code that [MS-RPCE] 3.1.1.5.5 gives for the fault PDU's status, and for the one
   that goes with a bind_nak's reason or a rejected presentation context. */
enum { CODE_OF_STATUS = 0x7ffffff0, CODE_OF_REASON = 0x7ffffff1, CODE_ANY_FAILURE = 0x7ffffff2 };

struct allowance {
    enum fault_class class;
    const char *kinds; /* names, a space between; a trailing * stands for any rest; "*": all */
    uint8_t side, when;
    enum allowed_exact exact;
    enum allowed_choice acted, lost;
    int32_t codes[ALLOWED_CODES]; /* 0 ends */
    enum contract_rule rule;      /* of docs/contract.md, that this row applies */
    const char *why;
};

/* The row for that fault, NULL: none, which a test forbids. The first that fits is meant. */
const struct allowance *allowed_find(const struct fault_firing *f, enum allowed_when when);
/* Whether the row has the code. */
bool allowed_code(const struct allowance *a, const struct fault_firing *f, int32_t code);
/* Why a call may end as if the fault had not been; "" if it may not. */
const char *allowed_why(enum fault_class class, uint32_t kind);
/* The table for people. */
void allowed_print(FILE *out);

#endif
