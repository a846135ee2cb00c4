/* SPDX-License-Identifier: Apache-2.0 */
#include "findings.h"

#include "faults/fault/site.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *help;
} verdicts[VERDICTS] = {
    [VERDICT_LEFT_BEHIND] = {"left-behind",
                             "something is held that a run without a fault releases"},
    [VERDICT_GROWS] = {"grows", "after 30 runs more is held than after 3"},
    [VERDICT_RELEASED_TWICE] = {"released-twice", "what is no longer held was released again"},
    [VERDICT_USED_AFTER_RELEASE] = {"used-after-release", "a descriptor was used that was closed"},
    [VERDICT_MISUSED] = {"misused", "a release of what was never acquired, a write beyond a block, "
                                    "a lock taken twice"},
    [VERDICT_SWALLOWED] = {"swallowed", "a call failed, and the scenario succeeded"},
    [VERDICT_CRASH] = {"crash", "a signal ended the process"},
    [VERDICT_EXITED] = {"exited", "the library called exit()"},
    [VERDICT_STUCK] = {"stuck", "the run does not end"},
    [VERDICT_WRONG] = {"wrong", "a claim of the scenario does not hold"},
    [VERDICT_NOT_RECOVERED] = {"not-recovered",
                               "the scenario fails after the fault, in the same process"},
    [VERDICT_NOT_THE_SAME] = {"not-the-same", "two runs without a fault differ"},
};

const char *scenario_verdict_name(enum verdict v)
{
    return verdicts[v].name;
}

const char *scenario_verdict_help(enum verdict v)
{
    return verdicts[v].help;
}

void findings_merge(struct findings *into, const struct findings *from)
{
    into->lost += from->lost;
    for (unsigned i = 0; i < from->count; i++) {
        const struct scenario_finding *x = &from->at[i];
        unsigned k = 0;
        while (k < into->count && strcmp(into->at[k].signature, x->signature) != 0)
            k++;
        if (k < into->count) {
            into->at[k].seen += x->seen;
            if (into->at[k].fault.shape != FAULT_ONE_SHOT && x->fault.shape == FAULT_ONE_SHOT) {
                uint32_t seen = into->at[k].seen;
                into->at[k] = *x;
                into->at[k].seen = seen;
            }
        } else if (into->count < FINDINGS_MOST) {
            into->at[into->count++] = *x;
        } else {
            into->lost++;
        }
    }
}

static int compare(const void *left, const void *right)
{
    const struct scenario_finding *a = left, *b = right;
    return strcmp(a->signature, b->signature);
}

void findings_sort(struct findings *f)
{
    qsort(f->at, f->count, sizeof *f->at, compare);
}

void fault_text(const struct scenario_finding *f, char *out, size_t capacity)
{
    char at[24] = "";
    if (f->nth != 1)
        snprintf(at, sizeof at, " at %u", f->nth);
    snprintf(out, capacity, "%s %s%s %s",
             f->site >= 0 ? site_name((unsigned)f->site) : fault_class_name(f->fault.class),
             fault_kind_name(f->fault.class, f->fault.kind), at, fault_shape_name(f->fault.shape));
}
