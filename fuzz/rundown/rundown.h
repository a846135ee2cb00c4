/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The subcommands of rundown, each with the table of its options beside its code, and the options
 * and helpers that they share.
 */
#ifndef FUZZ_RUNDOWN_H
#define FUZZ_RUNDOWN_H

#include "faults/sweep/sweep.h"
#include "files.h"
#include "fuzz/run/report.h"
#include "target/options/option_table.h"

#include <jansson.h>
#include <stddef.h>

enum { EXIT_USAGE = 2, ANY_NUMBER = 0x7fffffff };

struct rundown_command {
    /* Its command line, named "rundown NAME". */
    const struct option_program *program;
    void *settings; /* the struct that its options set; it holds the defaults before */
    /* The words that are not options: their name in messages, and how many there may be. */
    const char *word;
    int least, most;
    bool alone; /* it makes many trials: explain_alone() */
    /* Returns an exit code. */
    int (*run)(int count, char **words);
};

extern const struct rundown_command command_findings, command_replay, command_run, command_minimise,
    command_leaks, command_show, command_pack, command_format, command_sweep, command_enumerate,
    command_sites, command_faults, command_allowed, command_verdicts, command_bench, command_decode,
    command_proxy, command_wire, command_fields, command_link, command_preload;

/* The command line that has these subcommands. Returns an exit code, for output_finish(). */
int rundown_main(const struct rundown_command *const *table, size_t table_count, int count,
                 char **arguments);

/* Rows that several commands have. */
#define ROW_FINDINGS(offset)                                                                       \
    {                                                                                              \
        "findings", "DIR", OPTION_TEXT, offset, 0, 0,                                              \
            "save findings in this folder, one folder each (default: findings)"                    \
    }
#define ROW_FIRST(offset)                                                                          \
    {                                                                                              \
        "first", NULL, OPTION_FLAG, offset, 0, 0, "stop at the first finding"                      \
    }
#define ROW_JOBS(offset)                                                                           \
    {                                                                                              \
        "jobs", "N", OPTION_NUMBER, offset, 1, JOBS_MOST,                                          \
            "work in N processes (default: one for each core)"                                     \
    }
#define ROW_JSON(offset)                                                                           \
    {                                                                                              \
        "json", "FILE", OPTION_TEXT, offset, 0, 0, "write the result to FILE as JSON, too"         \
    }
#define ROW_WITHOUT(offset)                                                                        \
    {                                                                                              \
        "without", "LIST", OPTION_TEXT, offset, 0, 0,                                              \
            "leave out judges, to measure how much they find: a list of " RUN_WITHOUT_WORDS        \
            ", with commas"                                                                        \
    }
#define ROWS(table) .rows = (table), .row_count = sizeof(table) / sizeof *(table)

/* Leaves out the judges in `list`, the value of --without; NULL: none. False: the list is wrong,
   and the reason is on stderr. */
bool rundown_leave_out(const struct option_program *program, const char *list);

/* Reads the value of --slice. False: it is wrong, which is said on stderr. */
bool rundown_read_slice(const struct option_program *program, const char *text,
                        struct sweep_part *out);

/* Writes what --json asks for, and frees it. False: it could not be written, and the reason is on
   stderr. */
bool rundown_save_json(json_t *document, const char *path);

/* Prints one line: the path, and the result of each call. */
void rundown_print_results(const char *path, const struct run_report *r);

#endif
