/* SPDX-License-Identifier: Apache-2.0 */
/*
 * getopt_long(3) finds the options; the messages are ours, because its own do not suggest the right
 * option or the legal values.
 */
#include "option_table.h"

#include "option_internal.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum {
    ROWS_MAX = 64,
    LETTERS_MAX = 8,
    FIRST_VALUE = 256 /* of getopt_long(): above every letter */
};

const struct option_row option_common_rows[OPTION_COMMON] = {
    [OPTION_HELP] = {"help", NULL, OPTION_FLAG, 0, 0, 0, "print this text"},
    [OPTION_VERSION] = {"version", NULL, OPTION_FLAG, 0, 0, 0, "print the version"},
};

const struct option_row *option_row_at(const struct option_program *program, size_t i)
{
    if (i < program->row_count)
        return &program->rows[i];
    i -= program->row_count;
    return i < OPTION_COMMON ? &option_common_rows[i] : NULL;
}

/* Messages ---------------------------------------------------------------------------------- */

bool option_table_wrong(const struct option_program *program, const char *option, const char *value,
                        const char *why)
{
    fprintf(stderr, "%s: --%s '%s': %s\n", program->name, option, value, why);
    return false;
}

void option_table_try_help(const struct option_program *program)
{
    fprintf(stderr, "Try: %s --help\n", program->name);
}

/* How many options begin with these letters. */
static unsigned count_beginnings(const struct option_program *program, const char *letters)
{
    unsigned count = 0;
    const struct option_row *row;
    for (size_t i = 0; (row = option_row_at(program, i)) != NULL; i++)
        count += strncmp(row->name, letters, strlen(letters)) == 0;
    return count;
}

/* `dashes` and `name` as they were written. */
static void say_unknown(const struct option_program *program, const char *dashes, const char *name)
{
    char word[64];
    const struct option_row *row;
    snprintf(word, sizeof word, "%.*s", (int)strcspn(name, "="), name);
    const char *nearest = option_nearest(program, word);
    if (dashes[1] == '-' && count_beginnings(program, word) > 1) {
        fprintf(stderr, "%s: option '--%s' may be any of:", program->name, word);
        for (size_t i = 0; (row = option_row_at(program, i)) != NULL; i++)
            if (strncmp(row->name, word, strlen(word)) == 0)
                fprintf(stderr, " --%s", row->name);
        fprintf(stderr, "\n");
    } else if (nearest != NULL) {
        fprintf(stderr, "%s: unknown option '%s%s'; did you mean --%s?\n", program->name, dashes,
                word, nearest);
    } else {
        fprintf(stderr, "%s: unknown option '%s%s'\n", program->name, dashes, word);
    }
}

/* The value that getopt_long() returns for the row: the same for a letter and the name that
   it stands for. */
static int value_of(const struct option_program *program, int found)
{
    for (size_t i = 0; i < program->letter_count; i++)
        for (size_t row = 0; program->letters[i].letter == found && row < program->row_count; row++)
            if (strcmp(program->rows[row].name, program->letters[i].name) == 0)
                return FIRST_VALUE + (int)row;
    return found;
}

/* Prints the error found by getopt_long(), which returned `code`. */
static void complain(const struct option_program *program, int code, const char *word)
{
    int value = value_of(program, optopt);
    const struct option_row *row =
        value >= FIRST_VALUE ? option_row_at(program, (size_t)(value - FIRST_VALUE)) : NULL;
    char letter[2] = {(char)optopt, '\0'};
    if (row != NULL && code == ':')
        fprintf(stderr, "%s: option '--%s' requires an argument: %s\n", program->name, row->name,
                row->argument);
    else if (row != NULL)
        fprintf(stderr, "%s: option '--%s' takes no argument\n", program->name, row->name);
    else if (optopt == 0)
        say_unknown(program, "--", word + 2);
    else
        say_unknown(program, "-", letter);
}

/* Values ------------------------------------------------------------------------------------ */

bool option_number(const char *text, uint32_t least, uint32_t most, uint32_t *out)
{
    uint64_t number = 0;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || text[digits] != '\0')
        return false;
    for (size_t i = 0; i < digits; i++) {
        number = number * 10 + (uint64_t)(text[i] - '0');
        if (number > most)
            return false;
    }
    if (number < least)
        return false;
    *out = (uint32_t)number;
    return true;
}

