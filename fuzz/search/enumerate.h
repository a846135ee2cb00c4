/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bounded-exhaustive search: every program of up to k calls over an alphabet, each alone and with
 * every single fault at every fault point of its last call. States reached after a fault are
 * explored further. Breadth first, so that the first program with a finding is a shortest one.
 *
 * The alphabet is itself a program: each of its calls is a letter. For the first letter of each
 * function that takes a handle there are further letters that pass an invalid handle instead
 * (stale, NULL, -1, forged in each field, never issued, a pointer, a raw number, the other kind).
 *
 * What is pruned, and what that may miss:
 *   - Of programs that reach the same state only the first is extended. The state is the model's,
 *     the value of each variable, and the number of resources in the ledger on each side. A target
 *     that remembers more than that may behave differently after another program.
 *   - After a fault, the same for each fault point, class of fault, and letter that it hit or,
 *     further on, class and letter.
 *   - A letter that names an unassigned variable is left out (it equals the letter with NULL), and
 *     so is a second handle of a kind while there is no first (it would be the first).
 */
#ifndef FUZZ_ENUMERATE_H
#define FUZZ_ENUMERATE_H

#include "fuzz/program/program.h"
#include "state_graph.h"
#include "sweep.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ENUMERATE_MOST_CALLS = 6, ENUMERATE_MOST_LETTERS = 1024 };

struct enumerate_alphabet {
    struct program_world world;
    size_t letters; /* all */
    size_t given;   /* those of the text; the others pass an invalid handle */
    struct call calls[ENUMERATE_MOST_LETTERS];
    /* The text's names of the variables. */
    char handle_names[PROGRAM_VARIABLES][PROGRAM_NAME_BYTES];
    char buffer_names[PROGRAM_VARIABLES][PROGRAM_NAME_BYTES];
};
/* False: too many letters. */
bool enumerate_make_alphabet(const struct program *text, struct enumerate_alphabet *out);

/* A state to explore further: a shortest program that reaches it. */
struct enumerate_node {
    uint64_t key;              /* equal: the same state */
    uint64_t order;            /* among those found at its depth: the lowest is kept */
    uint32_t handles, buffers; /* masks of the variables that were assigned */
    uint16_t letters[ENUMERATE_MOST_CALLS];
    uint16_t state;     /* in the graph, if there is one */
    uint8_t depth;      /* calls */
    uint8_t fault_call; /* whose fault it is, if there is one */
    struct fault_clause fault;
};

/* The states that a process collects. A state may be in it several times. */
struct enumerate_found {
    struct enumerate_node *nodes;
    size_t count, capacity;
    bool overflow; /* a finding of its own: nothing is left out silently */
};

struct enumerate_counts {
    struct state_graph *graph; /* NULL: it is not wanted */
    uint64_t programs;         /* without regard to faults */
    struct sweep_totals totals;
};

/* Whether the state is known already: then it is not collected. */
typedef bool enumerate_known(uint64_t key);

/* A part of the work on a node, whose index is that among those of its depth: letters, `from` up to
   but not including `to`. A process takes parts in their order. */
struct enumerate_part {
    uint64_t node;
    size_t from, to;
};

/* Runs the letters after the node's program. New states go to *next (NULL: they are not wanted).
   `faults`: every letter with every fault, unless there was one; and, with the first letter, the
   node's own clean-up. For sweep_reaches() this is subject 0, and letter i is 1 + i. */
void enumerate_expand(const struct enumerate_alphabet *a, const struct enumerate_node *n,
                      struct enumerate_part part, bool faults, enumerate_known *known,
                      struct enumerate_found *next, struct enumerate_counts *counts,
                      sweep_found *found);

#endif
