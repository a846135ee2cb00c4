/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown sites, faults, allowed and verdicts: lists of what exists.
 */
#include "rundown.h"

#include "faults/fault/fault.h"
#include "faults/fault/site.h"
#include "fuzz/model/allowed.h"
#include "fuzz/search/sweep_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool want_all(uint64_t key, void *context)
{
    (void)key;
    ++*(unsigned *)context;
    return true;
}

static const struct option_program sites_line = {
    .name = "rundown sites",
    .version = RUNDOWN_VERSION,
    .synopsis = "[STATE]",
    .summary = "print every fault point by its stable name",
    .closing = "With the state of a sweep: how often each was reached, fired, handled, benign.",
};

static int run_sites(int count, char **words)
{
    static struct sweep_totals totals;
    const char *why = NULL;
    unsigned records = 0;
    if (count == 0) {
        for (unsigned i = 0; i < site_count(); i++)
            printf("%s\n", site_name(i));
        return EXIT_SUCCESS;
    }
    if (access(words[0], R_OK) != 0)
        why = strerror(errno);
    else if (sweep_state_read(words[0], want_all, &records, &totals, &why) && records > 0) {
        sweep_print(&totals, NULL, stdout);
        return EXIT_SUCCESS;
    }
    fprintf(stderr, "rundown: %s: %s\n", words[0],
            why != NULL ? why : "holds no record of a sweep");
    return EXIT_FAILURE;
}

const struct rundown_command command_sites = {
    .program = &sites_line, .word = "[STATE]", .most = 1, .run = run_sites};

static struct faults_settings {
    bool all;
} faults_settings;

static const struct option_row faults_rows[] = {
    {"all", NULL, OPTION_FLAG, offsetof(struct faults_settings, all), 0, 0,
     "also those of calls that `rundown preload` alone takes over"},
};

static const struct option_program faults_line = {
    .name = "rundown faults",
    .version = RUNDOWN_VERSION,
    .synopsis = "[--all]",
    .summary = "print every class of fault and its kinds",
    ROWS(faults_rows),
};

static int run_faults(int count, char **words)
{
    (void)count, (void)words;
    int classes = faults_settings.all ? FAULT_ALL_CLASSES : FAULT_CLASSES;
    for (int class = 0; class < classes; class ++) {
        printf("%s:", fault_class_name((enum fault_class) class));
        for (uint32_t kind = 0; kind < fault_kind_count((enum fault_class) class); kind++)
            printf(" %s", fault_kind_name((enum fault_class) class, kind));
        putchar('\n');
    }
    return EXIT_SUCCESS;
}

const struct rundown_command command_faults = {
    .program = &faults_line, .settings = &faults_settings, .run = run_faults};

static const struct option_program allowed_line = {
    .name = "rundown allowed",
    .version = RUNDOWN_VERSION,
    .synopsis = "",
    .summary = "print the table of results that calls may have when a fault hits them",
};

static int run_allowed(int count, char **words)
{
    (void)count, (void)words;
    allowed_print(stdout);
    return EXIT_SUCCESS;
}

const struct rundown_command command_allowed = {.program = &allowed_line, .run = run_allowed};

static const struct option_program verdicts_line = {
    .name = "rundown verdicts",
    .version = RUNDOWN_VERSION,
    .synopsis = "",
    .summary = "print every verdict with its meaning",
};

static int run_verdicts(int count, char **words)
{
    (void)count, (void)words;
    for (unsigned v = 0; v < VERDICTS; v++)
        printf("%s\n    %s\n", verdict_name((enum verdict)v), verdict_meaning((enum verdict)v));
    return EXIT_SUCCESS;
}

const struct rundown_command command_verdicts = {.program = &verdicts_line, .run = run_verdicts};
