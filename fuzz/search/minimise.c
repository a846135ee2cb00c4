/* SPDX-License-Identifier: Apache-2.0 */
#include "minimise.h"

#include <string.h>

struct minimising {
    struct program *program;
    struct run_report *report; /* of the smallest program so far */
    enum verdict verdict;
};

/* Keeps the trial if it has the same finding. */
static bool keep(struct minimising *m, const struct program *trial)
{
    static struct run_report r;
    run_program_twice(trial, NULL, &r);
    if (!r.finding || r.verdict != m->verdict)
        return false;
    *m->program = *trial;
    *m->report = r;
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

bool minimise(struct program *p, struct run_report *report)
{
    struct minimising m = {.program = p, .report = report};
    if (run_program_twice(p, NULL, report))
        return false;
    m.verdict = report->verdict;
    for (bool smaller = true; smaller;) {
        smaller = drop_calls(&m);
        smaller |= drop_faults(&m);
        smaller |= plain_world(&m);
    }
    return true;
}
