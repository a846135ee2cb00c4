/* SPDX-License-Identifier: Apache-2.0 */
#include "minimise.h"

#include "faults/world/symbol.h"
#include "fuzz/run/signature.h"
#include "jobs.h"
#include "last_words.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct minimising {
    struct program *program;
    struct run_report *report; /* of the smallest program so far */
    char signature[SIGNATURE_BYTES];
};

enum { SECONDS_OF_A_TRIAL = 2 };

/* What a trial has come to: its process tells the one that minimises. */
static struct trial_end {
    struct run_report report;
    struct signatures signatures;
} * trial_end;

static volatile sig_atomic_t stopped;

void minimise_stop(void)
{
    stopped = 1;
}

_Noreturn static void be_trial(const struct program *p, pid_t parent)
{
    static struct run_report r;
    jobs_end_with(parent);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    last_words_give(&trial_end->report, SECONDS_OF_A_TRIAL);
    run_program_twice(p, NULL, &r);
    trial_end->report = r;
    if (r.finding)
        signatures_of(p, &r, &trial_end->signatures);
    _exit(EXIT_SUCCESS);
}

/* Runs the program in a process of its own, because it may crash or never end. */
static bool try(const struct program *p)
{
    int status = 0;
    memset(trial_end, 0, sizeof *trial_end);
    fflush(NULL);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        be_trial(p, parent);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    struct run_report *r = &trial_end->report;
    bool ended = pid > 0 && WIFEXITED(status);
    if (ended && r->finding && trial_end->signatures.count == 0)
        signatures_of(p, r, &trial_end->signatures);
    return ended && r->finding;
}

/* Keeps the trial if it has the same finding. */
static bool keep(struct minimising *m, const struct program *trial)
{
    if (stopped || !try(trial) || stopped || !signatures_have(&trial_end->signatures, m->signature))
        return false;
    *m->program = *trial;
    *m->report = trial_end->report;
    return true;
}

/* Removes ranges of calls, the largest first, from the end: no other call depends on
   the last ones. */
static bool drop_calls(struct minimising *m)
{
    static struct program trial;
    bool any = false;
    for (size_t n = m->program->call_count / 2 + 1; n > 0; n /= 2) {
        for (size_t end = m->program->call_count; end >= n && end > 0; end--) {
            trial = *m->program;
            memmove(&trial.calls[end - n], &trial.calls[end],
                    (trial.call_count - end) * sizeof *trial.calls);
            trial.call_count -= n;
            if (trial.call_count == 0 || !keep(m, &trial))
                continue;
            any = true;
            end = end > n ? end - n + 1 : 1;
        }
    }
    return any;
}

static bool drop_faults(struct minimising *m)
{
    static struct program trial;
    bool any = false;
    for (size_t i = 0; i < m->program->call_count; i++) {
        for (size_t f = PROGRAM_CALL_FAULTS; f-- > 0;) {
            if (m->program->calls[i].faults[f].class_plus_one == FAULT_CLAUSE_NONE)
                continue;
            trial = *m->program;
            memset(&trial.calls[i].faults[f], 0, sizeof trial.calls[i].faults[f]);
            if (keep(m, &trial)) {
                any = true;
                continue;
            }
            trial = *m->program;
            trial.calls[i].faults[f].shape = 0;
            if (m->program->calls[i].faults[f].shape != 0)
                any |= keep(m, &trial);
        }
    }
    return any;
}

static bool plain_world(struct minimising *m)
{
    static struct program trial;
    bool any = false;
    for (int part = 0; part < 4; part++) {
        trial = *m->program;
        struct program_world *w = &trial.world, before = *w;
        if (part == 0)
            w->segment = 0;
        else if (part == 1)
            w->tcp = false;
        else if (part == 2)
            w->store = 0;
        else
            w->restore_mode = false;
        bool changed = before.segment != w->segment || before.tcp != w->tcp ||
                       before.store != w->store || before.restore_mode != w->restore_mode;
        any |= changed && keep(m, &trial);
    }
    return any;
}

/* Numbers become 0. */
static bool plain_numbers(struct minimising *m)
{
    static struct program trial;
    bool any = false;
    for (size_t i = 0; i < 2 * m->program->call_count; i++) {
        trial = *m->program;
        struct call *c = &trial.calls[i / 2];
        uint32_t *number = i % 2 == 0 ? &c->number : &c->second;
        bool changed = *number != 0;
        *number = 0;
        any |= changed && keep(m, &trial);
    }
    return any;
}

bool minimise(struct program *p, struct run_report *report)
{
    return minimise_to(NULL, p, report);
}

bool minimise_to(const char *signature, struct program *p, struct run_report *report)
{
    static struct minimising m;
    m = (struct minimising){.program = p, .report = report};
    if (trial_end == NULL) {
        void *page = mmap(NULL, sizeof *trial_end, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED)
            return false;
        trial_end = page;
        symbol_source_share();
    }
    if (!try(p) || (signature != NULL && !signatures_have(&trial_end->signatures, signature)))
        return false;
    *report = trial_end->report;
    snprintf(m.signature, sizeof m.signature, "%s",
             signature != NULL ? signature : trial_end->signatures.texts[0]);
    for (bool smaller = true; smaller && !stopped;) {
        smaller = drop_calls(&m);
        smaller |= drop_faults(&m);
        smaller |= plain_world(&m);
        smaller |= plain_numbers(&m);
    }
    return true;
}
