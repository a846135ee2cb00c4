/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown run, minimise and bench.
 */
#include "rundown.h"

#include "faults/sweep/jobs.h"
#include "fuzz/program/output.h"
#include "fuzz/program/program_text.h"
#include "fuzz/run/run.h"
#include "fuzz/run/without.h"
#include "fuzz/search/last_words.h"
#include "fuzz/search/minimise.h"
#include "fuzz/search/saving.h"
#include "fuzz/search/trial.h"
#include "inputs.h"
#include "time_shares.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct program program;
static struct run_report report;

/* run ----------------------------------------------------------------------------------------- */

enum { RESULTS_TCP = 1 /* of "local|tcp" */, NO_RESULTS };

static struct run_settings {
    bool trace, first;
    unsigned results;
    uint32_t least;
    unsigned driver;
    const char *without, *report;
} run_settings = {.results = NO_RESULTS, .least = 1, .driver = INPUTS_SESSION};

static const struct option_row run_rows[] = {
#define AT(member) offsetof(struct run_settings, member)
    {"trace", NULL, OPTION_FLAG, AT(trace), 0, 0,
     "print before each path a hash of the run, which is the same in every run of the program"},
    ROW_FIRST(AT(first)),
    {"results", "local|tcp", OPTION_CHOICE, AT(results), 0, 0,
     "print the result of each call, over that transport"},
    {"least", "N", OPTION_NUMBER, AT(least), 1, ANY_NUMBER,
     "fail if there are fewer than N programs (default 1)"},
    {"driver", INPUTS_DRIVERS, OPTION_CHOICE, AT(driver), 0, 0,
     "run inputs of this driver (default: session, whose inputs are programs)"},
    {"report", "FILE", OPTION_TEXT, AT(report), 0, 0,
     "write the last finding into FILE as report.json (docs/report.schema.json)"},
    ROW_WITHOUT(AT(without)),
#undef AT
};

static const struct option_program run_program_line = {
    .name = "rundown run",
    .version = RUNDOWN_VERSION,
    .synopsis = "[OPTION...] PATH...",
    .summary = "run programs (text or bytes), each twice; a folder stands for its *.txt files",
    ROWS(run_rows),
    .closing = "Prints one line for each program, and its finding if it has one.",
};

struct paths {
    char **paths;
    size_t count;
};

static void add_path(const char *path, void *context)
{
    struct paths *p = context;
    p->paths = reallocarray(p->paths, p->count + 1, sizeof *p->paths);
    if (p->paths == NULL || (p->paths[p->count++] = strdup(path)) == NULL)
        abort();
}

static bool run_one(size_t item, void *context)
{
    const struct paths *p = context;
    const char *path = p->paths[item];
    const struct run_settings *s = &run_settings;
    bool tcp = s->results == RESULTS_TCP;
    report.finding = false;
    bool good = files_load(path, &program);
    /* Over another transport the results differ. */
    bool own = s->results == NO_RESULTS || program.world.tcp == tcp;
    if (good && s->results != NO_RESULTS)
        files_set_transport(&program, tcp);
    struct run_options options = {.origin = path, .report = s->report};
    good = good && run_program_twice(&program, &options, &report);
    if (s->trace)
        printf("%016" PRIx64 " ", report.trace);
    bool idle = good && own && report.idle_fault >= 0;
    if (s->results != NO_RESULTS)
        rundown_print_results(path, &report);
    else
        printf("%s %s\n", good && !idle ? "ok    " : "FAILED", path);
    if (idle)
        printf("  a fault of call %d never fires\n", report.idle_fault + 1);
    if (report.finding) {
        fflush(stdout);
        run_tell(&program, &report, &options, stdout);
    }
    return good && !idle;
}

static bool run_input(size_t item, void *context)
{
    const struct paths *p = context;
    uint8_t *bytes;
    size_t n;
    if (!files_read(p->paths[item], &bytes, &n))
        return false;
    printf("%s ... ", p->paths[item]);
    fflush(stdout);
    inputs_driver(inputs_driver_name(run_settings.driver))->run(bytes, n);
    puts("ok");
    free(bytes);
    return true;
}

