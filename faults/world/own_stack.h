/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a function on a stack of the suite's own, so that what it leaves there can be looked at: the
 * stack is filled with a pattern before, and what is no longer pattern afterwards was used. It has
 * a guard page at its end. One function at a time runs on it.
 */
#ifndef FAULTS_OWN_STACK_H
#define FAULTS_OWN_STACK_H

#include <stddef.h>

typedef void own_stack_entry(void *context);

/* Runs it to its end. The first call maps the stack; aborts if there is no memory for it. */
void own_stack_run(own_stack_entry *entry, void *context);
/* What the last run used: its lowest byte, and the number of bytes from there to the beginning of
   the stack. Valid until the next run. AddressSanitizer may hold some of it for poisoned. */
const void *own_stack_used(size_t *out_bytes);

#endif
