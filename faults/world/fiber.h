/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A second stack in the same thread, and the switches between it and whoever runs it. Sanitizers
 * are told of each switch.
 */
#ifndef FAULTS_FIBER_H
#define FAULTS_FIBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

typedef void fiber_entry(void *context);

struct fiber {
    uint64_t *words; /* the stack from its lowest address; NULL until fiber_map() */
    size_t bytes;
    bool runs; /* started, and not at its end */
    /* The rest is fiber.c's. */
    fiber_entry *entry;
    void *context;
    struct fiber_place {
        ucontext_t registers;
        volatile bool comes_back;
        void *fiber, *kept; /* a sanitizer's */
    } here, caller;
    const void *caller_base;
    size_t caller_bytes;
};

/* A stack with a guard page at its end, for the rest of the process; aborts if there is no memory
   for it. */
void fiber_map(struct fiber *f);
/* Runs the function on the stack until it ends or yields. */
void fiber_start(struct fiber *f, fiber_entry *entry, void *context);
/* From the function, or what it calls: back to whoever started or resumed it. */
void fiber_yield(struct fiber *f);
/* Lets it go on where it yielded, until it ends or yields again. */
void fiber_resume(struct fiber *f);

#endif
