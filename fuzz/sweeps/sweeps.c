/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of a program that sweeps scenarios.
 */
#include "faults/fault/fault.h"
#include "faults/sweep/jobs.h"
#include "faults/world/world.h"
#include "fuzz/program/output.h"
#include "fuzz/scene/service.h"
#include "fuzz/search/sweep_table.h"
#include "subject.h"
#include "target/options/option_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { EXIT_USAGE = 2, MOST_SCENARIOS = 256 };

static struct settings {
    const char *fault_text, *slice_text, *reasons;
    struct fault fault;
    struct sweep_part part;
    uint32_t jobs;
    bool list, first;
} settings = {.part = {0, 1}};

static const struct option_row rows[] = {
#define AT(member) offsetof(struct settings, member)
    {"list", NULL, OPTION_FLAG, AT(list), 0, 0, "print the scenarios, and stop"},
    {"fault", "'CLASS KIND N SHAPE'", OPTION_TEXT, AT(fault_text), 0, 0,
     "run the scenario once, with this fault, and print what it says"},
    {"slice", "K/N", OPTION_TEXT, AT(slice_text), 0, 0,
     "sweep only this part of the faults, K from 1"},
    {"first", NULL, OPTION_FLAG, AT(first), 0, 0, "stop at the first finding"},
    {"jobs", "N", OPTION_NUMBER, AT(jobs), 1, JOBS_MOST,
     "work in N processes (default: one for each core)"},
    {"unreached", "FILE", OPTION_TEXT, AT(reasons), 0, 0,
     "fail for fault points that are never reached, unless FILE lists them with a reason"},
#undef AT
};

static struct option_program line = {
    .version = RUNDOWN_VERSION,
    .synopsis = "[OPTION...] [SCENARIO...]",
    .rows = rows,
    .row_count = sizeof rows / sizeof *rows,
    .closing = "Without SCENARIO it sweeps all of them.\n"
               "Exit code: 0 no finding; 1 a finding, or a fault point that is not as it should "
               "be; 2 wrong usage.",
};

static const struct sweeps *sweeps;
static bool chosen[MOST_SCENARIOS]; /* by index */
static size_t chosen_count;
static struct job {
    struct sweep_totals totals;
    struct sweep_progress progress;
} * jobs; /* shared */

/* The command line --------------------------------------------------------------------------- */

static bool parse_fault(const char *text, struct fault *out)
{
    char class[32], kind[32], shape[32], after;
    if (sscanf(text, "%31s %31s %u %31s %c", class, kind, &out->nth, shape, &after) != 4)
        return false;
    int c = fault_class_find(class, strlen(class));
    int k = c >= 0 ? fault_kind_find((enum fault_class)c, kind, strlen(kind)) : -1;
    int s = 0;
    while (s < FAULT_SHAPES && strcmp(fault_shape_name((enum fault_shape)s), shape) != 0)
        s++;
    if (k < 0 || s == FAULT_SHAPES || out->nth == 0)
        return false;
    out->class = (enum fault_class)c;
    out->kind = (uint32_t)k;
    out->shape = (enum fault_shape)s;
    return true;
}

static bool parse_slice(const char *text, struct sweep_part *out)
{
    unsigned slice, of;
    char after;
    if (sscanf(text, "%u/%u%c", &slice, &of, &after) != 2 || slice == 0 || slice > of)
        return false;
    *out = (struct sweep_part){slice - 1, of};
    return true;
}

/* NULL: all of them. False: there is none of that name. */
static bool choose(const char *name)
{
    bool found = false;
    for (size_t i = 0; sweeps->scenario(i) != NULL; i++) {
        if (i == MOST_SCENARIOS)
            abort();
        if (name != NULL && strcmp(sweeps->scenario(i), name) != 0)
            continue;
        chosen_count += !chosen[i];
        chosen[i] = found = true;
    }
    return found;
}