static int run(int count, char **words)
{
    struct paths p = {0};
    bool are_programs = run_settings.driver == INPUTS_SESSION;
    unsigned failed = 0;
    if (!rundown_leave_out(&run_program_line, run_settings.without) ||
        (!are_programs && inputs_driver(inputs_driver_name(run_settings.driver)) == NULL))
        return EXIT_USAGE;
    last_words_start(false);
    for (int i = 0; i < count && !are_programs; i++)
        add_path(words[i], &p);
    if (are_programs)
        failed = files_for_each(count, words, add_path, &p);
    failed += jobs_each(p.count, run_settings.first ? JOBS_UNTIL_FIRST : JOBS_AGAIN,
                        are_programs ? run_one : run_input, &p);
    if (p.count < run_settings.least)
        printf("FAILED: %zu programs, at least %" PRIu32 " were expected\n", p.count,
               run_settings.least);
    if (run_settings.first && failed > 0)
        printf("%zu programs, stopped at the first that failed\n", p.count);
    else
        printf("%zu programs, %u failed\n", p.count, failed);
    for (size_t i = 0; i < p.count; i++)
        free(p.paths[i]);
    free(p.paths);
    return failed > 0 || p.count < run_settings.least ? EXIT_FAILURE : EXIT_SUCCESS;
}

const struct rundown_command command_run = {
    .program = &run_program_line,
    .settings = &run_settings,
    .word = "PATH...",
    .least = 1,
    .most = ANY_NUMBER,
    .run = run,
};

/* minimise ------------------------------------------------------------------------------------ */

static struct minimise_settings {
    unsigned driver;
    const char *output;
} minimise_settings = {.driver = INPUTS_ANY};

static const struct option_row minimise_rows[] = {
#define AT(member) offsetof(struct minimise_settings, member)
    {"driver", INPUTS_DRIVERS, OPTION_CHOICE, AT(driver), 0, 0,
     "which driver FILE is for (default: that of its folder's name, or session)"},
    {"output", "FILE", OPTION_TEXT, AT(output), 0, 0, "write it there, as bytes for the driver"},
#undef AT
};

static const struct option_program minimise_line = {
    .name = "rundown minimise",
    .version = RUNDOWN_VERSION,
    .synopsis = "[OPTION...] FILE",
    .summary = "print the smallest program, or input of a driver, that has the same finding",
    ROWS(minimise_rows),
    .closing = "May also be written minimize.",
};

static volatile sig_atomic_t interrupted; /* the signal */

static void on_interruption(int number)
{
    interrupted = number;
    minimise_stop();
}

static bool write_bytes(const uint8_t *bytes, size_t n)
{
    const char *why;
    if (minimise_settings.output == NULL ||
        output_rewrite(minimise_settings.output, bytes, n, &why))
        return true;
    fprintf(stderr, "rundown: %s: %s\n", minimise_settings.output, why);
    return false;
}

struct printed {
    const struct saving_driver *driver;
    const uint8_t *bytes;
    size_t n;
};

static void print_input(void *context)
{
    const struct printed *p = context;
    p->driver->print(p->bytes, p->n);
}

static void say_why_it_ended(void)
{
    if (interrupted != 0)
        puts("# interrupted: there may be a smaller one");
    else if (minimise_was_late())
        puts("# time was up: there may be a smaller one");
}

static int minimise_input(const struct saving_driver *d, const char *path)
{
    char signature[SIGNATURE_BYTES];
    uint8_t *bytes;
    size_t n;
    if (!files_read(path, &bytes, &n))
        return EXIT_FAILURE;
    const struct trial_end *end = saving_try(d, bytes, n, 2 * TRIAL_SECONDS);
    int status = EXIT_FAILURE;
    if (end->finding) {
        printf("# %s: %s\n# signature: %s\n", verdict_name(end->report.verdict), end->report.detail,
               end->signatures.texts[0]);
        snprintf(signature, sizeof signature, "%s", end->signatures.texts[0]);
        n = saving_minimise(d, bytes, n, signature);
        say_why_it_ended();
        fflush(stdout);
        trial_child(print_input, &(struct printed){d, bytes, n}, STDOUT_FILENO, TRIAL_SECONDS);
        status = write_bytes(bytes, n) ? EXIT_SUCCESS : EXIT_FAILURE;
    } else {
        fprintf(stderr, "rundown: %s has no finding\n", path);
    }
    free(bytes);
    return interrupted != 0 ? 128 + interrupted : status;
}

