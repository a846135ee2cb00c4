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

enum { SITES_MAX = 1024 };

uint16_t site_count(void);
/* The name in full; valid for ever. */
const char *site_name(unsigned index);
enum fault_class site_class(unsigned index);
/* 16 bits that stand for the name where there is no room for it; never 0, no two alike. */
uint16_t site_hash(unsigned index);

/* Whether a call from the target into the world returns to this address. */
bool site_is_call(const void *address);
/* The fault point of a call by its return address; -1: it is none, or not of the target. */
int site_of_address(const void *caller);
/* The same for a call that is a fault point: one without a name ends the program, unless it has no
   target. */
int site_of_crossing(enum fault_class class, const void *caller);
/* By its name in full; -1: there is none. */
int site_find(const char *name, size_t length);
/* Any 16 bits pick a fault point of the class: the one with that hash, or the next; -1: the class
   has none. */
int site_nearest(uint16_t hash, enum fault_class class);

/* A fault point that is no call in the target; `place`: what stands between @ and #1. Returns the
   index; aborts if there is no room. */
int site_add_named(enum fault_class class, const char *place);

#endif
