/* SPDX-License-Identifier: Apache-2.0 */
#include "faults/sweep/jobs.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Written with the signals blocked, read by their handler. */
static struct running {
    pid_t pid;
    unsigned job;
} jobs_running[JOBS_MOST];
static unsigned running;
/* How each job has ended, shared; and in a job its own. */
static struct ending {
    volatile bool returned;
    volatile unsigned deaths, of_time;
} * endings, *own;
/* The handler's message; empty in a job, whose parent prints it. */
static char message[128];

unsigned jobs_default(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 && cores < JOBS_MOST ? (unsigned)cores : 1;
}

static void end_jobs(int number)
{
    for (unsigned i = 0; i < running; i++)
        kill(jobs_running[i].pid, number);
}

static void on_signal(int number)
{
    end_jobs(SIGKILL);
    while (running > 0 && wait(NULL) > 0)
        continue;
    ssize_t said = write(STDERR_FILENO, message, strlen(message));
    (void)said;
    _exit(128 + number);
}

static sigset_t watched(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

void jobs_watch_signals(const char *program)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_mask = watched()};
    snprintf(message, sizeof message, "\n%s: interrupted: there is no result\n", program);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void jobs_end_with(pid_t parent)
{
    /* The parent may have died before this request took effect. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        _exit(EXIT_FAILURE);
}

/* The first steps of a forked job. */
_Noreturn static void be_job(unsigned job, job_work *work, pid_t parent, const sigset_t *before)
{
    running = 0;
    message[0] = '\0';
    own = &endings[job];
    jobs_end_with(parent);
    sigprocmask(SIG_SETMASK, before, NULL);
    int status = work(job);
    own->returned = true;
    if (fflush(NULL) != 0) {
        perror("rundown: standard output");
        status = EXIT_FAILURE;
    }
    _exit(status);
}

static bool start_job(unsigned job, job_work *work)
{
    sigset_t set = watched(), before;
    pid_t parent = getpid();
    sigprocmask(SIG_BLOCK, &set, &before);
    pid_t pid = fork();
    if (pid == 0)
        be_job(job, work, parent, &before);
    if (pid > 0)
        jobs_running[running++] = (struct running){pid, job};
    else
        perror("rundown");
    sigprocmask(SIG_SETMASK, &before, NULL);
    return pid > 0;
}

/* A process that has ended must not be signalled any more: its number may be another's. Returns its
   job. */
static unsigned forget(pid_t pid)
{
    sigset_t set = watched(), before;
    unsigned job = JOBS_MOST;
    sigprocmask(SIG_BLOCK, &set, &before);
    for (unsigned i = 0; i < running && job == JOBS_MOST; i++) {
        if (jobs_running[i].pid != pid)
            continue;
        job = jobs_running[i].job;
        jobs_running[i] = jobs_running[--running];
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return job;
}

static bool share_endings(void)
{
    const size_t size = JOBS_MOST * sizeof *endings;
    void *pages = endings != NULL
                      ? endings
                      : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        return false;
    endings = memset(pages, 0, size);
    return true;
}

/* A job that has died, if it may. */
static bool start_again(unsigned job, job_work *work)
{
    struct ending *e = &endings[job];
    return !e->returned && e->deaths++ < JOBS_DEATHS && e->of_time < JOBS_DEATHS_OF_TIME &&
           start_job(job, work);
}

unsigned jobs_deaths(void)
{
    return own != NULL ? own->deaths : 0;
}

void jobs_die_of_time(void)
{
    if (own != NULL)
        own->of_time++;
}

unsigned jobs_run(unsigned jobs, job_work *work, enum jobs_end end)
{
    unsigned failed = 0;
    int status;
    if (!share_endings()) {
        perror("rundown");
        return jobs;
    }
    fflush(NULL);
    for (unsigned job = 0; job < jobs && job < JOBS_MOST; job++)
        failed += !start_job(job, work);
    for (pid_t pid; (pid = wait(&status)) > 0;) {
        bool good = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
        unsigned job = forget(pid);
        if (good || (end == JOBS_AGAIN && job < JOBS_MOST && start_again(job, work)))
            continue;
        failed++;
        if (end == JOBS_UNTIL_FIRST)
            end_jobs(SIGKILL);
    }
    return failed;
}
