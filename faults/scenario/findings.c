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
    [VERDICT_NOT_SWEPT] = {"not-swept", "the library starts a thread, and the world has one"},
};

const char *scenario_verdict_name(enum verdict v)
{
    return verdicts[v].name;
}

const char *scenario_verdict_help(enum verdict v)
{
    return verdicts[v].help;
}

bool finding_is_simpler(unsigned faults, struct fault first, const struct scenario_finding *than)
{
    if (faults != than->faults)
        return faults > 0 && faults < than->faults;
    return faults > 0 && first.shape == FAULT_ONE_SHOT && than->fault.shape != FAULT_ONE_SHOT;
}

static bool is_better(const struct scenario_finding *x, const struct scenario_finding *than)
{
    if (finding_is_simpler(x->faults, x->fault, than))
        return true;
    if (finding_is_simpler(than->faults, than->fault, x) || x->scenario != than->scenario)
        return false;
    if (x->warm != than->warm)
        return than->warm;
    return x->crossing != than->crossing ? x->crossing < than->crossing
                                         : x->fault.kind < than->fault.kind;
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
            if (is_better(x, &into->at[k])) {
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

static size_t print_fault(const struct fault *f, int site, uint32_t nth, char *out, size_t capacity)
{
    char at[24] = "";
    if (nth != 1)
        snprintf(at, sizeof at, " at %u", nth);
    int n = snprintf(out, capacity, "%s %s%s %s",
                     site >= 0 ? site_name((unsigned)site) : fault_class_name(f->class),
                     fault_kind_name(f->class, f->kind), at, fault_shape_name(f->shape));
    return (size_t)n < capacity ? (size_t)n : capacity;
}

void fault_text(const struct scenario_finding *f, char *out, size_t capacity)
{
    const struct fault *second = &f->second;
    size_t n = print_fault(&f->fault, f->site, f->nth, out, capacity);
    if (f->faults < 2 || capacity - n < sizeof " + ")
        return;
    memcpy(out + n, " + ", sizeof " + ");
    n += strlen(" + ");
    print_fault(second, second->site_plus_one - 1, second->nth, out + n, capacity - n);
}
