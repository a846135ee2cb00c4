/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finding as it is told: everything that a report says of it, gathered once from the run, for the
 * text and for report.json (finding_json.h). docs/findings.md shows both.
 *
 *     struct finding *f = finding_gather(p, &report, NULL);
 *     finding_comes_from(f, "run", path);
 *     finding_write_json(f, out);
 *     finding_destroy(f);
 */
#ifndef FUZZ_FINDING_H
#define FUZZ_FINDING_H

#include "fuzz/program/program.h"
#include "fuzz/run/report.h"
#include "fuzz/run/signature.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    FINDING_FRAMES = 16,
    FINDING_FAULTS = 16,
    FINDING_HELD = 32,
    FINDING_CODES = 16,
    FINDING_CODE_BYTES = 48,
    FINDING_RULES = 2,
};

/* A place in the target: its source function, the file relative to the source tree, the line. */
struct finding_frame {
    char function[64], file[96];
    unsigned line;
};
/* The target's part of a stack, innermost first; where functions were inlined, all of them. */
struct finding_stack {
    unsigned count;
    struct finding_frame frames[FINDING_FRAMES];
};

/* A number of a call of the program, from 1; or one of these. */
enum { FINDING_CALL_SET_UP = 0, FINDING_CALL_CLEAN_UP = -1 };

/* A fault that fired. */
struct finding_fault {
    char point[96]; /* the fault point; "" : it has no name */
    const char *class, *kind, *side;
    int call;
    struct finding_stack stack;
};

/* A resource that nobody has released. */
struct finding_held {
    const char *kind, *side;
    uint64_t bytes;
    char point[96];      /* by which it was acquired; "" : it has no name */
    bool is_lock;        /* a mutex that is still locked */
    bool is_root;        /* no other held resource points to it: a leak of its own */
    int call;            /* that acquired it */
    const char *api;     /* the function of that call; NULL: it was the set-up or the clean-up */
    bool api_failed;     /* that call returned a failure */
    const char *release; /* the function that should have released it, or "service stop" */
    struct finding_stack stack;
};

/* Where it was found; the caller knows more of it than the run. */
struct finding_found {
    const char *by;      /* sweep, enumerate, run, ...; NULL: unknown */
    const char *flavour; /* of this program */
    const char *commit; /* of the source tree that this program was built in; NULL: there is none */
    char date[24];      /* "2026-01-31T12:00:00Z" */
    bool has_seed;
    uint64_t seed;
    uint64_t seen;      /* times */
    const char *origin; /* the program that it was found by; NULL: it was made up */
};

struct finding {
    enum verdict verdict;
    char signature[SIGNATURE_BYTES];
    struct signatures signatures; /* all that the run shows */
    char message[512];
    const char *driver;
    int call;             /* that it was found at, from 1; 0: after the last one */
    const char *function; /* of that call; NULL */
    char other[64];       /* the same where another thread made it; else empty */
    /* Codes that the call may return: the one without a fault, then those that the faults allow. */
    unsigned expected_count, without_fault;
    char expected[FINDING_CODES][FINDING_CODE_BYTES];
    char got[FINDING_CODE_BYTES]; /* what it returned; "" where a code is not the matter */
    unsigned rule_count;
    enum contract_rule rules[FINDING_RULES]; /* broken; rows of docs/contract.md */
    unsigned fault_count;                    /* the first ones ... */
    uint32_t faults_fired;                   /* ... of these */
    struct finding_fault faults[FINDING_FAULTS];
    unsigned held_count;
    uint32_t held_in_all;
    struct finding_held held[FINDING_HELD];
    struct finding_stack stack; /* of a crash or of a wrong release */
    char blamed[160];           /* what happened there */
    struct finding_frame location;
    bool has_location;
    const struct program *ran;       /* borrowed; NULL: no program */
    const struct run_report *report; /* borrowed */
    char *program;                   /* its text, ended by NUL */
    char reproduce[1024];            /* a command; "" : there is none */
    struct finding_found found;
};

/* Of the run that has just ended, or is about to die; `p` and `r` must outlive it. `p`: NULL if no
   program was run; then `program` is empty, and the caller may put another text (from malloc())
   there. `signature`: which of those that the run shows; NULL: the first. Not NULL: aborts when out
   of memory. */
struct finding *finding_gather(const struct program *p, const struct run_report *r,
                               const char *signature);
/* Who found it, and the file that shows it again, or NULL: sets found.by, found.origin and
 * `reproduce`. Both are borrowed. */
void finding_comes_from(struct finding *f, const char *by, const char *path);
void finding_destroy(struct finding *f);

/* "context_open (target/client/context.c:26)" ... of return addresses, NULL ends. */
void finding_stack_of(void *const *addresses, unsigned most, struct finding_stack *out);

#endif
