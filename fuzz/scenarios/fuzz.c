/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "benign.h"
#include "faults/fault/site.h"
#include "faults/scenario/isolate.h"
#include "faults/scenario/server.h"
#include "faults/scenario/sweep_scenario.h"
#include "input.h"
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = FUZZ_COUNTERS / 2, WAYS = FUZZ_COUNTERS - POINTS };

static char program[4096]; /* the one beside it, which knows how to run */
static const char *benign;
static struct input input;
static struct sweep_armed armed; /* of the input, as it is run */
static struct outcome *outcome;
static struct findings *findings;
static struct {
    struct baseline *runs; /* NULL: not asked for yet */
    bool left_out;
} bases[SCENARIOS_MOST];

void fuzz_start(int *count, char **words)
{
    static const char option[] = "--benign=";
    int kept = 1;
    const char *engine = strrchr(words[0], '-');
    snprintf(program, sizeof program, "%.*s", engine != NULL ? (int)(engine - words[0]) : 0,
             words[0]);
    for (int i = 1; i < *count; i++)
        if (strncmp(words[i], option, sizeof option - 1) == 0)
            benign = words[i] + sizeof option - 1;
        else
            words[kept++] = words[i];
    words[ *count = kept] = NULL;
    isolate_begin();
    outcome = isolate_share(sizeof *outcome);
    findings = isolate_share(sizeof *findings);
    if (!servers_start())
        exit(2);
}

static void run(struct outcome *out, void *context)
{
    (void)context;
    peer_change(input.edits, input.edit_count);
    isolate_try(input.scenario, &armed, true, out);
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
        findings->count = 0;
        if (bases[i].left_out)
            printf("%s: left out, because something is wrong without a fault: see leaks\n",
                   s->name);
    }
    return bases[i].left_out ? NULL : bases[i].runs;
}

void fuzz_run_without_faults(void)
{
    for (unsigned i = 0; i < scenario_count(); i++)
        base_of(scenario_at(i));
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

/* Fills in what was found, and how the run went. */
static void judge(const uint8_t *bytes, size_t n)
{
    memset(findings, 0, sizeof *findings);
    memset(outcome, 0, sizeof *outcome);
    if (!input_decode(bytes, n, &input))
        return;
    const struct baseline *base = base_of(input.scenario);
    if (base == NULL)
        return;
    const struct fault *first = &input.armed.faults[0];
    armed = input.armed;
    if (armed.count > 0 && input.edit_count == 0) /* what can be had again without the input */
        armed.faults[0] = scenario_fault_of(&base->crossings, first);
    isolate_run(run, NULL, outcome);
    /* A fault that did not fire has no part in it; whether one did is not known after an exit(). */
    if (outcome->fired == 0 && (outcome->ending != ENDING_DIED || outcome->signal != 0))
        memset(&input.armed, 0, sizeof input.armed);
    findings_judge(findings, &(struct judged){input.scenario, outcome, &base->kept, &input.armed,
                                              first->site_plus_one - 1, first->nth, false, 0});
    if (input.edit_count > 0)
        forgive(findings);
    if (benign != NULL && findings->count > 0 && !benign_take_out(benign, findings, NULL))
        exit(2);
}

static void say(void)
{
    char text[FAULT_TEXT_BYTES];
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

bool fuzz_input(const uint8_t *bytes, size_t n, uint8_t counters[FUZZ_COUNTERS])
{
    judge(bytes, n);
    if (outcome->fired > 0 && outcome->fired_last >= 0)
        counters[outcome->fired_last % POINTS] = 1;
    /* In each run: an engine takes a program that counts nothing for one that it cannot see. */
    counters[POINTS + (outcome->trace * 0x9e3779b97f4a7c15u >> 40) % WAYS] = 1;
    if (findings->count == 0)
        return false;
    say();
    return true;
}

int fuzz_show(char *const *files, int count)
{
    static uint8_t bytes[1 << 16];
    struct findings *all = isolate_share(sizeof *all);
    for (int i = 0; i < count; i++) {
        unsigned known = all->count;
        FILE *file = fopen(files[i], "re");
        if (file == NULL) {
            fprintf(stderr, "%s: %s\n", files[i], strerror(errno));
            return 2;
        }
        size_t n = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        judge(bytes, n);
        findings_merge(all, findings);
        /* Those that were not known stand at its end. */
        findings->count = all->count - known;
        memcpy(findings->at, &all->at[known], findings->count * sizeof findings->at[0]);
        if (findings->count > 0) {
            printf("input: %s\n", files[i]);
            say();
        }
    }
    printf("%d input%s, %u distinct findings\n", count, count == 1 ? "" : "s", all->count);
    return all->count > 0;
}
