/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults of `rundown preload` as text: "POINT KIND at N SHAPE". A class in place of the point means
 * its calls wherever they are.
 */
#ifndef FUZZ_RUNDOWN_PRELOAD_FAULT_H
#define FUZZ_RUNDOWN_PRELOAD_FAULT_H

#include "preload_judge.h"

enum { PRELOAD_FAULT_TEXT = PRELOAD_NAME + 96 };

/* At the nth call of its class. */
struct preload_fault preload_fault_of(const struct fault *f);
/* The fault that a text says. NULL, or why it says none. */
const char *preload_fault_read(const struct preload_watched *w, const char *text,
                               struct preload_fault *out);
/* The name of the point of the nth call of the class in the run without faults, "the end" if there
   are fewer. *at: that call's number at the point, if it is not NULL. */
const char *preload_fault_point(const struct preload_watched *w, uint16_t class, uint32_t nth,
                                uint32_t *at);
/* `point`: NULL for its class. */
void preload_fault_write(const struct fault *f, const char *point, uint32_t nth,
                         char out[PRELOAD_FAULT_TEXT]);

#endif
