/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work for several processes, none of which outlives the one that started them: not when it is
 * interrupted, nor when it is killed.
 */
#ifndef FUZZ_JOBS_H
#define FUZZ_JOBS_H

#include <stdbool.h>

enum { JOBS_MOST = 64 };

/* As many as there are cores. */
unsigned jobs_default(void);

/* From now on SIGINT and SIGTERM end this process, and the jobs that it has started, with exit code
   130 or 143 and a line on standard error: what was interrupted has no result. */
void jobs_watch_signals(const char *program);

/* Runs `work` in `jobs` processes and returns how many of them failed or died. `until_first`: the
   first one that fails stops the others. What they share is the caller's. */
typedef int job_work(unsigned job);
unsigned jobs_run(unsigned jobs, job_work *work, bool until_first);

#endif
