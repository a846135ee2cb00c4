/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target/options: the settings of a command line, the messages about a wrong one, and the two forms
 * in which the rows are printed.
 */
#include "tests/support/test.h"

#include "target/options/option_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct settings {
    const char *name, *note;
    uint32_t jobs;
    unsigned level;
    bool loud, careful;
};

#define AT(member) offsetof(struct settings, member)
static const struct option_row rows[] = {
    {"name", "TEXT", OPTION_TEXT, AT(name), 0, 0, "what it is called"},
    {"note", "TEXT", OPTION_ANY_TEXT, AT(note), 0, 0, "what is said of it, \\ if anything"},
    {"jobs", "N", OPTION_NUMBER, AT(jobs), 2, 64, "processes"},
    {"level", "low|middle|high", OPTION_CHOICE, AT(level), 0, 0, ".how much"},
    {"loud", NULL, OPTION_FLAG, AT(loud), 0, 0,
     "a text that is so long that it has to be broken into several lines, more than once, with "
     "words of many lengths, wherever it is printed"},
    {"careless", NULL, OPTION_NO_FLAG, AT(careful), 0, 0, "do not look. It saves time"},
    {"an-option-with-a-long-name", "ARGUMENT", OPTION_ANY_TEXT, AT(note), 0, 0, "the same"},
};
static const struct option_command commands[] = {{"go", "PLACE", "go there"},
                                                 {"stay", NULL, "stay here"}};
static const struct option_letter letters[] = {{'p', "jobs"}, {'c', "careless"}};
static const struct option_program program = {
    .name = "example",
    .version = "1.2.3",
    .synopsis = "[OPTION...] COMMAND",
    .summary = "Is an example.",
    .commands = commands,
    .command_count = 2,
    .rows = rows,
    .row_count = sizeof rows / sizeof *rows,
    .letters = letters,
    .letter_count = 2,
    .closing =
        "A paragraph that is longer than any line of a terminal that is eighty columns wide, "
        "so that it is broken.\n    an example   stays\n",
};

/* Running it -------------------------------------------------------------------------------- */

static struct settings settings;
static char output[8192]; /* what was printed, on either stream */
static int words;
static char *argv[16];

static enum option_outcome parse_words(int argc)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    int kept[2] = {dup(1), dup(2)};
    fflush(NULL);
    dup2(fileno(file), 1);
    dup2(fileno(file), 2);
    settings = (struct settings){.jobs = 7, .careful = true};
    enum option_outcome outcome = option_table_parse(&program, argc, argv, &settings, &words);
    fflush(NULL);
    for (int i = 0; i < 2; i++) {
        dup2(kept[i], i + 1);
        close(kept[i]);
    }
    rewind(file);
    output[fread(output, 1, sizeof output - 1, file)] = '\0';
    fclose(file);
    return outcome;
}

/* Words separated by one blank; "''" is an empty one. */
static enum option_outcome parse(const char *line)
{
    static char copy[512];
    int argc = 1;
    snprintf(copy, sizeof copy, "%s", line);
    argv[0] = (char[]){"example"};
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " "))
        argv[argc++] = strcmp(word, "''") == 0 ? word + 2 : word;
    argv[argc] = NULL;
    return parse_words(argc);
}

static void assert_wrong(const char *line, const char *message)
{
    char expected[512];
    snprintf(expected, sizeof expected, "example: %s\nTry: example --help\n", message);
    assert_int_equal(parse(line), OPTION_WRONG);
    assert_string_equal(output, expected);
}

/* Right ------------------------------------------------------------------------------------- */

TEST(what_is_not_named_keeps_its_value)
{
    assert_int_equal(parse(""), OPTION_RUN);
    assert_int_equal(words, 0);
    assert_null(settings.name);
    assert_int_equal(settings.jobs, 7);
    assert_true(settings.careful);
    assert_string_equal(output, "");
}

TEST(every_kind_of_value_is_set)
{
    assert_int_equal(parse("--name a=b --note '' --jobs=64 --level high --loud --careless"),
                     OPTION_RUN);
    assert_string_equal(settings.name, "a=b");
    assert_string_equal(settings.note, "");
    assert_int_equal(settings.jobs, 64);
    assert_int_equal(settings.level, 2);
    assert_true(settings.loud);
    assert_false(settings.careful);
    assert_int_equal(words, 0);
    assert_int_equal(parse("--level low --jobs 2"), OPTION_RUN);
    assert_int_equal(settings.level, 0);
    assert_int_equal(settings.jobs, 2);
}

