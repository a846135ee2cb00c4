/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shows the progress of a long file: one line on standard error, rewritten in place on a terminal,
 * a new one now and then elsewhere. A file that is done quickly shows nothing on a terminal.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct progress {
    const char *verb, *name; /* borrowed; "reading", "ntds.dit" */
    uint64_t total, done;    /* bytes */
    struct timespec start, shown;
    bool enabled, terminal, dirty;
};

void progress_start(struct progress *p, bool enabled, const char *verb, const char *name,
                    uint64_t total);
void progress_add(struct progress *p, uint64_t bytes);
/* To be called after a failure as well: leaves the cursor on a line of its own. */
void progress_end(struct progress *p);

#endif
