/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sweep of the wire: each PDU of recorded conversations x each field x boundary values, and
 * each PDU dropped, repeated, reordered, inserted, sent byte by byte, or with an auth trailer.
 * Whole requests and those in two and three fragments, over both transports.
 */
#ifndef FUZZ_FIELD_SWEEP_H
#define FUZZ_FIELD_SWEEP_H

#include "faults/sweep/sweep.h"
#include "fuzz/peer/fields.h"
#include "fuzz/run/report.h"

enum { FIELD_CELLS_MOST = 512 };

/* Runs with one field of one type of PDU at one place changed, by class of value. */
struct field_cell {
    bool to_server;
    char type[20];              /* "request" */
    char position[12];          /* "whole", "first", "middle", "last" fragment */
    char field[28];             /* its name; "(dropped)" and the like: what was done to the PDU */
    uint64_t runs[PEER_VALUES]; /* the latter: in the first */
};

struct field_totals {
    uint64_t conversations, pdus, runs, findings;
    unsigned cell_count;
    struct field_cell cells[FIELD_CELLS_MOST];
};

/* A run: the change in words, and the input of the driver that shows it. Borrowed. */
struct field_run {
    uint64_t number; /* among those of its driver */
    const char *driver, *change;
    const uint8_t *input;
    size_t n;
    const struct program *program; /* that the client ran; NULL: it was the server's */
};
struct field_watch {
    /* Before each run; false: it is not to be made. */
    bool (*begin)(const struct field_run *run, void *context);
    /* It has a finding. */
    void (*found)(const struct run_report *r, const struct field_run *run, void *context);
    void *context;
    bool pairs; /* change two fields at once, too: those that peer_field_binds() */
};
/* The name of the cells of these runs; they count by the value of the first field. */
#define FIELD_PAIR "(two fields)"

/* Adds to *totals; `part`: of the runs. */
void field_sweep_server(struct sweep_part part, struct field_totals *totals,
                        const struct field_watch *watch);

/* The same of the PDUs that the server sends to the client's programs. */
void field_sweep_client(struct sweep_part part, struct field_totals *totals,
                        const struct field_watch *watch);

/* The cell of that name, made if there is none. */
struct field_cell *field_cell(struct field_totals *t, bool to_server, const char *type,
                              const char *position, const char *field);
void field_totals_add(struct field_totals *into, const struct field_totals *from);

#endif
