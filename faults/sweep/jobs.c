/* SPDX-License-Identifier: Apache-2.0 */
#include "faults/sweep/jobs.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Written with the signals blocked, read by their handler. */
static pid_t pids[JOBS_MOST];
static unsigned running;
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
        kill(pids[i], number);
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
    jobs_end_with(parent);
    sigprocmask(SIG_SETMASK, before, NULL);
    int status = work(job);
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
        pids[running++] = pid;
    else
        perror("rundown");
    sigprocmask(SIG_SETMASK, &before, NULL);
    return pid > 0;
}

/* A process that has ended must not be signalled any more: its number may be another's. */
static void forget(pid_t pid)
{
    sigset_t set = watched(), before;
    sigprocmask(SIG_BLOCK, &set, &before);
    for (unsigned i = 0; i < running; i++)
        if (pids[i] == pid)
            pids[i--] = pids[--running];
    sigprocmask(SIG_SETMASK, &before, NULL);
}

unsigned jobs_run(unsigned jobs, job_work *work, bool until_first)
{
    unsigned failed = 0;
    int status;
    fflush(NULL);
    for (unsigned job = 0; job < jobs && job < JOBS_MOST; job++)
        failed += !start_job(job, work);
    for (pid_t pid; (pid = wait(&status)) > 0;) {
        bool good = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
        forget(pid);
        failed += !good;
        if (!good && until_first)
            end_jobs(SIGKILL);
    }
    return failed;
}
