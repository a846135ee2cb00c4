/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of a program of scenarios.
 */
#include "benign.h"
#include "engines.h"
#include "faults/fault/site.h"
#include "faults/scenario/isolate.h"
#include "faults/scenario/server.h"
#include "faults/scenario/sweep_scenario.h"
#include "faults/sweep/jobs.h"
#include "formats.h"
#include "place.h"
#include "report.h"
#include "target/options/option_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EXIT_FOUND = 1, EXIT_USAGE = 2 };

struct settings {
    uint32_t jobs, slice, of;
    const char *fault, *benign, *shapes;
    struct formats formats;
    bool pairs, warm;
};

static const struct option_row rows[] = {
    {"jobs", "N", OPTION_NUMBER, offsetof(struct settings, jobs), 1, JOBS_MOST,
     "sweep: processes at one time (default: as many as there are cores)"},
    {"slice", "I", OPTION_NUMBER, offsetof(struct settings, slice), 1, 1u << 16,
     "sweep: only the Ith part of the fault points, from 1, with --of"},
    {"of", "N", OPTION_NUMBER, offsetof(struct settings, of), 1, 1u << 16,
     "sweep: how many parts there are"},
    {"shapes", "LIST", OPTION_TEXT, offsetof(struct settings, shapes), 0, 0,
     "sweep: only these of once, burst and persistent, with commas between them"},
    {"pairs", NULL, OPTION_FLAG, offsetof(struct settings, pairs), 0, 0,
     "sweep: also break the handling of each fault"},
    {"benign", "FILE", OPTION_TEXT, offsetof(struct settings, benign), 0, 0,
     "sweep: faults that a scenario may succeed in spite of"},
    {"json", "FILE", OPTION_TEXT, offsetof(struct settings, formats.json), 0, 0,
     "sweep: write what was found there, too"},
    {"sarif", "FILE", OPTION_TEXT, offsetof(struct settings, formats.sarif), 0, 0,
     "sweep: the same as SARIF, a result for each cause"},
    {"junit", "FILE", OPTION_TEXT, offsetof(struct settings, formats.junit), 0, 0,
     "sweep: the same as JUnit, a case for each scenario"},
    {"fault", "TEXT", OPTION_TEXT, offsetof(struct settings, fault), 0, 0,
     "run: 'POINT KIND [at N] [once|burst|persistent]', or two with ' + ' between them"},
    {"warm", NULL, OPTION_FLAG, offsetof(struct settings, warm), 0, 0,
     "run: in a process in which the scenario has run before"},
};

static const struct option_command commands[] = {
    {"sweep", "[SCENARIO...]", "break every call at every fault point in every way"},
    {"run", "SCENARIO", "run it once, with a fault or without, and say what came of it"},
    {"leaks", "[SCENARIO...]", "what each holds after one run, what it keeps, and what grows"},
    {"fuzz", "[afl] [WORD...]",
     "let libFuzzer, or AFL++, choose scenario, faults and answers of peers; its own options, or "
     "files that it saved"},
    {"sites", NULL, "print every fault point by its name"},
    {"list", NULL, "print the scenarios"},
};

static struct option_program program = {
    .name = NULL,
    .version = RUNDOWN_VERSION,
    .synopsis = "COMMAND [OPTION...] [SCENARIO...]",
    .summary = "Uses a C library while the calls that it makes fail, and judges what it does with "
               "that.",
    .commands = commands,
    .command_count = sizeof commands / sizeof *commands,
    .rows = rows,
    .row_count = sizeof rows / sizeof *rows,
    .closing = "Exit code 0: nothing was found; 1: something was; 2: wrong usage.",
};

/* As a shell finds it again. */
static const char *invoked_as;

