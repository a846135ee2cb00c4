/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decides whether a call's outcome is a finding.
 */
#ifndef FUZZ_JUDGE_H
#define FUZZ_JUDGE_H

#include "execute.h"
#include "fuzz/model/model.h"
#include "run.h"

/* The circumstances of one call. */
struct call_facts {
    int index;
    bool end_is_under_way; /* of another thread, which has taken the handle that the call uses */
    bool is_others;        /* made by another thread while a call of the program was under way */
    bool is_behind;        /* a finding: what the program asserts is no longer to be expected */
    const struct call *call;
    const struct outcome *outcome;
    uint64_t bytes_sent; /* by clients, during the call */
    unsigned deaths;     /* of the service's process */
    size_t live_handles; /* that the program should have now */
    size_t owed_buffers; /* handed out and not given back */
    uint64_t elapsed_ms; /* of virtual time */
};

/* By the rules that hold for any server. */
void judge_call(const struct call_facts *f, struct run_report *r);
/* By the model, for the backup service. False: it does not know what the calls behind it must
 * answer.
 */
bool judge_by_model(struct model *m, const struct call_facts *f, struct run_report *r);
/* After the program has ended and freed everything: the counts that the target itself still has. */
void judge_counts(struct run_report *r);
/* The verdict for a violation that the ledger has entered. */
enum verdict judge_violation(uint32_t index);
/* After the service has ended as well: the ledger. */
void judge_ledger(struct run_report *r);

#endif
