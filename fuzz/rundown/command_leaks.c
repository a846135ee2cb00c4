/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown leaks: for those who look for leaks and nothing else.
 */
#include "rundown.h"

#include "faults/sweep/jobs.h"
#include "faults/sweep/sweep.h"
#include "fuzz/run/finding_print.h"
#include "fuzz/run/without.h"
#include "fuzz/search/last_words.h"
#include "fuzz/search/leak_table.h"
#include "fuzz/search/search_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct leaks_settings {
    bool table, sweep;
    uint32_t repeat, jobs;
    const char *json;
} settings = {.repeat = 16};

static const struct option_row leaks_rows[] = {
#define AT(member) offsetof(struct leaks_settings, member)
    {"table", NULL, OPTION_FLAG, AT(table), 0, 0,
     "no timelines, but one table of the leaks of all programs"},
    {"sweep", NULL, OPTION_FLAG, AT(sweep), 0, 0,
     "the table; run each program with every fault at every fault point, too"},
    {"repeat", "N", OPTION_NUMBER, AT(repeat), 1, 1000,
     "run each program N and 2 N times in one process, and say what grows (default 16)"},
    ROW_JOBS(AT(jobs)),
    ROW_JSON(AT(json)),
#undef AT
};

static const struct option_program leaks_line = {
    .name = "rundown leaks",
    .version = RUNDOWN_VERSION,
    .synopsis = "[OPTION...] PATH...",
    .summary = "print call by call what programs acquire and release, what is never released, and "
               "what grows when they are repeated",
    ROWS(leaks_rows),
    .closing = "Results are not judged, but for leaks. A folder stands for its *.txt files.",
};

struct one {
    char *path;
    struct program program;
};

static struct one *programs;
static size_t program_count, program_room;
/* What a job shares with the process that takes its place. */
static struct part {
    struct leak_table table;
    struct sweep_progress progress;
    unsigned deaths;
} * parts;

static void add_program(const char *path, void *context)
{
    unsigned *unreadable = context;
    if (program_count == program_room) {
        program_room = program_room > 0 ? 2 * program_room : 64;
        programs = realloc(programs, program_room * sizeof *programs);
        if (programs == NULL)
            abort();
    }
    struct one *o = &programs[program_count];
    if (!files_load(path, &o->program)) {
        ++*unreadable;
        return;
    }
    o->path = strdup(path);
    program_count++;
}

static unsigned show_growth(const struct program *p, bool colour)
{
    static struct growth grown[GROWTHS_MOST];
    unsigned count = timeline_growth(p, settings.repeat, grown);
    for (unsigned i = 0; i < count; i++)
        timeline_print_growth(&grown[i], settings.repeat, stdout, colour);
    if (count == 0)
        printf("  repeated %u and %u times: nothing grows\n", settings.repeat, 2 * settings.repeat);
    return count;
}

/* False: it leaks. */
static bool show_one(size_t item, void *context)
{
    static struct run_report report;
    const bool *colour = context;
    const struct one *o = &programs[item];
    printf("%s%s\n\n", item > 0 ? "\n" : "", o->path);
    unsigned never = timeline_print(&o->program, &report, stdout, *colour);
    if (never == 0)
        puts("  everything was released");
    return show_growth(&o->program, *colour) == 0 && never == 0;
}

/* Each program by itself. Returns how many leak. */
static unsigned show(void)
{
    bool colour = finding_is_in_colour(STDOUT_FILENO);
    last_words_start(false);
    unsigned bad = jobs_each(program_count, JOBS_AGAIN, show_one, &colour);
    printf("\n%zu programs, %u that leak\n", program_count, bad);
    return bad;
}

/* A process that a run has killed goes on behind that run in another one. */
static int work(unsigned job)
{
    struct part *own = &parts[job];
    last_words_start(false);
    own->deaths = jobs_deaths();
    sweep_keep_progress(&own->progress);
    for (size_t i = job; i < program_count; i += settings.jobs)
        if (sweep_reaches(i))
            leak_table_look(&own->table, &programs[i].program, programs[i].path, i, settings.sweep,
                            settings.repeat);
    return EXIT_SUCCESS;
}

static bool save(const struct leak_table *t, unsigned failed)
{
    json_t *whole = search_json_head("rundown leaks");
    json_object_set_new(whole, "finished", json_boolean(failed == 0));
    leak_table_json(t, whole);
    return rundown_save_json(whole, settings.json);
}

/* All together. Returns how many rows there are, and one more for what went wrong. */
static unsigned tabulate(void)
{
    static struct leak_table all;
    unsigned died = 0;
    parts = mmap(NULL, JOBS_MOST * sizeof *parts, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (parts == MAP_FAILED) {
        perror("rundown");
        return 1;
    }
    unsigned failed = jobs_run(settings.jobs, work, JOBS_AGAIN);
    for (unsigned job = 0; job < settings.jobs; job++) {
        leak_table_add(&all, &parts[job].table);
        died += parts[job].deaths;
    }
    leak_table_print(&all, stdout, finding_is_in_colour(STDOUT_FILENO));
    if (failed > 0)
        printf("FAILED: %u processes did not finish\n", failed);
    if (died > 0)
        printf("FAILED: %u runs died; what they held is not in the table\n", died);
    bool saved = settings.json == NULL || save(&all, failed + died);
    return all.leak_count + all.growth_count + failed + died + !saved;
}

static int run_leaks(int count, char **paths)
{
    unsigned unreadable = 0;
    if (settings.jobs == 0)
        settings.jobs = jobs_default();
    /* What a program asserts, and what the model knows, is not the matter here. */
    run_leave_out("answers");
    unreadable += files_for_each(count, paths, add_program, &unreadable);
    bool table = settings.table || settings.sweep || settings.json != NULL;
    unsigned bad = unreadable + (table ? tabulate() : show());
    for (size_t i = 0; i < program_count; i++)
        free(programs[i].path);
    free(programs);
    return bad > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

const struct rundown_command command_leaks = {
    .program = &leaks_line,
    .settings = &settings,
    .word = "PATH...",
    .least = 1,
    .most = ANY_NUMBER,
    .run = run_leaks,
};
