/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stable names of fault points: CLASS@FUNCTION#N, e.g. mem.alloc@context_open#1: the class, the
 * source function that makes the call, and which call of that class in it. They are the same in
 * every flavour and survive a rebuild and edits elsewhere. On the wire the place is interface and
 * operation: rpc.reply@backup.Read#1.
 */
#ifndef FAULTS_SITE_H
#define FAULTS_SITE_H

#include "fault.h"
#include "faults/seam/site_table.h"

#include <stddef.h>

enum { SITES_MAX = 1024 };

uint16_t site_count(void);
/* The full name; valid until the process ends. */
const char *site_name(unsigned index);
enum fault_class site_class(unsigned index);
/* A hash of the name, for encodings that have 16 bits for it; never 0, and different for
   each fault point. */
uint16_t site_hash(unsigned index);

/* Whether each reference of the target to a wrapped function has an entry of its own, which notes
   its fault point; and which was noted last, -1: none. Both are asked at each acquisition. */
static inline bool site_has_entries(void)
{
    return &site_table_entered != NULL;
}
static inline int site_entered(void)
{
    return site_has_entries() ? site_table_entered : -1;
}
/* The functions that the target calls and the world passes through although they could fail, one by
   one; NULL: there are no more. Known of archives alone. */
const char *site_unseen(unsigned index);
/* Whether it has a function of that name. */
bool site_has_function(const char *name);
/* Whether a call from the target into the world returns to this address. */
bool site_is_call(const void *address);
/* The fault point of a call by its return address; -1: not a fault point, or not in the target. */
int site_of_address(const void *caller);
/* The same for a call that must be a fault point: if it has no name the process ends, unless it is
   linked without a target. */
int site_of_crossing(enum fault_class class, const void *caller);
/* By its full name; -1: there is no such fault point. */
int site_find(const char *name, size_t length);
/* Any 16 bits select a fault point of the class: the one with that hash, or the next; -1: the class
   has no fault points. */
int site_nearest(uint16_t hash, enum fault_class class);

/* Adds a fault point that is not a call in the target; `place` is the part of its name between @
   and #1. Returns the index; aborts if there is no room. */
int site_add_named(enum fault_class class, const char *place);
/* Adds one of the class at the place of each of the other class. */
void site_add_beside(enum fault_class class, enum fault_class of);

#endif
