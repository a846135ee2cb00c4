/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was found: one finding for each cause, however many faults showed it. A table lies in shared
 * memory, one for each process that fills it.
 */
#ifndef SCENARIO_FINDINGS_H
#define SCENARIO_FINDINGS_H

#include "outcome.h"
#include "registry.h"

#include <stdio.h>

enum verdict {
    VERDICT_LEFT_BEHIND,
    VERDICT_GROWS,
    VERDICT_RELEASED_TWICE,
    VERDICT_USED_AFTER_RELEASE,
    VERDICT_MISUSED, /* the other violations of the ledger */
    VERDICT_SWALLOWED,
    VERDICT_CRASH,
    VERDICT_EXITED,
    VERDICT_STUCK,
    VERDICT_WRONG,
    VERDICT_NOT_RECOVERED,
    VERDICT_NOT_THE_SAME,
    VERDICT_NOT_SWEPT,
    VERDICTS
};
const char *scenario_verdict_name(enum verdict v);
const char *scenario_verdict_help(enum verdict v);

enum { FINDINGS_MOST = 256, SIGNATURE_BYTES = 320, DETAIL_BYTES = 320, FAULT_TEXT_BYTES = 512 };

struct scenario_finding {
    enum verdict verdict;
    const char *scenario;            /* that showed it first */
    char signature[SIGNATURE_BYTES]; /* VERDICT:CAUSE, the same for every fault that shows it */
    char detail[DETAIL_BYTES];
    char fired_at[FRAMES_BYTES];
    uint32_t seen;
    unsigned faults;    /* that the run had */
    struct fault fault; /* of the first run that showed it, one that fires once if there is one */
    struct fault second;
    uint32_t nth; /* of its fault point: what "at" says */
    int site;
    size_t crossing; /* of its run: so that jobs and slices choose the same */
    bool warm;       /* the scenario had run once in the process */
};

struct findings {
    unsigned count, lost; /* lost: different ones for which there was no room */
    struct scenario_finding at[FINDINGS_MOST];
};

/* Adds what is wrong with an outcome. `kept`: what the library keeps for good. Returns how many
   findings the outcome has. */
struct judged {
    const struct scenario *scenario;
    const struct outcome *outcome;
    const struct holding *kept;
    const struct sweep_armed *armed;
    int site;     /* of the fault; -1: none */
    uint32_t nth; /* of that fault point */
    bool warm;
    size_t crossing; /* its number in the run without a fault */
};
unsigned findings_judge(struct findings *f, const struct judged *j);
/* One of a cause that is no fault: `detail` and `cause` as they are. */
void findings_add(struct findings *f, const struct scenario *s, enum verdict v, const char *cause,
                  const char *detail);
void findings_merge(struct findings *into, const struct findings *from);
/* In the order of their signatures. */
void findings_sort(struct findings *f);

/* Of a fault point, "no fault point" for -1. */
const char *place_name(int site);
/* Whether the first run is better to show it by than the second: fewer faults, or one that fires
   once. */
bool finding_is_simpler(unsigned faults, struct fault first, const struct scenario_finding *than);
/* "mem.alloc@sdsnewlen#1 ENOMEM at 3 once", of two with " + " between them. */
void fault_text(const struct scenario_finding *f, char *out, size_t capacity);

#endif
