/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sweep and enumerate say to machines. docs/report.md has the formats.
 */
#ifndef FUZZ_SEARCH_JSON_H
#define FUZZ_SEARCH_JSON_H

#include "faults/sweep/sweep.h"
#include "unreached.h"

#include <jansson.h>

/* {"format", "version": 1, "commit", "date", "flavour"}, and "profile" if it is not empty, to which
   the caller adds. */
json_t *search_json_head(const char *format);
/* The sums: {"programs", "points", "runs", "fired", "findings", "unnamed"}. */
json_t *search_json_totals(const struct sweep_totals *t);
/* A row for each fault point. `strict`: an unreached one needs a reason. */
json_t *search_json_points(const struct sweep_totals *t, const struct unreached *reasons,
                           bool strict);

#endif
