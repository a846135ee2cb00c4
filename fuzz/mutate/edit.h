/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the mutator's operators: finding a place where a change makes a difference, and making
 * useful calls and faults.
 */
#ifndef FUZZ_MUTATE_EDIT_H
#define FUZZ_MUTATE_EDIT_H

#include "mutate.h"

/* A program that an operator changes; it has at least one call, unless stated otherwise. */
struct edit {
    struct program *p;
    struct mutate_random *r;
    size_t max_calls;
};

#define mutate_pick(r, table) (table)[mutate_below(r, sizeof(table) / sizeof *(table))]
bool edit_one_in(struct edit *e, uint32_t n);

/* Sets of parameters. */
#define KIND(k) (1u << (k))
enum {
    KINDS_TEXT = KIND(PARAMETER_SERVER) | KIND(PARAMETER_FILE) | KIND(PARAMETER_PATHS) |
                 KIND(PARAMETER_IDENTITY),
    KINDS_OUT =
        KIND(PARAMETER_HANDLE_OUT) | KIND(PARAMETER_BUFFER_OUT) | KIND(PARAMETER_POINTER_OUT),
};
/* How many parameters of these kinds the call has. */
uint32_t edit_count_parameters(const struct call *c, unsigned kinds);
/* A call with such a parameter; NULL: there is none (nor any call). */
struct call *edit_find_with(struct edit *e, unsigned kinds);
/* One of the program's faults; NULL: it has none. */
struct fault_clause *edit_find_fault(struct edit *e);
size_t edit_pick_place(struct edit *e);
struct call *edit_pick_call(struct edit *e);
/* A variable that some call of the program writes, or sometimes any; the program may
   have no call. */
uint8_t edit_pick_handle(struct edit *e);
uint8_t edit_pick_buffer(struct edit *e);

/* A few functions make and use sessions, so these are chosen more often. */
uint8_t edit_pick_function(struct edit *e);
/* One of the functions of this shape: A or W. */
uint8_t edit_pick_of_shape(struct edit *e, enum api_shape shape);
/* A call as an author would write it: on what other calls return, with legal numbers. */
struct call edit_make_call(struct edit *e, uint8_t function);

struct fault_clause edit_make_fault(struct edit *e);
uint8_t edit_pick_kind(struct edit *e, uint8_t class_plus_one);
uint16_t edit_pick_site(struct edit *e);
uint16_t edit_pick_nth(struct edit *e);

#endif
