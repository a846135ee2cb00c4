/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bounded-exhaustive search: every program of up to k calls over an alphabet, each alone and with
 * every single fault at every point of its last call; what a fault leaves behind is gone on from,
 * too. Breadth first, so that the first program that shows something is a shortest one.
 *
 * The alphabet is itself a program: each of its calls is a letter. To the first letter of each
 * function that takes a handle belong letters that pass what is no such handle instead (stale,
 * NULL, -1, forged in each field, never issued, a pointer, a raw number, the other kind).
 *
 * Pruned, each with what it may lose:
 *   - Of programs that lead to the same state the first one alone is gone on from. The state: the
 *     model's, what each variable holds, and how many things the ledger holds on each side. A
 * target that remembers more than that may behave differently after another program.
 *   - After a fault, the same for each site, class of fault, and letter that it hit or, further on,
 *     class and letter.
 *   - A letter that names a variable which nothing was assigned to is left out (it is the one with
 *     NULL), and so is a second handle of a kind while there is no first (it would be the first).
 */
#ifndef FUZZ_ENUMERATE_H
#define FUZZ_ENUMERATE_H

#include "fuzz/program/program.h"
#include "sweep.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ENUMERATE_MOST_CALLS = 6, ENUMERATE_MOST_LETTERS = 1024 };

struct enumerate_alphabet {
    struct program_world world;
    size_t letters; /* all */
    size_t given;   /* those of the text; the others pass what is no handle */
    struct call calls[ENUMERATE_MOST_LETTERS];
    /* What the text calls the variables. */
    char handle_names[PROGRAM_VARIABLES][PROGRAM_NAME_BYTES];
    char buffer_names[PROGRAM_VARIABLES][PROGRAM_NAME_BYTES];
};
/* False: too many letters. */
bool enumerate_make_alphabet(const struct program *text, struct enumerate_alphabet *out);

/* A state to go on from: a shortest program that leads there. */
struct enumerate_node {
    uint64_t key;              /* equal: the same state */
    uint64_t order;            /* among those found at its depth: the lowest is kept */
    uint32_t handles, buffers; /* masks of the variables that were assigned */
    uint16_t letters[ENUMERATE_MOST_CALLS];
    uint8_t depth;      /* calls */
    uint8_t fault_call; /* whose fault it is, if there is one */
    struct fault_clause fault;
};

/* What a process collects. The same states may be in it several times. */
struct enumerate_found {
    struct enumerate_node *nodes;
    size_t count, capacity;
    bool overflow; /* a finding of its own: nothing is left out in silence */
};

struct enumerate_counts {
    uint64_t programs; /* without regard to faults */
    struct sweep_totals totals;
};

/* Whether the state is known already: then it is not collected. */
typedef bool enumerate_known(uint64_t key);

/* Runs every letter after the node's program; `index`: the node's, among those of its depth. The
   states that are new go to *next (NULL: none is wanted). `faults`: every letter with every fault,
   unless there was one; and the node's own clean-up. */
void enumerate_expand(const struct enumerate_alphabet *a, const struct enumerate_node *n,
                      uint64_t index, bool faults, enumerate_known *known,
                      struct enumerate_found *next, struct enumerate_counts *counts,
                      sweep_found *found);

#endif
