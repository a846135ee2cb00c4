/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds leaks and wrong releases of memory, descriptors, mappings, mutexes and locks. Each
 * acquisition and each release by the target is entered; resources still held, and violations, can
 * be queried at any time. Exact: both ends of each kind are wrapped. Allocates nothing.
 * Single-threaded, like the world.
 */
#ifndef FAULTS_LEDGER_H
#define FAULTS_LEDGER_H

#include "world.h"

#include <stddef.h>
#include <stdio.h>

enum ledger_kind {
    LEDGER_MEMORY,     /* id: address */
    LEDGER_DESCRIPTOR, /* id: number + 1 */
    LEDGER_MAPPING,    /* id: address */
    LEDGER_DIRECTORY,  /* id: address of the DIR */
    LEDGER_ADDRESSES,  /* id: address of the addrinfo list */
    LEDGER_MUTEX,      /* id: address; from init to destroy */
    LEDGER_STREAM,     /* id: address of the FILE */
    LEDGER_KINDS,
    /* Places, not resources: of violations only. */
    LEDGER_STACK = LEDGER_KINDS,
    LEDGER_STATICS,
    LEDGER_SENT,
    LEDGER_PLACES
};

enum ledger_violation {
    LEDGER_DOUBLE_RELEASE,
    LEDGER_NEVER_ACQUIRED,
    LEDGER_USE_AFTER_RELEASE,
    LEDGER_WAIT_WITHOUT_END,
    LEDGER_SECRET_RELEASED,
    LEDGER_SECRET_LEFT,    /* in memory that is held, after a call */
    LEDGER_SECRET_SENT,    /* where it must not go */
    LEDGER_UNJUSTIFIED,    /* allowance.h */
    LEDGER_WRITTEN_BEYOND, /* its end, as seen when it is released */
    LEDGER_OVERFLOW,
    LEDGER_LOCKED_TWICE,
    LEDGER_UNLOCKED_FREE,
    LEDGER_DESTROYED_LOCKED,
    LEDGER_VIOLATIONS
};

struct ledger_summary {
    uint32_t outstanding[WORLD_SIDES]; /* resources held */
    uint64_t bytes[WORLD_SIDES];       /* memory among them */
    uint32_t locks;                    /* held now; must be released before a call returns */
    uint32_t violations;
};

struct ledger_summary ledger_summary(void);
/* The violations (the first 16 are kept): which one, its name, and its details. */
enum ledger_violation ledger_violation(uint32_t index);
const char *ledger_violation_name(uint32_t index);
const char *ledger_violation_text(uint32_t index);
enum ledger_kind ledger_violation_kind(uint32_t index);
/* The fault point by which the violated resource was acquired; -1: it has none, or is unknown. */
int ledger_violation_site(uint32_t index);
/* The return address of the call in the target that is the violation. */
const void *ledger_violation_caller(uint32_t index);
/* Its stack: LEDGER_FRAMES return addresses, innermost first, the world's own among them; NULL
 * ends. */
enum { LEDGER_FRAMES = 6 };
void *const *ledger_violation_stack(uint32_t index);
const char *ledger_kind_name(enum ledger_kind kind);

/* What keeps a mapping's content from leaving memory. */
enum ledger_guard {
    LEDGER_NOT_SWAPPED = 1,
    LEDGER_NOT_DUMPED = 2,
    LEDGER_GUARDS = LEDGER_NOT_SWAPPED | LEDGER_NOT_DUMPED
};

/* A resource that is held. */
struct ledger_resource {
    enum ledger_kind kind;
    enum world_side side;
    uint64_t id;
    size_t bytes;       /* of memory, or a mapping */
    unsigned guards;    /* of a mapping: enum ledger_guard */
    uint32_t order;     /* of its acquisition: lower is earlier */
    uint32_t call;      /* that acquired it */
    int site;           /* the fault point by which it was acquired; -1: it was none */
    const void *caller; /* the return address of the call in the target that acquired it */
    void *const *stack; /* of that call, LEDGER_FRAMES as above; valid until the target goes on */
};
/* Those that are held, one after the other: `cursor` is 0 at the beginning. False: there is none
 * left. */
bool ledger_next_held(uint32_t *cursor, struct ledger_resource *out);
/* The same for locks that are taken. */
bool ledger_next_lock(uint32_t *cursor, struct ledger_resource *out);
/* Sees each acquisition and release from now on, across resets; NULL: nobody does. */
typedef void ledger_watcher(bool acquired, const struct ledger_resource *r, void *context);
void ledger_watch(ledger_watcher *watcher, void *context);
/* The stacks of acquisitions are not asked for: with an archive, whose stacks are unwound, each
   takes longer than all the rest. Those of violations are kept. */
void ledger_leave_stacks_out(void);
/* LeakSanitizer is to say nothing of what is held now: the ledger has said it. Without that
   sanitizer it does nothing. */
void ledger_has_told(void);
/* Prints everything that is held, with holder, acquiring call and symbolised stack,
   and all violations. */
void ledger_print(FILE *out);

/* For the wrappers. Release returns false, and enters a violation, for a resource that
   is not held. */
void ledger_acquire(enum ledger_kind kind, uint64_t id, size_t bytes);
bool ledger_release(enum ledger_kind kind, uint64_t id);
/* The same; *bytes is its size if it returns true. */
bool ledger_release_sized(enum ledger_kind kind, uint64_t id, size_t *bytes);
/* Says how a mapping is kept. Of what is no mapping: nothing. */
void ledger_guard(uint64_t mapping, unsigned guards);
unsigned ledger_guards_of(uint64_t mapping);
/* Size in bytes of a held resource, 0 if it is not held. */
size_t ledger_size(enum ledger_kind kind, uint64_t id);
void ledger_violate(enum ledger_violation v, enum ledger_kind kind, uint64_t id);

#endif
