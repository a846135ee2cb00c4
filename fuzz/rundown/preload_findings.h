/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sweep of `rundown preload` has found: one finding for each verdict and fault point.
 */
#ifndef FUZZ_RUNDOWN_PRELOAD_FINDINGS_H
#define FUZZ_RUNDOWN_PRELOAD_FINDINGS_H

#include "faults/fault/fault.h"
#include "preload_run.h"

#include <jansson.h>

/* Notes that the program has shown it; the first of a finding is printed, with the command that
   shows it again. `point`: the name of the fault's; both texts are copied. */
void preload_findings_add(const struct preload_program *p, const char *verdict, const char *point,
                          const struct fault *f);
uint64_t preload_findings_seen(void);
/* How many are distinct. */
unsigned preload_findings_count(void);
/* [{"verdict", "point", "fault", "seen", "again"}] */
json_t *preload_findings_json(void);

#endif
