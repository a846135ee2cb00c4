/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of results that a call may have when a fault has hit it. The model reads it, and
 * `rundown allowed` prints it into fuzz/model/ALLOWED.md.
 */
#ifndef FUZZ_ALLOWED_H
#define FUZZ_ALLOWED_H

#include "contract.h"
#include "faults/fault/fault.h"
#include "fuzz/program/program.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* The kind of call that was hit. */
enum allowed_when {
    WHEN_CONNECTING = 1, /* functions with a server name: connect, bind, one call */
    WHEN_IN_SESSION = 2, /* functions with a handle */
    WHEN_LOCAL = 4,      /* functions that do not call the server */
    WHEN_STARTING = 8,   /* the service's start */
    WHEN_ENDING = 16,    /* of those with a handle the Ends */
};

/* Whose code was hit by the fault; the wire is a side of its own. */
enum allowed_side { SIDE_CLIENT = 1, SIDE_SERVER = 2, SIDE_ANY = 3 };

/* Whether the call may end as if nothing had happened: retried, or of no consequence. UNLESS_LATE:
   it must, as long as less than half of its time is over. */
enum allowed_exact { EXACT_NEVER, EXACT_MAYBE, EXACT_UNLESS_LATE, EXACT_ALWAYS };

/* If it fails: may the server have acted, may the association be lost? */
enum allowed_choice { CHOICE_NO = 1, CHOICE_YES = 2, CHOICE_EITHER = 3 };

enum { ALLOWED_CODES = 6 };
/* Placeholders for the code that [MS-RPCE] 3.1.1.5.5 gives for the fault PDU's status, and for the
   code that belongs to a bind_nak's reason or a rejected presentation context. */
enum { CODE_OF_STATUS = 0x7ffffff0, CODE_OF_REASON = 0x7ffffff1, CODE_ANY_FAILURE = 0x7ffffff2 };

struct allowance {
    enum fault_class class;
    const char *kinds; /* names, a space between; a trailing * stands for any rest; "*": all */
    uint8_t side, when;
    enum allowed_exact exact;
    enum allowed_choice acted, lost;
    int32_t codes[ALLOWED_CODES]; /* 0 ends */
    enum contract_rule rule;      /* the rule of docs/contract.md that this row applies */
    const char *why;
};

/* The kind of a call, by its function. */
enum allowed_when allowed_when_of(enum api_shape shape);
/* The first row that matches the fault; NULL: there is none, which a test forbids. */
const struct allowance *allowed_find(const struct fault_firing *f, enum allowed_when when);
/* Whether the row has the code. */
bool allowed_code(const struct allowance *a, const struct fault_firing *f, int32_t code);
/* The codes of the row for this fault; returns their number. CODE_ANY_FAILURE may be one. */
unsigned allowed_codes(const struct allowance *a, const struct fault_firing *f,
                       int32_t out[ALLOWED_CODES]);
/* The code that a client returns for the status of a fault PDU, for the reason of a bind_nak, and
   for a context that a bind_ack refuses. */
int32_t allowed_code_of_status(uint32_t status);
int32_t allowed_code_of_reason(uint32_t reason);
int32_t allowed_code_of_result(uint32_t result, uint32_t reason);
/* The statuses that the contract names, by number from 0. False: there is none of that number. */
bool allowed_status(unsigned i, uint32_t *status);
/* Why a call may end as if there had been no fault; "" if it may not. */
const char *allowed_why(enum fault_class class, uint32_t kind);
/* The table as Markdown. */
void allowed_print(FILE *out);

#endif
