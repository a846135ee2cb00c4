/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NAME-fuzz: what an engine makes of a program of scenarios. Each input is a run in a process of
 * its own; the archive has no counters of coverage, so what the engine gets to know is which faults
 * fired and how the run went.
 *
 * --benign=FILE as the sweep has it, in front of the engine's own options.
 */
#include "benign.h"
#include "faults/fault/site.h"
#include "faults/scenario/isolate.h"
#include "faults/scenario/server.h"
#include "faults/scenario/sweep_scenario.h"
#include "faults/world/world.h"
#include "input.h"
#include "report.h"

#include <execinfo.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 2048, WAYS = 2048 };
__attribute__((used, section("__libfuzzer_extra_counters"))) static uint8_t counters[POINTS + WAYS];

static char program[4096]; /* the one beside it, which knows how to run */
static const char *benign;
static struct input input;
static struct outcome *outcome;
static struct findings *findings;
static struct {
    struct baseline *runs; /* NULL: not asked for yet */
    bool left_out;
} bases[SCENARIOS_MOST];

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerInitialize(int *count, char ***words)
{
    static const char option[] = "--benign=";
    void *frame;
    int length = (int)strlen((*words)[0]), engine = sizeof "-fuzz" - 1;
    snprintf(program, sizeof program, "%.*s", length > engine ? length - engine : 0, (*words)[0]);
    for (int i = 1; i < *count; i++)
        if (strncmp((*words)[i], option, sizeof option - 1) == 0)
            benign = (*words)[i] + sizeof option - 1;
    backtrace(&frame, 1); /* the first call allocates */
    world_reset();
    outcome = isolate_share(sizeof *outcome);
    findings = isolate_share(sizeof *findings);
    if (!servers_start())
        exit(2);
    return 0;
}

static void run(struct outcome *out, void *context)
{
    (void)context;
    peer_change(input.edits, input.edit_count);
    isolate_try(input.scenario, &input.armed, true, out);
}

/* Its runs without a fault. NULL: something is wrong in them already, which is no finding of an
 * input. */
static const struct baseline *base_of(const struct scenario *s)
{
    unsigned i = 0;
    while (scenario_at(i) != s)
        i++;
    if (bases[i].runs == NULL) {
        bases[i].runs = isolate_share(sizeof *bases[i].runs);
        bases[i].left_out =
            !scenario_find_baseline(s, bases[i].runs, findings) || findings->count > 0;
        if (bases[i].left_out)
            printf("%s: left out, because something is wrong without a fault: see leaks\n",
                   s->name);
    }
    return bases[i].left_out ? NULL : bases[i].runs;
}

/* A peer that lies may well change what a scenario comes to. */
static void forgive(struct findings *f)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < f->count; i++) {
        enum verdict v = f->at[i].verdict;
        if (v != VERDICT_WRONG && v != VERDICT_SWALLOWED && v != VERDICT_NOT_RECOVERED)
            f->at[kept++] = f->at[i];
    }
    f->count = kept;
}

static void tell_engine(void)
{
    if (outcome->fired > 0 && outcome->fired_last >= 0)
        counters[outcome->fired_last % POINTS] = 1;
    counters[POINTS + (outcome->trace * 0x9e3779b97f4a7c15u >> 40) % WAYS] = 1;
}

static void say(void)
{
    char text[256];
    printf("scenario %s, %zu bytes of peers changed\n", input.scenario->name, input.edit_count);
    for (unsigned i = 0; i < input.armed.count; i++) {
        const struct fault *f = &input.armed.faults[i];
        struct scenario_finding x = {.fault = *f, .site = f->site_plus_one - 1, .nth = f->nth};
        fault_text(&x, text, sizeof text);
        printf("  fault: %s\n", text);
    }
    report_findings(program, findings);
    fflush(stdout);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    memset(findings, 0, sizeof *findings);
    if (!input_decode(bytes, n, &input))
        return 0;
    const struct baseline *base = base_of(input.scenario);
    if (base == NULL)
        return 0;
    const struct fault *first = &input.armed.faults[0];
    isolate_run(run, NULL, outcome);
    findings_judge(findings, &(struct judged){input.scenario, outcome, &base->kept, &input.armed,
                                              first->site_plus_one - 1, first->nth, false});
    if (input.edit_count > 0)
        forgive(findings);
    if (benign != NULL && findings->count > 0 && !benign_take_out(benign, findings, NULL))
        exit(2);
    tell_engine();
    if (findings->count > 0) {
        say();
        abort();
    }
    return 0;
}
