/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown show, pack and format: the forms of a program.
 */
#include "rundown.h"

#include "fuzz/program/output.h"
#include "fuzz/program/program_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct program program;

/* show ---------------------------------------------------------------------------------------- */

static const struct option_program show_line = {
    .name = "rundown show",
    .version = RUNDOWN_VERSION,
    .synopsis = "FILE...",
    .summary = "print programs as canonical text",
};

static int run_show(int count, char **paths)
{
    int status = EXIT_SUCCESS;
    for (int i = 0; i < count; i++) {
        if (files_load(paths[i], &program))
            program_print(&program, stdout, -1, NULL, 0);
        else
            status = EXIT_FAILURE;
    }
    return status;
}

const struct rundown_command command_show = {
    .program = &show_line, .word = "FILE...", .least = 1, .most = ANY_NUMBER, .run = run_show};

/* pack ---------------------------------------------------------------------------------------- */

static const struct option_program pack_line = {
    .name = "rundown pack",
    .version = RUNDOWN_VERSION,
    .synopsis = "DIRECTORY FILE...",
    .summary = "write each program as bytes into DIRECTORY",
    .closing = "dir/x.txt becomes DIRECTORY/x.txt.bin, another file of that name "
               "DIRECTORY/x.txt.2.bin.",
};

static bool pack_one(const char *from, const char *directory, const char *name)
{
    static uint8_t bytes[PROGRAM_MAX_BYTES];
    const char *why;
    char *to;
    if (!files_load(from, &program))
        return false;
    if (asprintf(&to, "%s/%s.bin", directory, name) < 0)
        abort();
    bool good = output_rewrite(to, bytes, program_encode(&program, bytes), &why);
    if (!good)
        fprintf(stderr, "rundown: %s: %s\n", to, why);
    free(to);
    return good;
}

static int run_pack(int count, char **words)
{
    size_t n = (size_t)count - 1;
    char **names = files_stems(words + 1, n, "");
    bool good = true;
    for (size_t i = 0; i < n && good; i++)
        good = pack_one(words[i + 1], words[0], names[i]);
    files_free(names, n);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

const struct rundown_command command_pack = {.program = &pack_line,
                                             .word = "DIRECTORY FILE...",
                                             .least = 2,
                                             .most = ANY_NUMBER,
                                             .run = run_pack};

/* format -------------------------------------------------------------------------------------- */

static struct format_settings {
    bool check;
} format_settings;

static const struct option_row format_rows[] = {
    {"check", NULL, OPTION_FLAG, offsetof(struct format_settings, check), 0, 0,
     "change nothing; print which files are not formatted, and fail if there are any"},
};

static const struct option_program format_line = {
    .name = "rundown format",
    .version = RUNDOWN_VERSION,
    .synopsis = "[--check] FILE...",
    .summary = "write texts in their canonical form, with their comments",
    ROWS(format_rows),
};

static bool format_one(const char *path, bool check)
{
    uint8_t *bytes;
    size_t n, formatted_n;
    char *formatted;
    const char *why;
    if (!files_read(path, &bytes, &n))
        return false;
    struct program_error error;
    FILE *out = open_memstream(&formatted, &formatted_n);
    if (out == NULL)
        abort();
    bool good = program_format((const char *)bytes, n, out, &error);
    fclose(out);
    if (!good)
        fprintf(stderr, "%s:%u:%u: expected %s\n", path, error.line, error.column, error.expected);
    bool same = good && n == formatted_n && memcmp(bytes, formatted, n) == 0;
    if (good && !same && check) {
        printf("%s is not formatted\n", path);
        good = false;
    } else if (good && !same && !output_rewrite(path, formatted, formatted_n, &why)) {
        fprintf(stderr, "rundown: %s: %s\n", path, why);
        good = false;
    }
    free(bytes);
    free(formatted);
    return good;
}

static int run_format(int count, char **paths)
{
    int status = EXIT_SUCCESS;
    for (int i = 0; i < count; i++)
        if (!format_one(paths[i], format_settings.check))
            status = EXIT_FAILURE;
    return status;
}

const struct rundown_command command_format = {
    .program = &format_line,
    .settings = &format_settings,
    .word = "FILE...",
    .least = 1,
    .most = ANY_NUMBER,
    .run = run_format,
};
