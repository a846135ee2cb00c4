/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sweep of `rundown preload` has found: prints and saves one finding for each signature.
 */
#ifndef FUZZ_RUNDOWN_PRELOAD_FINDINGS_H
#define FUZZ_RUNDOWN_PRELOAD_FINDINGS_H

#include "preload_judge.h"

#include <jansson.h>

/* False: nothing can be saved there; the reason is on stderr. */
bool preload_findings_open(const char *directory);
/* A run of the sweep has come to that with this fault. */
void preload_findings_add(const struct preload_watched *w, const struct preload_judged *j,
                          const struct fault *f);
uint64_t preload_findings_seen(void);
/* How many are distinct. */
unsigned preload_findings_count(void);
/* After the sweep: a line for each, how often it was seen. False: one could not be saved. */
bool preload_findings_end(void);
/* [{"signature", "verdict", "message", "point", "fault", "seen", "again"}] */
json_t *preload_findings_json(void);

#endif
