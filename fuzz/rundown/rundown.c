/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command line of subcommands. The rows of each stand beside its code.
 */
#include "rundown.h"

#include "faults/sweep/jobs.h"
#include "fuzz/program/codes.h"
#include "fuzz/program/json_write.h"
#include "fuzz/program/output.h"
#include "fuzz/run/without.h"
#include "fuzz/scene/service.h"
#include "fuzz/search/explain.h"

#include <assert.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMMANDS = 32 }; /* at most */

static struct {
    const struct rundown_command *const *table;
    size_t count;
} commands;

bool rundown_read_slice(const struct option_program *program, const char *text,
                        struct sweep_part *out)
{
    /* The largest N for which the parts of all jobs can still be counted. */
    enum { MOST_SLICES = 1 << 20 };
    char k[16];
    uint32_t slice, of;
    size_t length = strcspn(text, "/");
    if (length < sizeof k && text[length] == '/') {
        memcpy(k, text, length);
        k[length] = '\0';
        if (option_number(text + length + 1, 1, MOST_SLICES, &of) &&
            option_number(k, 1, of, &slice)) {
            *out = (struct sweep_part){slice - 1, of};
            return true;
        }
    }
    return option_table_wrong(program, "slice", text, "must be K/N, K from 1 to N");
}

/* "rundown run" -> "run" */
static const char *name_of(const struct rundown_command *c)
{
    return strchr(c->program->name, ' ') + 1;
}

static const struct rundown_command *find(const char *name)
{
    if (strcmp(name, "minimize") == 0)
        name = "minimise";
    for (size_t i = 0; i < commands.count; i++)
        if (strcmp(name, name_of(commands.table[i])) == 0)
            return commands.table[i];
    return NULL;
}

/* The table of the command line without a subcommand: its help lists them. */
static struct option_program make_program(struct option_command texts[COMMANDS])
{
    for (size_t i = 0; i < commands.count; i++)
        texts[i] = (struct option_command){name_of(commands.table[i]), commands.table[i]->word,
                                           commands.table[i]->program->summary};
    return (struct option_program){
        .name = "rundown",
        .version = RUNDOWN_VERSION,
        .synopsis = "SUBCOMMAND [OPTION...] [WORD...]",
        .summary =
            "Runs programs of calls to the directory backup API, breaks what can break under "
            "them, and reports what the implementation does wrong.",
        .commands = texts,
        .command_count = commands.count,
        .closing =
            "rundown SUBCOMMAND --help lists its options.\n"
            "Exit code: 0 no finding; 1 a finding, a file that cannot be read or written, a "
            "syntax error, nothing to do; 2 wrong usage; 130 or 143 interrupted by SIGINT or "
            "SIGTERM.\n"
            "RUNDOWN_WITHOUT in the environment leaves out judges, as --without does; it is meant "
            "for the drivers of fuzzing engines, whose options are not ours.",
    };
}

static int say_unknown(const struct option_program *program, const char *name)
{
    struct option_row rows[COMMANDS] = {0};
    struct option_program names = *program;
    for (size_t i = 0; i < commands.count; i++)
        rows[i].name = name_of(commands.table[i]);
    names.rows = rows;
    names.row_count = commands.count;
    const char *nearest = option_nearest(&names, name);
    if (nearest != NULL)
        fprintf(stderr, "rundown: unknown subcommand '%s'; did you mean %s?\n", name, nearest);
    else
        fprintf(stderr, "rundown: unknown subcommand '%s'\n", name);
    option_table_try_help(program);
    return EXIT_USAGE;
}

static int without_command(int count, char **arguments)
{
    struct option_command texts[COMMANDS];
    struct option_program program = make_program(texts);
    int words;
    if (count > 1 && strcmp(arguments[1], "help") == 0) {
        option_print_help(&program);
        return EXIT_SUCCESS;
    }
    if (count == 2 && strcmp(arguments[1], "--help-man") == 0) {
        option_print_manual(&program);
        printf(".Sh OPTIONS OF COMMANDS\n");
        for (size_t i = 0; i < commands.count; i++)
            option_print_manual_command(commands.table[i]->program);
        return EXIT_SUCCESS;
    }
    if (count > 1 && arguments[1][0] != '-')
        return say_unknown(&program, arguments[1]);
    switch (option_table_parse(&program, count, arguments, NULL, &words)) {
    case OPTION_DONE:
        return EXIT_SUCCESS;
    case OPTION_WRONG:
        return EXIT_USAGE;
    case OPTION_RUN:
        break;
    }
    fprintf(stderr, "rundown: a subcommand is missing\n");
    option_table_try_help(&program);
    return EXIT_USAGE;
}

/* Options have two dashes, or are a letter of the command: any other word with a dash is a path. */
static void mark_paths(const struct option_program *program, int count, char **arguments)
{
    for (int i = 1; i < count && strcmp(arguments[i], "--") != 0; i++) {
        const char *a = arguments[i];
        bool is_option = a[0] != '-' || a[1] == '-' || a[1] == '\0';
        for (size_t l = 0; l < program->letter_count; l++)
            is_option |= a[1] == program->letters[l].letter;
        if (!is_option && asprintf(&arguments[i], "./%s", a) < 0)
            abort();
    }
}

static int run_command(const struct rundown_command *c, int count, char **arguments)
{
    int words;
    mark_paths(c->program, count, arguments);
    switch (option_table_parse(c->program, count, arguments, c->settings, &words)) {
    case OPTION_DONE:
        return EXIT_SUCCESS;
    case OPTION_WRONG:
        return EXIT_USAGE;
    case OPTION_RUN:
        break;
    }
    int status = EXIT_USAGE;
    if (words < c->least)
        fprintf(stderr, "%s: %s is missing\n", c->program->name, c->word);
    else if (words > c->most)
        fprintf(stderr, "%s: unexpected argument '%s'\n", c->program->name, arguments[c->most + 1]);
    else
        return c->run(words, arguments + 1);
    option_table_try_help(c->program);
    return status;
}

bool rundown_save_json(json_t *document, const char *path)
{
    const char *why;
    bool good = json_save(document, path, &why);
    if (!good)
        fprintf(stderr, "rundown: %s: %s\n", path, why);
    json_decref(document);
    return good;
}

bool rundown_leave_out(const struct option_program *program, const char *list)
{
    return list == NULL || run_leave_out(list) ||
           option_table_wrong(program, "without", list, "must be a list of " RUN_WITHOUT_WORDS);
}

void rundown_print_results(const char *path, const struct run_report *r)
{
    printf("%s:", path);
    for (size_t i = 0; i < r->call_count; i++)
        printf(" %s", code_text(r->results[i]));
    putchar('\n');
}

/* Each run gives back nearly all that it took: the next one would ask the kernel for it again. */
static void keep_heap(void)
{
    enum { KEPT_BYTES = 64 << 20, BLOCK_BYTES = 16 << 20 };
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    mallopt(M_MMAP_THRESHOLD, BLOCK_BYTES);
}

int rundown_main(const struct rundown_command *const *table, size_t table_count, int count,
                 char **arguments)
{
    commands.table = table;
    commands.count = table_count;
    assert(table_count <= COMMANDS);
    /* Lines printed before an interruption are complete. */
    output_start();
    keep_heap();
    jobs_watch_signals("rundown");
    /* Programs may name fault points of the wire. */
    service_register_sites();
    run_without();
    const struct rundown_command *c = count > 1 ? find(arguments[1]) : NULL;
    if (c != NULL && c->alone)
        explain_alone(arguments);
    return c != NULL ? run_command(c, count - 1, arguments + 1) : without_command(count, arguments);
}
