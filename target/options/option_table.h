/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parses a command line by a table with one row for each option: its name, its argument, the place
 * of its value and its purpose. Parsing, messages, --help, --version and the lists of the manual
 * page use the same rows, so they cannot differ.
 *
 *     struct settings {
 *         uint32_t jobs;
 *     };
 *     static const struct option_row rows[] = {
 *         {"jobs", "N", OPTION_NUMBER, offsetof(struct settings, jobs), 1, 64, "processes"},
 *     };
 *     static const struct option_program program = {
 *         .name = "example", .version = "1.0", .synopsis = "[OPTION...] FILE...",
 *         .summary = "Does something with each FILE.", .rows = rows, .row_count = 1,
 *     };
 *
 *     int main(int argc, char **argv)
 *     {
 *         struct settings settings = {.jobs = 2};
 *         int words;
 *         enum option_outcome outcome =
 *             option_table_parse(&program, argc, argv, &settings, &words);
 *         if (outcome != OPTION_RUN)
 *             return outcome == OPTION_DONE ? 0 : 2;
 *         for (int i = 1; i <= words; i++)
 *             printf("%s in %u processes\n", argv[i], settings.jobs);
 *         return 0;
 *     }
 *
 * Options may stand anywhere, and be shortened as long as they stay unique. Words after "--" are
 * not options. Not thread-safe, as getopt_long(3) is not.
 */
#ifndef OPTIONS_OPTION_TABLE_H
#define OPTIONS_OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_kind {
    OPTION_TEXT,     /* const char *, not empty; points into argv */
    OPTION_ANY_TEXT, /* the same, may be empty */
    OPTION_NUMBER,   /* uint32_t, from `least` to `most` */
    OPTION_CHOICE,   /* unsigned: which of the words of `argument`, "one|two|three", from 0 */
    OPTION_FLAG,     /* bool, becomes true */
    OPTION_NO_FLAG,  /* bool, becomes false */
};

struct option_row {
    const char *name;     /* without dashes */
    const char *argument; /* as --help names it; NULL: takes none */
    enum option_kind kind;
    size_t offset;        /* of the value in the caller's settings */
    uint32_t least, most; /* of an OPTION_NUMBER */
    const char *help;     /* one paragraph; broken into lines where it is printed */
};

/* A first word that is not an option, where a program has several: for --help alone. */
struct option_command {
    const char *name, *argument, *help; /* argument NULL: takes none */
};

/* A letter that stands for the row of that name: -k N for --calls N. */
struct option_letter {
    char letter;
    const char *name;
};

struct option_program {
    const char *name, *version;
    const char *synopsis; /* behind the name */
    const char *summary;
    const struct option_command *commands; /* may be none */
    size_t command_count;
    const struct option_row *rows; /* --help and --version are added */
    size_t row_count;
    const struct option_letter *letters; /* may be none */
    size_t letter_count;
    const char *closing; /* paragraphs; a line that begins with a blank stays as it is */
};

enum option_outcome {
    OPTION_RUN,
    OPTION_DONE, /* help or version was asked for, and is on standard output */
    OPTION_WRONG /* said on standard error */
};

/* Sets what the command line names in `settings`, and leaves the rest. The words that are not
   options are argv[1] to argv[*words] from then on. */
enum option_outcome option_table_parse(const struct option_program *program, int argc, char **argv,
                                       void *settings, int *words);

/* Says on standard error "PROGRAM: --OPTION 'VALUE': WHY". False, for a caller to return. */
bool option_table_wrong(const struct option_program *program, const char *option, const char *value,
                        const char *why);
/* Prints how to get help. */
void option_table_try_help(const struct option_program *program);

/* The sections COMMANDS and OPTIONS of a manual page, in mdoc(7). */
void option_print_manual(const struct option_program *program);
/* A subsection of it: how one command is used, and its own options. */
void option_print_manual_command(const struct option_program *program);

/* --help: at most 80 columns. */
void option_print_help(const struct option_program *program);
/* The name of the row that `wrong` (without dashes) was probably meant to be; NULL: no
   name is similar. */
const char *option_nearest(const struct option_program *program, const char *wrong);

/* A whole number in decimal digits alone. False: another form, or beyond `least` and `most`. */
bool option_number(const char *text, uint32_t least, uint32_t most, uint32_t *out);

#endif
