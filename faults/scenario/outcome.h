/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one run of a scenario came to, as its process leaves it in memory that it shares with the
 * sweep. The process writes as it goes, so what it knew before it crashed is there.
 */
#ifndef SCENARIO_OUTCOME_H
#define SCENARIO_OUTCOME_H

#include "faults/sweep/sweep.h"
#include "faults/world/ledger.h"
#include "scenario.h"

#include <stdbool.h>
#include <stdint.h>

enum { HELD_PLACES = 64, CLAIM_BYTES = 192, FRAMES_BYTES = 256, FRAMES_SAID = 4 };

/* Resources of one kind that one fault point acquired. */
struct held {
    int site;     /* -1: no fault point */
    uint8_t kind; /* enum ledger_kind */
    bool root;    /* one of them is reached from no other resource that is held */
    uint32_t count;
    uint64_t bytes;
};

struct holding {
    unsigned places;
    struct held at[HELD_PLACES]; /* those that do not fit are added to the last */
};

enum ending {
    ENDING_DIED, /* by a signal, or it called exit() */
    ENDING_RETURNED,
    ENDING_STUCK, /* it did not end */
};

struct outcome {
    enum ending ending;
    enum rundown_result result;
    char claim[CLAIM_BYTES];      /* RUNDOWN_WRONG: which, and where */
    int signal;                   /* ENDING_DIED: 0 if it exited */
    bool starts_thread;           /* ENDING_DIED: it was ended there */
    bool sanitized;               /* a sanitizer, whose report stands above, has ended it */
    char frames[FRAMES_BYTES];    /* ENDING_DIED, ENDING_STUCK: functions, innermost first */
    void *fired_at[FAULT_FRAMES]; /* the first fault: its stack */
    int fired_last;               /* the fault point of the last one */
    uint32_t fired;
    size_t recorded;    /* crossings, if fault_record() is on */
    bool stops_machine; /* the fault: what the process does after it is of no account */
    bool goes_away;     /* the fault is one that a caller may well get over by repeating the call */
    uint64_t trace;
    uint32_t violations;
    uint8_t violation; /* the first: enum ledger_violation */
    const char *violation_name;
    int violation_site;
    void *violation_stack[LEDGER_FRAMES];
    struct holding holding;
    bool recovered; /* after the fault was gone, the scenario succeeded in the same process */
};

/* What is held now. */
void holding_take(struct holding *out);
/* What the second has beyond the first: of that, what is a root, if anything is. What belongs to
   something that was left behind is no cause of its own. */
void holding_beyond(const struct holding *base, const struct holding *now, struct holding *out);
uint64_t holding_count(const struct holding *h);

#endif
