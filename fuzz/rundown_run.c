/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown run and bench.
 */
#include "rundown.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct program program;
static struct run_report report;

struct tally {
    unsigned run, failed;
    bool trace; /* print what must be the same in every process */
};

static void run_one(const char *path, void *context)
{
    struct tally *t = context;
    t->run++;
    report.finding = false;
    bool good = rundown_load(path, &program) && run_program_twice(&program, &report);
    if (t->trace)
        printf("%016" PRIx64 " ", report.trace);
    printf("%s %s\n", good ? "ok    " : "FAILED", path);
    t->failed += !good;
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
    if (count >= 2 && strcmp(arguments[0], "--least") == 0) {
        if (!rundown_number(arguments[1], &least))
            return EXIT_USAGE;
        count -= 2;
        arguments += 2;
    }
    if (count == 0)
        return EXIT_USAGE;
    t.failed += rundown_for_each(count, arguments, run_one, &t);
    if (t.run < least)
        printf("FAILED: %u programs, at least %lu were expected\n", t.run, least);
    printf("%u programs, %u failed\n", t.run, t.failed);
    return t.failed > 0 || t.run < least ? EXIT_FAILURE : EXIT_SUCCESS;
}

int command_bench(int count, char **arguments)
{
    unsigned long runs = 0;
    struct timespec start, stop;
    if (count != 2 || !rundown_number(arguments[0], &runs) || runs == 0)
        return EXIT_USAGE;
    if (!rundown_load(arguments[1], &program))
        return EXIT_FAILURE;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (unsigned long i = 0; i < runs; i++) {
        run_program(&program, &report);
        run_require_clean(&program, &report);
    }
    clock_gettime(CLOCK_MONOTONIC, &stop);
    double seconds =
        (double)(stop.tv_sec - start.tv_sec) + (double)(stop.tv_nsec - start.tv_nsec) / 1e9;
    printf("%.0f\n", (double)runs / seconds);
    return EXIT_SUCCESS;
}
