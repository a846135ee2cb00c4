/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is held when it should not be, and who should have released it.
 */
#ifndef FUZZ_FINDING_HELD_H
#define FUZZ_FINDING_HELD_H

#include "finding.h"

#include "faults/world/ledger.h"

/* Fills in what the ledger still holds: leaks of their own first. */
void finding_gather_held(struct finding *f);
/* One resource of the program `p`, of which `report` says what its calls returned. */
void finding_hold(const struct program *p, const struct run_report *report,
                  const struct ledger_resource *l, struct finding_held *out);
/* The number of a call of the world, as finding.h counts. */
int finding_call_of(uint32_t call);

#endif
