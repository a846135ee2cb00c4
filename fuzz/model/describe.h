/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Says in a few words what state the model is in, for people who look at many states at once.
 * States that differ only in numbers (how much was read, which file is open) have the same words.
 */
#ifndef FUZZ_MODEL_DESCRIBE_H
#define FUZZ_MODEL_DESCRIBE_H

#include "model.h"

#include <stddef.h>

enum { MODEL_WORDS_BYTES = 192 };

/* "backup, logs, file open + restore, registered; interlock registered": the sessions, then what
 * the service knows beyond them. Where a fault leaves several states possible, all, with " or "
 * between. What does not fit is cut off and ends with "...". */
void model_describe(const struct model *m, char out[MODEL_WORDS_BYTES]);

#endif
