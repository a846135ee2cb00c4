/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In what an implementation differs from docs/contract.md: which functions it has, which answers
 * are others, which rows are off, and what of it cannot be seen. Model and judges read it; that of
 * the reference is empty. What is left out because of it is counted, in all processes together.
 *
 * The text (docs/your-implementation.md):
 *
 *     open-file.twice -> hrInvalidHandle   # another failure than that of the row
 *     handle.unique off                    # whatever it answers is right
 *     DsRestorePrepareA off                # a function or an event that it does not have
 */
#ifndef FUZZ_MODEL_PROFILE_H
#define FUZZ_MODEL_PROFILE_H

#include "contract.h"
#include "fuzz/program/program.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What the suite asks of an implementation beyond its functions. */
enum profile_part {
    PROFILE_MODEL,         /* the service is known, so each answer is */
    PROFILE_HONESTY,       /* and arrives as it was sent */
    PROFILE_CLIENT_COUNTS, /* what the client holds can be asked */
    PROFILE_SERVER_COUNTS, /* what the service holds */
    PROFILE_TCP,           /* the service listens at a port, too */
    PROFILE_PARTS
};

/* Adds the lines of the text. False: one of them is wrong; `why` says which, and what. */
bool profile_read(const char *text, char *why, size_t capacity);
/* It has no such function or event: an index of api_functions. */
void profile_lacks(unsigned function);
void profile_goes_without(enum profile_part part);

/* Asked several times for each call; almost always of an empty profile. */
extern bool profile_differs; /* in anything */
bool profile_has_by_list(enum profile_part part);
bool profile_is_off_by_list(enum contract_rule rule);
static inline bool profile_is_empty(void)
{
    return !profile_differs;
}
static inline bool profile_has(enum profile_part part)
{
    return profile_is_empty() || profile_has_by_list(part);
}
/* Whether a row does not hold. */
static inline bool profile_is_off(enum contract_rule rule)
{
    return !profile_is_empty() && profile_is_off_by_list(rule);
}
/* The failure of that row in this implementation. */
int32_t profile_code(enum contract_rule rule, int32_t code);

/* The program as this implementation can run it: what it lacks as A or W is called in the other
   form. NULL: it cannot, and is counted. The result is valid until the next call. */
const struct program *profile_fit(const struct program *p);
/* From a call that this row decides the model of a program goes blind, and a program ends before a
   call that this row is off for: counted. */
void profile_count_blind(enum contract_rule rule);
void profile_count_cut(enum contract_rule rule);

/* What differs, and how often that left something out; nothing for an empty profile, or before the
   first program. */
void profile_print(FILE *out);

#endif
