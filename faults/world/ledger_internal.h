/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the ledger and its words share: violations as they are kept.
 */
#ifndef FAULTS_LEDGER_INTERNAL_H
#define FAULTS_LEDGER_INTERNAL_H

#include "ledger.h"

enum { LEDGER_KEPT_VIOLATIONS = 16 };

struct ledger_fault {
    enum ledger_violation what;
    enum ledger_kind kind;
    uint64_t id;
    uint32_t call;
    enum world_side side;
    int site;
    void *stack[LEDGER_FRAMES];
};

/* By number, below LEDGER_KEPT_VIOLATIONS and the number of violations. */
const struct ledger_fault *ledger_fault_at(uint32_t index);
/* The frame that left the target: those before it are the world's own. */
int ledger_first_of_target(void *const stack[LEDGER_FRAMES]);

#endif