static bool check(int count, char **names)
{
    for (int i = 0; i < (count > 0 ? count : 1); i++) {
        if (!choose(count > 0 ? names[i] : NULL)) {
            fprintf(stderr, "%s: there is no scenario '%s'; --list prints them\n", line.name,
                    names[i]);
            return false;
        }
    }
    if (settings.fault_text != NULL && !parse_fault(settings.fault_text, &settings.fault))
        return option_table_wrong(&line, "fault", settings.fault_text,
                                  "must be as in 'file.sync EIO 1 once'");
    if (settings.slice_text != NULL && !parse_slice(settings.slice_text, &settings.part))
        return option_table_wrong(&line, "slice", settings.slice_text,
                                  "must be K/N, K from 1 to N");
    return true;
}

/* Commands ----------------------------------------------------------------------------------- */

static int list_scenarios(void)
{
    for (size_t i = 0; sweeps->scenario(i) != NULL; i++) {
        if (!chosen[i])
            continue;
        printf("%-26s ", sweeps->scenario(i));
        sweeps->describe(i);
        putchar('\n');
    }
    return EXIT_SUCCESS;
}

static int run_each(void)
{
    bool good = true;
    subject_watch();
    for (size_t i = 0; sweeps->scenario(i) != NULL; i++)
        if (chosen[i])
            good = subject_run(sweeps, i, &settings.fault) && good;
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Each job takes its part of the slice. */
static int work(unsigned job)
{
    struct job *own = &jobs[job];
    struct sweep_part part = {settings.part.slice + job * settings.part.of,
                              settings.part.of * settings.jobs};
    subject_watch();
    sweep_keep_progress(&own->progress);
    own->totals.findings += jobs_deaths() > 0;
    for (size_t i = 0; sweeps->scenario(i) != NULL; i++)
        if (chosen[i] && sweep_reaches(i))
            subject_sweep(sweeps, i, part, settings.first, &own->totals);
    return EXIT_SUCCESS;
}

static int sweep_all(void)
{
    static struct sweep_totals all;
    size_t bytes = settings.jobs * sizeof *jobs;
    jobs = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (jobs == MAP_FAILED) {
        perror(line.name);
        return EXIT_FAILURE;
    }
    all.subjects = chosen_count;
    unsigned failed = jobs_run(settings.jobs, work, settings.first ? JOBS_UNTIL_FIRST : JOBS_AGAIN);
    for (unsigned job = 0; job < settings.jobs; job++)
        sweep_add(&all, &jobs[job].totals);
    munmap(jobs, bytes);
    unsigned bad = sweep_print(&all, settings.reasons, stdout);
    if (failed > 0)
        printf("FAILED: %u processes did not finish\n", failed);
    if (settings.part.of > 1)
        bad = 0; /* a part of the faults says nothing of those points that it leaves out */
    return all.findings > 0 || bad > 0 || failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run(int count, char **names)
{
    if (settings.jobs == 0)
        settings.jobs = jobs_default();
    if (!check(count, names)) {
        option_table_try_help(&line);
        return EXIT_USAGE;
    }
    if (settings.list)
        return list_scenarios();
    jobs_watch_signals(line.name);
    service_register_sites();
    if (sweeps->start != NULL)
        sweeps->start();
    return settings.fault_text != NULL ? run_each() : sweep_all();
}

int sweeps_main(const struct sweeps *program, int count, char **arguments)
{
    int words, status = EXIT_USAGE;
    sweeps = program;
    line.name = program->name;
    line.summary = program->summary;
    output_start();
    /* The functions that read the command line may be those of the program that is swept, on the
       world. */
    world_set_mode(WORLD_PROCESS, WORLD_PASS_THROUGH);
    switch (option_table_parse(&line, count, arguments, &settings, &words)) {
    case OPTION_DONE:
        status = EXIT_SUCCESS;
        break;
    case OPTION_WRONG:
        break;
    case OPTION_RUN:
        status = run(words, arguments + 1);
        break;
    }
    return output_finish(line.name, status);
}
