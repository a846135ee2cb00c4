/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distributes work over several processes. None of them outlives the process that started them,
 * even when that is interrupted or killed.
 */
#ifndef FAULTS_JOBS_H
#define FAULTS_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { JOBS_MOST = 64 };

/* As many as there are cores. */
unsigned jobs_default(void);

/* From now on SIGINT and SIGTERM end this process, and the jobs that it has started, with exit code
   130 or 143 and a line on standard error: an interrupted command has no result. */
void jobs_watch_signals(const char *program);

/* In a process that has just been forked: it is killed when `parent`, which forked it, ends. */
void jobs_end_with(pid_t parent);

/* What becomes of the others when a job fails, and of a job when its process dies, before work()
   has returned. */
enum jobs_end {
    JOBS_ALL,         /* the others go on */
    JOBS_UNTIL_FIRST, /* they are stopped */
    JOBS_AGAIN, /* one that has died is started again, up to JOBS_DEATHS times: its work() goes
                   on behind what it died of, which it finds in shared memory */
};
enum { JOBS_DEATHS = 1000, JOBS_DEATHS_OF_TIME = 10 };

/* Runs `work` in `jobs` processes and returns how many of them failed or died. Shared memory is the
   caller's business. */
typedef int job_work(unsigned job);
unsigned jobs_run(unsigned jobs, job_work *work, enum jobs_end end);
/* In a job: how often its process has died before. */
unsigned jobs_deaths(void);
/* Of a job that is about to die because it went round for many seconds: of such deaths fewer are
   borne. */
void jobs_die_of_time(void);

/* Calls `each` with the numbers below `count`, in a process that another takes the place of when an
   item kills it. False: the item failed. Returns how many failed or killed their process. One item
   alone is looked at in the calling process. `end` says whether what stands behind the first of
   these is looked at, too: JOBS_UNTIL_FIRST or JOBS_AGAIN. */
typedef bool jobs_item(size_t item, void *context);
unsigned jobs_each(size_t count, enum jobs_end end, jobs_item *each, void *context);

#endif