/* The named ones, or all. Returns how many; 0: there is no such, which is said. */
static unsigned choose(char **names, int count, const struct scenario *out[SCENARIOS_MOST])
{
    unsigned n = 0;
    for (int i = 0; i < count && n < SCENARIOS_MOST; i++) {
        out[n] = scenario_find(names[i]);
        if (out[n++] == NULL) {
            fprintf(stderr, "%s: there is no scenario '%s'\n", program.name, names[i]);
            return 0;
        }
    }
    for (unsigned i = 0; count == 0 && i < scenario_count(); i++)
        out[n++] = scenario_at(i);
    if (n == 0)
        fprintf(stderr, "%s: it is linked with no scenario\n", program.name);
    return n;
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* False: it is wrong, which is said. */
static bool read_shapes(const char *list, unsigned *out)
{
    for (const char *at = list; at != NULL; at = *at == ',' ? at + 1 : NULL) {
        size_t n = strcspn(at, ",");
        int shape = 0;
        while (shape < FAULT_SHAPES &&
               (strlen(fault_shape_name((enum fault_shape)shape)) != n ||
                memcmp(at, fault_shape_name((enum fault_shape)shape), n) != 0))
            shape++;
        if (shape == FAULT_SHAPES) {
            fprintf(stderr, "%s: no such shape: '%.*s'\n", program.name, (int)n, at);
            return false;
        }
        *out |= 1u << shape;
        at += n;
    }
    return true;
}

static bool read_how(const struct settings *o, struct sweep_how *out)
{
    *out = (struct sweep_how){o->jobs, {o->slice - 1, o->of}, 0, o->pairs};
    if (o->slice <= o->of)
        return read_shapes(o->shapes, &out->shapes);
    fprintf(stderr, "%s: there is no slice %u of %u\n", program.name, o->slice, o->of);
    return false;
}

static int command_sweep(const struct settings *o, char **names, int count)
{
    struct sweep_report *report = isolate_share(sizeof *report);
    struct swept swept = {.program = invoked_as, .report = report};
    double start = seconds_now();
    swept.count = choose(names, count, swept.scenarios);
    struct sweep_how how;
    if (swept.count == 0 || !read_how(o, &how))
        return EXIT_USAGE;
    for (unsigned i = 0; i < swept.count; i++) {
        const struct scenario *s = swept.scenarios[i];
        double before = seconds_now();
        struct baseline *base = isolate_share(sizeof *base);
        if (scenario_find_baseline(s, base, &report->findings))
            scenario_sweep(s, base, &how, report);
        else
            printf("%s: not swept, because of what it does without a fault\n", s->name);
        report_kept(s, base);
        swept.seconds[i] = seconds_now() - before;
    }
    if (o->benign != NULL && !benign_take_out(o->benign, &report->findings, stdout))
        return EXIT_USAGE;
    findings_sort(&report->findings);
    report_findings(invoked_as, &report->findings);
    report_unseen();
    report_sum(swept.count, report, seconds_now() - start);
    if (!formats_write(&o->formats, &swept))
        return EXIT_USAGE;
    return report->findings.count > 0 || report->totals.runs == 0 ? EXIT_FOUND : 0;
}

struct single {
    const struct scenario *scenario;
    struct sweep_armed armed;
    bool warm;
};

static void run_single(struct outcome *o, void *context)
{
    const struct single *s = context;
    if (s->warm)
        s->scenario->run();
    isolate_try(s->scenario, &s->armed, true, o);
}

static int command_run(const struct settings *o, char **names, int count)
{
    const struct scenario *chosen[SCENARIOS_MOST];
    struct single single = {.warm = o->warm};
    if (count != 1) {
        fprintf(stderr, "%s: run: one scenario\n", program.name);
        return EXIT_USAGE;
    }
    if (choose(names, count, chosen) == 0)
        return EXIT_USAGE;
    single.scenario = chosen[0];
    if (o->fault != NULL && !faults_read(o->fault, &single.armed)) {
        fprintf(stderr, "%s: no such fault: %s\n", program.name, o->fault);
        return EXIT_USAGE;
    }
    struct outcome *outcome = isolate_share(sizeof *outcome);
    struct baseline *base = isolate_share(sizeof *base);
    struct findings *f = isolate_share(sizeof *f);
    if (scenario_find_baseline(single.scenario, base, f)) {
        const struct fault named = single.armed.faults[0];
        if (o->fault != NULL)
            single.armed.faults[0] =
                scenario_fault_of(o->warm ? &base->warm_crossings : &base->crossings, &named);
        isolate_run(run_single, &single, outcome);
        findings_judge(f, &(struct judged){single.scenario, outcome,
                                           o->warm ? &base->second.holding : &base->kept,
                                           &single.armed, named.site_plus_one - 1, named.nth,
                                           o->warm, 0});
        printf("%s: %s, %u faults fired\n", single.scenario->name,
               outcome->ending != ENDING_RETURNED   ? "did not return"
               : outcome->result == RUNDOWN_SUCCESS ? "success"
               : outcome->result == RUNDOWN_HANDLED ? "handled"
                                                    : "wrong",
               outcome->fired);
    }
    report_findings(invoked_as, f);
    return f->count > 0 ? EXIT_FOUND : 0;
}

static int command_leaks(char **names, int count)
{
    const struct scenario *chosen[SCENARIOS_MOST];
    struct baseline *base = isolate_share(sizeof *base);
    struct findings *f = isolate_share(sizeof *f);
    unsigned n = choose(names, count, chosen);
    for (unsigned i = 0; i < n; i++) {
        memset(base, 0, sizeof *base);
        scenario_find_baseline(chosen[i], base, f);
        report_kept(chosen[i], base);
    }
    report_findings(invoked_as, f);
    return n == 0 ? EXIT_USAGE : f->count > 0 ? EXIT_FOUND : 0;
}

static int command_lists(bool sites)
{
    for (unsigned i = 0; sites && i < site_count(); i++)
        printf("%s\n", site_name(i));
    for (unsigned i = 0; !sites && i < scenario_count(); i++)
        printf("%-20s %s\n", scenario_at(i)->name, scenario_at(i)->what);
    if (sites)
        report_unseen();
    return 0;
}

int main(int argc, char **argv)
{
    struct settings o = {.jobs = jobs_default(),
                         .slice = 1,
                         .of = 1,
                         .formats.report_folder = scenarios_report_folder()};
    int words;
    const char *slash = strrchr(argv[0], '/');
    program.name = slash != NULL ? slash + 1 : argv[0];
    invoked_as = argv[0];
    if (argc > 1 && strcmp(argv[1], "fuzz") == 0)
        return engines_fuzz(program.name, argv + 1);
    enum option_outcome outcome = option_table_parse(&program, argc, argv, &o, &words);
    if (outcome != OPTION_RUN)
        return outcome == OPTION_DONE ? 0 : EXIT_USAGE;
    jobs_watch_signals(program.name);
    isolate_begin();
    const char *command = words > 0 ? argv[1] : "";
    bool lists = words == 1 && (strcmp(command, "sites") == 0 || strcmp(command, "list") == 0);
    if (lists)
        return command_lists(command[0] == 's');
    if (!servers_start())
        return EXIT_USAGE;
    if (strcmp(command, "sweep") == 0)
        return command_sweep(&o, argv + 2, words - 1);
    if (strcmp(command, "run") == 0)
        return command_run(&o, argv + 2, words - 1);
    if (strcmp(command, "leaks") == 0)
        return command_leaks(argv + 2, words - 1);
    fprintf(stderr, "%s: no such command: '%s'; --help lists them\n", program.name, command);
    return EXIT_USAGE;
}
