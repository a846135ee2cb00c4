/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of every resource of a run, by call: what each call acquired, what it released, and what
 * nobody did. And what grows: the same program many times in one process.
 */
#ifndef FUZZ_TIMELINE_H
#define FUZZ_TIMELINE_H

#include "fuzz/run/finding.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Runs the program once and prints, call by call, what lives longer than the call; then, for what
   is still held at the end, who acquired it and who should have released it. *r: what the run came
   to. Returns how many resources were never released. */
unsigned timeline_print(const struct program *p, struct run_report *r, FILE *out, bool colour);

/* What is held more of after 2n repetitions than after n. */
struct growth {
    char what[128];     /* the fault point that acquires it, or a kind and the function; or what the
                           library or the service counts */
    const char *side;   /* "client", "server" */
    uint64_t before[2]; /* resources (or the count) and bytes after n */
    uint64_t after[2];  /* after 2n */
    struct finding_stack stack; /* who acquired one of them; empty for a count */
};
enum { GROWTHS_MOST = 32 };
/* Repeats the program n and 2n times. Returns how many things grow by at least one each second
 * time, or by a byte each time. */
unsigned timeline_growth(const struct program *p, unsigned n, struct growth out[GROWTHS_MOST]);
void timeline_print_growth(const struct growth *g, unsigned n, FILE *out, bool colour);

#endif
