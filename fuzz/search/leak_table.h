/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Leaks alone: what the ledger holds after programs, alone and with every fault, and what grows
 * when they are repeated; a row for each, whatever else the runs showed.
 */
#ifndef FUZZ_LEAK_TABLE_H
#define FUZZ_LEAK_TABLE_H

#include "fuzz/program/program.h"
#include "fuzz/run/timeline.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct leak_row {
    struct finding_held held; /* the first one seen; not where the table comes from others */
    char origin[256];         /* the first program */
    size_t order;             /* its number */
    char fault[96];           /* the fault that it needs; "" : it needs none */
    uint64_t seen;            /* runs */
};
struct growth_row {
    struct growth growth;
    unsigned repetitions;
    char origin[256];
    size_t order;
};

enum { LEAK_ROWS = 64 };
/* Without pointers that matter only to one process: can be shared. */
struct leak_table {
    unsigned leak_count, growth_count;
    uint64_t programs, runs;
    struct leak_row leaks[LEAK_ROWS];
    struct growth_row growths[LEAK_ROWS];
};

/* Runs a program, number `order` of many: alone, with each fault if `sweep`, and 1 and 2 times
 * `repetitions` (0: not). */
void leak_table_look(struct leak_table *t, const struct program *p, const char *origin,
                     size_t order, bool sweep, unsigned repetitions);
/* Adds the rows of another process: of equal ones the program with the lower number stays. */
void leak_table_add(struct leak_table *t, const struct leak_table *more);
void leak_table_print(const struct leak_table *t, FILE *out, bool colour);
/* "leaks" and "growth" of the object. */
void leak_table_json(const struct leak_table *t, json_t *object);

#endif
