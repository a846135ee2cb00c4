/* SPDX-License-Identifier: Apache-2.0 */
#include "minimise.h"

#include "minimise_bytes.h"
#include "trial.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct minimising {
    struct program *program;
    struct run_report *report; /* of the smallest program so far */
    char signature[SIGNATURE_BYTES];
    unsigned seconds; /* of one trial: of a program that does not end fewer are enough */
    struct minimise_limit limit;
};

static time_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

static volatile sig_atomic_t stopped;
static unsigned trials;
static bool late;

void minimise_stop(void)
{
    stopped = 1;
}

bool minimise_is_stopped(void)
{
    return stopped;
}

unsigned minimise_trials(void)
{
    return trials;
}

bool minimise_was_late(void)
{
    return late;
}

void minimise_begin(struct minimise_limit *limit)
{
    trials = 0;
    late = false;
    limit->until = now() + MINIMISE_SECONDS;
}

bool minimise_is_over(const struct minimise_limit *limit)
{
    late |= now() >= limit->until;
    return stopped || late;
}

/* Keeps the trial if it has the same finding. */
static bool keep(struct minimising *m, const struct program *trial)
{
    if (minimise_is_over(&m->limit))
        return false;
    trials++;
    const struct trial_end *end = trial_program(trial, m->seconds);
    if (!end->finding || stopped || !signatures_have(&end->signatures, m->signature))
        return false;
    *m->program = *trial;
    *m->report = end->report;
    return true;
}

/* Removes ranges of calls, the largest first, side by side, from the end: no other call depends on
   the last ones. So calls of which none can go take two trials each, and not one for each range. */
static bool drop_calls(struct minimising *m)
{
    static struct program trial;
    bool any = false;
    for (size_t n = m->program->call_count / 2 + 1; n > 0; n /= 2) {
        for (size_t end = m->program->call_count; end > 0; end = end > n ? end - n : 0) {
            size_t first = end > n ? end - n : 0;
            trial = *m->program;
            memmove(&trial.calls[first], &trial.calls[end],
                    (trial.call_count - end) * sizeof *trial.calls);
            trial.call_count -= end - first;
            any |= trial.call_count > 0 && keep(m, &trial);
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

/* Flags, what a reference is changed by, and which kind of reference it is. */
static bool plain_arguments(struct minimising *m)
{
    enum { FLAGS, EXTRA, HANDLE, BUFFER, ARGUMENTS };
    static struct program trial;
    bool any = false;
    for (size_t i = 0; i < ARGUMENTS * m->program->call_count; i++) {
        trial = *m->program;
        struct call *c = &trial.calls[i / ARGUMENTS];
        switch (i % ARGUMENTS) {
        case FLAGS:
            c->flags = 0;
            break;
        case EXTRA:
            c->extra = 0;
            break;
        case HANDLE:
            c->handle.kind = HANDLE_VARIABLE;
            break;
        default:
            c->buffer.kind = BUFFER_VARIABLE;
            break;
        }
        any |= !program_same(m->program, &trial) && keep(m, &trial);
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
    minimise_begin(&m.limit);
    const struct trial_end *end = trial_program(p, TRIAL_SECONDS);
    if (!end->finding || (signature != NULL && !signatures_have(&end->signatures, signature)))
        return false;
    *report = end->report;
    m.seconds = end->report.verdict == VERDICT_TIME ? 1 : TRIAL_SECONDS;
    snprintf(m.signature, sizeof m.signature, "%s",
             signature != NULL ? signature : end->signatures.texts[0]);
    for (bool smaller = true; smaller && !minimise_is_over(&m.limit);) {
        smaller = drop_calls(&m);
        smaller |= drop_faults(&m);
        smaller |= plain_world(&m);
        smaller |= plain_numbers(&m);
        smaller |= plain_arguments(&m);
    }
    return true;
}
