/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints a sweep's results for each fault point as a table, and stores them as text between runs.
 */
#ifndef FUZZ_SWEEP_TABLE_H
#define FUZZ_SWEEP_TABLE_H

#include "sweep.h"

void sweep_add(struct sweep_totals *to, const struct sweep_totals *from);

/* Saves one finished unit of work: its key and its results. It is appended in one write,
   so that several processes can use the file; an incomplete block is ignored when it is
   read. False: *why. */
bool sweep_state_append(const char *path, uint64_t key, const struct sweep_totals *t,
                        const char **why);
/* Adds the blocks whose key is wanted, each once. False: the file exists but cannot be read, or is
   not the state of a sweep: *why. */
typedef bool sweep_wants(uint64_t key, void *context);
bool sweep_state_read(const char *path, sweep_wants *wants, void *context, struct sweep_totals *to,
                      const char **why);

/* What is wrong with what was seen of a fault point; NULL: nothing. `reason`: why it may stay
   unreached, or NULL; `strict`: an unreached one needs one. */
const char *sweep_complaint(const struct sweep_site *s, const char *reason, bool strict);

/* Prints every fault point with its results. `reasons`: a file of "POINT reason" lines for fault
   points that may stay unreached, or NULL. Returns how many fault points are wrong: fired and not
   handled; and, with `reasons`, unreached without a reason, or reached although listed. */
unsigned sweep_print(const struct sweep_totals *t, const char *reasons, FILE *out);

#endif
