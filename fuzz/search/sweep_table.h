/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sweep has seen of each site: as a table for people, as text between runs.
 */
#ifndef FUZZ_SWEEP_TABLE_H
#define FUZZ_SWEEP_TABLE_H

#include "sweep.h"

void sweep_add(struct sweep_totals *to, const struct sweep_totals *from);

/* One unit of work that is done: its key and what it brought. The file is appended to in one
   write, so that several processes can; a torn block is ignored when it is read. False: *why. */
bool sweep_state_append(const char *path, uint64_t key, const struct sweep_totals *t,
                        const char **why);
/* Adds the blocks whose key is wanted, each once. False: the file is there but cannot be read, or
   is not the state of a sweep: *why. */
typedef bool sweep_wants(uint64_t key, void *context);
bool sweep_state_read(const char *path, sweep_wants *wants, void *context, struct sweep_totals *to,
                      const char **why);

/* Every site with what became of it. `reasons`: a file of "SITE reason" lines for sites that may
   stay unreached, or NULL. Returns how many sites are not as they should be: fired and not handled;
   and, with `reasons`, unreached without a reason, or reached though the file says otherwise. */
unsigned sweep_print(const struct sweep_totals *t, const char *reasons, FILE *out);

#endif
