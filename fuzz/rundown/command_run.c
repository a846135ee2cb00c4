/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown run, minimise and bench.
 */
#include "rundown.h"

#include "fuzz/program/program_text.h"
#include "fuzz/search/last_words.h"
#include "fuzz/search/minimise.h"
#include "time_shares.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct program program;
static struct run_report report;

struct tally {
    unsigned run, failed;
    bool trace;   /* print what must be the same in every process */
    bool results; /* print what each call returned */
    bool tcp;
};

static const char *running;

static void say_last_words(const struct program *p, const struct run_report *r)
{
    printf("FAILED %s\n", running);
    run_print(p, r, stdout);
}

static void run_one(const char *path, void *context)
{
    struct tally *t = context;
    t->run++;
    running = path;
    report.finding = false;
    bool good = rundown_load(path, &program);
    /* Over another transport other things happen. */
    bool own = !t->results || program.world.tcp == t->tcp;
    if (good && t->results)
        rundown_set_transport(&program, t->tcp);
    good = good && run_program_twice(&program, &report);
    if (t->trace)
        printf("%016" PRIx64 " ", report.trace);
    bool idle = good && own && report.idle_fault >= 0;
    if (t->results)
        rundown_print_results(path, &report);
    else
        printf("%s %s\n", good && !idle ? "ok    " : "FAILED", path);
    if (idle)
        printf("  a fault of call %d never happens\n", report.idle_fault + 1);
    t->failed += !good || idle;
    if (report.finding) {
        fflush(stdout);
        run_print(&program, &report, stdout);
    }
}

int command_run(int count, char **arguments)
{
    unsigned long least = 1;
    struct tally t = {0};
    if (count >= 1 && strcmp(arguments[0], "--trace") == 0) {
        t.trace = true;
        count--;
        arguments++;
    }
    if (count >= 2 && strcmp(arguments[0], "--results") == 0) {
        t.results = true;
        t.tcp = strcmp(arguments[1], "tcp") == 0;
        if (!t.tcp && strcmp(arguments[1], "local") != 0)
            return EXIT_USAGE;
        count -= 2;
        arguments += 2;
    }
    if (count >= 2 && strcmp(arguments[0], "--least") == 0) {
        if (!rundown_number(arguments[1], &least))
            return EXIT_USAGE;
        count -= 2;
        arguments += 2;
    }
    if (count == 0)
        return EXIT_USAGE;
    last_words_start(say_last_words);
    t.failed += rundown_for_each(count, arguments, run_one, &t);
    if (t.run < least)
        printf("FAILED: %u programs, at least %lu were expected\n", t.run, least);
    printf("%u programs, %u failed\n", t.run, t.failed);
    return t.failed > 0 || t.run < least ? EXIT_FAILURE : EXIT_SUCCESS;
}

int command_minimise(int count, char **arguments)
{
    if (count != 1)
        return EXIT_USAGE;
    if (!rundown_load(arguments[0], &program))
        return EXIT_FAILURE;
    if (!minimise(&program, &report)) {
        fprintf(stderr, "rundown: %s shows no finding\n", arguments[0]);
        return EXIT_FAILURE;
    }
    printf("# %s: %s\n", report.verdict, report.detail);
    program_print(&program, stdout, -1, NULL, 0);
    return EXIT_SUCCESS;
}

static void run_judged(const struct program *p)
{
    run_program(p, &report);
    run_require_clean(p, &report);
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double rate(unsigned long runs, void (*run)(const struct program *))
{
    double start = seconds_now();
    for (unsigned long i = 0; i < runs; i++)
        run(&program);
    return (double)runs / (seconds_now() - start);
}

int command_bench(int count, char **arguments)
{
    unsigned long runs = 0;
    bool bare = count > 0 && strcmp(arguments[0], "--bare") == 0;
    bool profiled = count > 0 && strcmp(arguments[0], "--profile") == 0;
    count -= bare || profiled;
    arguments += bare || profiled;
    if (count != 2 || !rundown_number(arguments[0], &runs) || runs == 0)
        return EXIT_USAGE;
    if (!rundown_load(arguments[1], &program))
        return EXIT_FAILURE;
    if (profiled)
        profile_start();
    double per_second = rate(runs, bare ? run_bare : run_judged);
    if (!profiled) {
        printf("%.0f\n", per_second);
        return EXIT_SUCCESS;
    }
    struct profile p = profile_stop();
    printf("%.1f %% target, %.1f %% suite\n",
           100.0 * (double)p.target / (double)(p.target + p.suite),
           100.0 * (double)p.suite / (double)(p.target + p.suite));
    return EXIT_SUCCESS;
}