TEST(a_letter_stands_for_its_row)
{
    static const char *const lines[] = {"go -p 3 -c there", "-c -p3 go there", "go there -cp 3"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        assert_int_equal(parse(lines[i]), OPTION_RUN);
        assert_int_equal(settings.jobs, 3);
        assert_false(settings.careful);
        assert_int_equal(words, 2);
    }
    assert_wrong("-p 65", "--jobs '65': must be a whole number from 2 to 64");
    assert_wrong("go -p", "option '--jobs' requires an argument: N");
    assert_wrong("-c -z", "unknown option '-z'");
}

TEST(options_and_words_come_in_any_order)
{
    static const char *const lines[] = {"--loud go there --jobs 3", "go --jobs 3 --loud there",
                                        "go there --lou --job=3"};
    for (size_t i = 0; i < 2 * sizeof lines / sizeof *lines; i++) {
        if (i % 2 == 1)
            setenv("POSIXLY_CORRECT", "1", 1);
        assert_int_equal(parse(lines[i / 2]), OPTION_RUN);
        unsetenv("POSIXLY_CORRECT");
        assert_true(settings.loud);
        assert_int_equal(settings.jobs, 3);
        assert_int_equal(words, 2);
        assert_string_equal(argv[1], "go");
        assert_string_equal(argv[2], "there");
    }
}

TEST(two_dashes_end_the_options)
{
    assert_int_equal(parse("go --loud -- --jobs -x"), OPTION_RUN);
    assert_int_equal(words, 3);
    assert_string_equal(argv[1], "go");
    assert_string_equal(argv[2], "--jobs");
    assert_string_equal(argv[3], "-x");
    assert_int_equal(parse("-"), OPTION_RUN);
    assert_int_equal(words, 1);
    assert_string_equal(argv[1], "-");
}

/* Wrong ------------------------------------------------------------------------------------- */

TEST(an_unknown_option_is_named_with_the_nearest)
{
    assert_wrong("go --nmae x", "unknown option '--nmae'; did you mean --name?");
    assert_wrong("--jbos=3", "unknown option '--jbos'; did you mean --jobs?");
    assert_wrong("--lod", "unknown option '--lod'; did you mean --loud?");
    assert_wrong("--carelesss", "unknown option '--carelesss'; did you mean --careless?");
    assert_wrong("--long-name x", "unknown option '--long-name'; "
                                  "did you mean --an-option-with-a-long-name?");
    assert_wrong("--hlep", "unknown option '--hlep'; did you mean --help?");
    assert_wrong("-j 3", "unknown option '-j'; did you mean --jobs?");
    assert_wrong("-qv", "unknown option '-q'");
    assert_wrong("--zzzzzzz", "unknown option '--zzzzzzz'");
    assert_wrong("--=", "option '--' may be any of: --name --note --jobs --level --loud --careless "
                        "--an-option-with-a-long-name --help --version");
    assert_wrong("--l x", "option '--l' may be any of: --level --loud");
}

TEST(a_name_of_any_length_is_only_cut)
{
    char line[300] = "--", expected[128];
    memset(line + 2, 'n', 250);
    snprintf(expected, sizeof expected, "unknown option '--%.63s'", line + 2);
    assert_wrong(line, expected);
}

TEST(arguments_are_asked_for_and_refused)
{
    assert_wrong("go --jobs", "option '--jobs' requires an argument: N");
    assert_wrong("--loud=yes", "option '--loud' takes no argument");
    assert_wrong("--help=me", "option '--help' takes no argument");
}

