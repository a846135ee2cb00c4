/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distributes work over several processes. None of them outlives the process that started them,
 * even when that is interrupted or killed.
 */
#ifndef FAULTS_JOBS_H
#define FAULTS_JOBS_H

#include <stdbool.h>
#include <sys/types.h>

enum { JOBS_MOST = 64 };

/* As many as there are cores. */
unsigned jobs_default(void);

/* From now on SIGINT and SIGTERM end this process, and the jobs that it has started, with exit code
   130 or 143 and a line on standard error: an interrupted command has no result. */
void jobs_watch_signals(const char *program);

/* In a process that has just been forked: it is killed when `parent`, which forked it, ends. */
void jobs_end_with(pid_t parent);

/* Runs `work` in `jobs` processes and returns how many of them failed or died. `until_first`: the
   first one that fails stops the others. Shared memory is the caller's business. */
typedef int job_work(unsigned job);
unsigned jobs_run(unsigned jobs, job_work *work, bool until_first);

#endif