static int run_minimise(int count, char **words)
{
    static uint8_t bytes[PROGRAM_MAX_BYTES];
    const char *driver = minimise_settings.driver != INPUTS_ANY
                             ? inputs_driver_name(minimise_settings.driver)
                         : files_are_text(words[0]) ? NULL
                                                    : inputs_driver_of_path(words[0]);
    const struct saving_driver *d = driver != NULL ? inputs_driver(driver) : NULL;
    (void)count;
    if (d == NULL && !files_load(words[0], &program))
        return EXIT_FAILURE;
    sigaction(SIGINT, &(struct sigaction){.sa_handler = on_interruption}, NULL);
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = on_interruption}, NULL);
    if (d != NULL)
        return minimise_input(d, words[0]);
    if (!minimise(&program, &report)) {
        fprintf(stderr, "rundown: %s has no finding\n", words[0]);
        return EXIT_FAILURE;
    }
    printf("# %s: %s\n", verdict_name(report.verdict), report.detail);
    say_why_it_ended();
    program_print(&program, stdout, -1, NULL, 0);
    if (!write_bytes(bytes, program_encode(&program, bytes)))
        return EXIT_FAILURE;
    return interrupted != 0 ? 128 + interrupted : EXIT_SUCCESS;
}

const struct rundown_command command_minimise = {.program = &minimise_line,
                                                 .settings = &minimise_settings,
                                                 .word = "FILE",
                                                 .least = 1,
                                                 .most = 1,
                                                 .alone = true,
                                                 .run = run_minimise};

/* bench --------------------------------------------------------------------------------------- */

static struct bench_settings {
    bool bare, profile;
} bench_settings;

static const struct option_row bench_rows[] = {
#define AT(member) offsetof(struct bench_settings, member)
    {"bare", NULL, OPTION_FLAG, AT(bare), 0, 0, "its calls alone, unjudged"},
    {"profile", NULL, OPTION_FLAG, AT(profile), 0, 0,
     "print instead the shares of time of the target and of the suite"},
#undef AT
};

static const struct option_program bench_line = {
    .name = "rundown bench",
    .version = RUNDOWN_VERSION,
    .synopsis = "[--bare | --profile] RUNS FILE",
    .summary = "print how many times a second a program runs, measured over RUNS runs",
    ROWS(bench_rows),
};

static void run_judged(const struct program *p)
{
    run_program(p, NULL, &report);
    run_require_clean(p, &report);
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double rate(uint32_t runs, void (*run_once)(const struct program *))
{
    double start = seconds_now();
    for (uint32_t i = 0; i < runs; i++)
        run_once(&program);
    return (double)runs / (seconds_now() - start);
}

static int run_bench(int count, char **words)
{
    const struct bench_settings *s = &bench_settings;
    uint32_t runs;
    (void)count;
    if (!option_number(words[0], 1, ANY_NUMBER, &runs) || (s->bare && s->profile)) {
        fprintf(stderr, "%s: %s\n", bench_line.name,
                s->bare && s->profile ? "--bare and --profile do not go together"
                                      : "RUNS must be a whole number from 1 to 2147483647");
        option_table_try_help(&bench_line);
        return EXIT_USAGE;
    }
    if (!files_load(words[1], &program))
        return EXIT_FAILURE;
    if (s->profile)
        time_shares_start();
    double per_second = rate(runs, s->bare ? run_bare : run_judged);
    if (!s->profile) {
        printf("%.0f\n", per_second);
        return EXIT_SUCCESS;
    }
    struct time_shares t = time_shares_stop();
    double all = (double)(t.target + t.suite);
    printf("%.1f %% target, %.1f %% suite\n", 100.0 * (double)t.target / all,
           100.0 * (double)t.suite / all);
    return EXIT_SUCCESS;
}

const struct rundown_command command_bench = {
    .program = &bench_line,
    .settings = &bench_settings,
    .word = "RUNS FILE",
    .least = 2,
    .most = 2,
    .run = run_bench,
};