TEST(a_wrong_value_is_named)
{
    static const char *const numbers[] = {
        "1",   "65", "-3",  "+3",         "3x",
        "0x3", "''", "3.0", "4294967299", "99999999999999999999999999"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char line[64], expected[128];
        snprintf(line, sizeof line, "--jobs %s", numbers[i]);
        snprintf(expected, sizeof expected, "--jobs '%s': must be a whole number from 2 to 64",
                 strcmp(numbers[i], "''") == 0 ? "" : numbers[i]);
        assert_wrong(line, expected);
        assert_int_equal(settings.jobs, 7);
    }
    assert_wrong("--name ''", "--name '': must not be empty");
    assert_wrong("--level hig", "--level 'hig': must be one of low|middle|high");
    assert_wrong("--level ''", "--level '': must be one of low|middle|high");
    assert_wrong("--level low|middle", "--level 'low|middle': must be one of low|middle|high");
}

TEST(numbers_have_bounds_up_to_the_last_bit)
{
    uint32_t n = 1;
    assert_true(option_number("4294967295", 0, UINT32_MAX, &n));
    assert_int_equal(n, UINT32_MAX);
    assert_false(option_number("4294967296", 0, UINT32_MAX, &n));
    assert_true(option_number("000000000000000000000", 0, 0, &n));
    assert_int_equal(n, 0);
    assert_false(option_number("1", 0, 0, &n));
    assert_false(option_number(" 1", 0, 9, &n));
    assert_int_equal(n, 0);
}

/* Printing ---------------------------------------------------------------------------------- */

TEST(version_and_help_are_printed_wherever_they_stand)
{
    assert_int_equal(parse("go --version --no-such"), OPTION_DONE);
    assert_string_equal(output, "example 1.2.3\n");
    assert_int_equal(parse("go --jobs 3 --help"), OPTION_DONE);
    assert_string_equal(
        output, "example [OPTION...] COMMAND\n"
                "Is an example.\n"
                "\n"
                "  go PLACE                      go there\n"
                "  stay                          stay here\n"
                "\n"
                "  --name TEXT                   what it is called\n"
                "  --note TEXT                   what is said of it, \\ if anything\n"
                "  --jobs N                      processes\n"
                "  --level low|middle|high       .how much\n"
                "  --loud                        a text that is so long that it has to be broken\n"
                "                                into several lines, more than once, with words\n"
                "                                of many lengths, wherever it is printed\n"
                "  --careless                    do not look. It saves time\n"
                "  --an-option-with-a-long-name ARGUMENT\n"
                "                                the same\n"
                "  --help                        print this text\n"
                "  --version                     print the version\n"
                "\n"
                "A paragraph that is longer than any line of a terminal that is eighty columns\n"
                "wide, so that it is broken.\n"
                "    an example   stays\n");
}

TEST(a_line_of_eighty_columns_is_not_broken)
{
    struct option_program wide = program;
    char text[160];
    memset(text, 'x', 80);
    text[40] = ' ';
    strcpy(text + 80, "\nyy\n");
    wide.closing = text;
    int kept = dup(1);
    FILE *file = tmpfile();
    fflush(NULL);
    dup2(fileno(file), 1);
    option_print_help(&wide);
    fflush(NULL);
    dup2(kept, 1);
    close(kept);
    rewind(file);
    output[fread(output, 1, sizeof output - 1, file)] = '\0';
    fclose(file);
    assert_non_null(strstr(output, text));
    text[80] = 'x';
    text[81] = '\0';
    assert_null(strstr(output, text));
}

TEST(the_manual_has_the_same_rows_and_no_stray_request)
{
    assert_int_equal(parse("--help-man"), OPTION_DONE);
    assert_non_null(strstr(output,
                           ".Sh COMMANDS\n.Bl -tag -width Ds\n.It Cm go Ar PLACE\ngo there.\n"
                           ".It Cm stay\nstay here.\n.El\n.Sh OPTIONS\n"));
    assert_non_null(strstr(output, ".It Fl -note Ar TEXT\nwhat is said of it, \\e if anything.\n"));
    assert_non_null(strstr(output, ".It Fl -level Ar low|middle|high\n\\&.how much.\n"));
    assert_non_null(strstr(output, ".It Fl -careless\ndo not look.\nIt saves time.\n"));
    assert_non_null(strstr(output, "ral lines, more than\nonce, with words of "));
    for (size_t i = 0; i < program.row_count; i++) {
        char item[64];
        snprintf(item, sizeof item, ".It Fl -%s", rows[i].name);
        assert_non_null(strstr(output, item));
    }
    assert_non_null(strstr(output, ".It Fl -version\nprint the version.\n.El\n"));
}
