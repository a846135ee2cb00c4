/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds the model's state back to the engine as if it were an edge of the target: a program that
 * brings sessions into a state that no other has is kept, though it runs no new code.
 */
#ifndef FUZZ_FEEDBACK_H
#define FUZZ_FEEDBACK_H

#include <stdint.h>

/* Any number; nothing happens where no engine listens. */
void feedback_state(uint32_t state);

#endif
