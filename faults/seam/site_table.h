/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fault points of the target that a program is linked with, as seam/name_points.py finds them.
 * Weak: a program without a target has none.
 */
#ifndef FAULTS_SITE_TABLE_H
#define FAULTS_SITE_TABLE_H

#include <stdint.h>

/* A call of a wrapped function. */
struct site_address {
    const char *address; /* where it returns to; NULL: the linker dropped it */
    int name;            /* index of its name; -1: not a fault point */
};

#define WEAK __attribute__((weak))
extern const char *const site_table_names[] WEAK;
extern const unsigned site_table_name_count WEAK;
extern struct site_address site_table_addresses[] WEAK; /* site.c sorts them */
extern const unsigned site_table_address_count WEAK;

/* The name of the fault point that was entered last, where each reference to a wrapped function
   leads to an entry of its own; NULL where points are told by their addresses. */
extern int site_table_entered WEAK;
/* The names of the target's functions, in order. */
extern const char *const site_table_functions[] WEAK;
extern const unsigned site_table_function_count WEAK;
/* What the target calls and the world passes through although it could fail (unseen.txt); NULL
   ends. */
extern const char *const site_table_unseen[] WEAK;

/* First and last byte of the target's code, where the linker leaves it in one piece. */
extern const char rundown_target_start[] WEAK, rundown_target_end[] WEAK;
/* The same of its variables: those with an initial value, and the others. */
extern const char rundown_target_data_start[] WEAK, rundown_target_data_end[] WEAK;
extern const char rundown_target_bss_start[] WEAK, rundown_target_bss_end[] WEAK;

#endif