/* Which of the words of "one|two|three" it is. */
static bool choose(const char *words, const char *value, unsigned *out)
{
    size_t length = strlen(value);
    for (unsigned i = 0; *words != '\0'; i++) {
        size_t word = strcspn(words, "|");
        if (word == length && memcmp(words, value, length) == 0) {
            *out = i;
            return true;
        }
        words += word + (words[word] == '|');
    }
    return false;
}

static bool set(const struct option_program *program, const struct option_row *row,
                const char *value, void *settings)
{
    char why[80];
    void *member = (char *)settings + row->offset;
    switch (row->kind) {
    case OPTION_NUMBER:
        if (option_number(value, row->least, row->most, member))
            return true;
        snprintf(why, sizeof why, "must be a whole number from %u to %u", row->least, row->most);
        return option_table_wrong(program, row->name, value, why);
    case OPTION_CHOICE:
        if (choose(row->argument, value, member))
            return true;
        snprintf(why, sizeof why, "must be one of %s", row->argument);
        return option_table_wrong(program, row->name, value, why);
    case OPTION_FLAG:
    case OPTION_NO_FLAG:
        *(bool *)member = row->kind == OPTION_FLAG;
        return true;
    case OPTION_TEXT:
        if (value[0] == '\0')
            return option_table_wrong(program, row->name, value, "must not be empty");
        break;
    case OPTION_ANY_TEXT:
        break;
    }
    *(const char **)member = value;
    return true;
}

/* The command line -------------------------------------------------------------------------- */

static void make_table(const struct option_program *program, struct option table[ROWS_MAX + 1])
{
    const struct option_row *row;
    memset(table, 0, (ROWS_MAX + 1) * sizeof *table);
    for (size_t i = 0; i < ROWS_MAX && (row = option_row_at(program, i)) != NULL; i++)
        table[i] = (struct option){row->name, row->argument != NULL, NULL, FIRST_VALUE + (int)i};
}

/* "-": words are returned in order, as option 1, even with POSIXLY_CORRECT. ":": a missing
   value is distinguished. */
static void make_letters(const struct option_program *program, char letters[2 * LETTERS_MAX + 3])
{
    char *at = stpcpy(letters, "-:");
    for (size_t i = 0; i < program->letter_count && i < LETTERS_MAX; i++) {
        int value = value_of(program, program->letters[i].letter);
        *at++ = program->letters[i].letter;
        if (program->rows[value - FIRST_VALUE].argument != NULL)
            *at++ = ':';
    }
    *at = '\0';
}

static enum option_outcome take(const struct option_program *program, size_t index, void *settings)
{
    if (index == program->row_count + OPTION_HELP) {
        option_print_help(program);
        return OPTION_DONE;
    }
    if (index == program->row_count + OPTION_VERSION) {
        printf("%s %s\n", program->name, program->version);
        return OPTION_DONE;
    }
    return set(program, option_row_at(program, index), optarg, settings) ? OPTION_RUN
                                                                         : OPTION_WRONG;
}

enum option_outcome option_table_parse(const struct option_program *program, int argc, char **argv,
                                       void *settings, int *words)
{
    struct option table[ROWS_MAX + 1];
    char letters[2 * LETTERS_MAX + 3];
    enum option_outcome outcome = OPTION_RUN;
    int found;
    /* For the build, which makes manual pages from it. */
    if (argc == 2 && strcmp(argv[1], "--help-man") == 0) {
        option_print_manual(program);
        return OPTION_DONE;
    }
    make_table(program, table);
    make_letters(program, letters);
    *words = 0;
    optind = 0; /* glibc: from the start */
    opterr = 0;
    while (outcome == OPTION_RUN && (found = getopt_long(argc, argv, letters, table, NULL)) != -1) {
        found = value_of(program, found);
        if (found == 1) {
            argv[++*words] = optarg;
        } else if (found >= FIRST_VALUE) {
            outcome = take(program, (size_t)(found - FIRST_VALUE), settings);
        } else {
            complain(program, found, argv[optind - 1]);
            outcome = OPTION_WRONG;
        }
    }
    while (outcome == OPTION_RUN && optind < argc)
        argv[++*words] = argv[optind++];
    if (outcome == OPTION_WRONG)
        option_table_try_help(program);
    return outcome;
}
