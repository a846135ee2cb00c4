/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds the model's state back to the engine as if it were an edge of the target: a program that
 * reaches a new state of sessions is kept even if it runs no new code.
 */
#ifndef FUZZ_FEEDBACK_H
#define FUZZ_FEEDBACK_H

#include <stdint.h>

/* Any number; does nothing without an engine. */
void feedback_state(uint32_t state);

#endif
