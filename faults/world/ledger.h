/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who holds what: memory, descriptors, mappings, mutexes, locks. Each acquisition and release that
 * crosses the seam is entered; what is left, and what was released wrongly, can be asked at any
 * time. Exact: both ends of each kind are wrapped. Allocates nothing. For one thread, as the world
 * is.
 */
#ifndef FAULTS_LEDGER_H
#define FAULTS_LEDGER_H

#include "world.h"

#include <stddef.h>
#include <stdio.h>

enum ledger_kind {
    LEDGER_MEMORY,     /* id: address */
    LEDGER_DESCRIPTOR, /* id: number */
    LEDGER_MAPPING,    /* id: address */
    LEDGER_DIRECTORY,  /* id: address of the DIR */
    LEDGER_ADDRESSES,  /* id: address of the addrinfo list */
    LEDGER_MUTEX,      /* id: address; from init to destroy */
    LEDGER_KINDS
};

enum ledger_violation {
    LEDGER_DOUBLE_RELEASE,
    LEDGER_NEVER_ACQUIRED,
    LEDGER_USE_AFTER_RELEASE,
    LEDGER_WAIT_WITHOUT_END,
    LEDGER_SECRET_RELEASED,
    LEDGER_WRITTEN_BEYOND, /* its end, as seen when it is released */
    LEDGER_OVERFLOW,
    LEDGER_LOCKED_TWICE,
    LEDGER_UNLOCKED_FREE,
    LEDGER_DESTROYED_LOCKED,
    LEDGER_VIOLATIONS
};

struct ledger_summary {
    uint32_t outstanding[WORLD_SIDES]; /* things held */
    uint64_t bytes[WORLD_SIDES];       /* memory among them */
    uint32_t locks;                    /* held now: not to be kept when a call has come back */
    uint32_t violations;
};

struct ledger_summary ledger_summary(void);
/* Of the violations (the first 16 are kept): which one, its name, and what exactly. */
enum ledger_violation ledger_violation(uint32_t index);
const char *ledger_violation_name(uint32_t index);
const char *ledger_violation_text(uint32_t index);
/* Everything that is held, with holder, acquiring call and symbolised stack, and all violations. */
void ledger_print(FILE *out);

/* For the wrappers. Release returns false, with a violation entered, for what is not held. */
void ledger_acquire(enum ledger_kind kind, uint64_t id, size_t bytes);
bool ledger_release(enum ledger_kind kind, uint64_t id);
/* Bytes of something held, 0 if it is not. */
size_t ledger_size(enum ledger_kind kind, uint64_t id);
void ledger_violate(enum ledger_violation v, enum ledger_kind kind, uint64_t id);

/* Bytes that must not be in memory when it is released: a password. Borrowed; NULL: none. */
void ledger_watch_secret(const void *bytes, size_t n);
bool ledger_watches_secret(void);
/* Whether a block that is about to be released holds the secret; enters the violation. */
void ledger_check_secret(const void *block, size_t n);

#endif
