/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown show, pack and format: the forms of a program.
 */
#include "rundown.h"

#include "fuzz/program/program_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct program program;

int command_show(int count, char **arguments)
{
    int status = count > 0 ? EXIT_SUCCESS : EXIT_USAGE;
    for (int i = 0; i < count; i++) {
        if (rundown_load(arguments[i], &program))
            program_print(&program, stdout, -1, NULL, 0);
        else
            status = EXIT_FAILURE;
    }
    return status;
}

int command_pack(int count, char **arguments)
{
    static uint8_t bytes[PROGRAM_MAX_BYTES];
    if (count < 2)
        return EXIT_USAGE;
    for (int i = 1; i < count; i++) {
        if (!rundown_load(arguments[i], &program))
            return EXIT_FAILURE;
        const char *name = strrchr(arguments[i], '/');
        char path[4096];
        snprintf(path, sizeof path, "%s/%s.bin", arguments[0],
                 name != NULL ? name + 1 : arguments[i]);
        FILE *f = fopen(path, "wb");
        size_t n = program_encode(&program, bytes);
        if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0) {
            fprintf(stderr, "rundown: %s: %s\n", path, strerror(errno));
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}

/* Writes the formatted text over the file, by way of another: a full disk must not cost the file.
 */
static bool replace(const char *path, const char *text, size_t n)
{
    char other[4096];
    snprintf(other, sizeof other, "%s.new", path);
    FILE *f = fopen(other, "wb");
    bool good = f != NULL && fwrite(text, 1, n, f) == n;
    if (f != NULL)
        good = fclose(f) == 0 && good;
    good = good && rename(other, path) == 0;
    if (!good) {
        fprintf(stderr, "rundown: %s: %s\n", path, strerror(errno));
        unlink(other);
    }
    return good;
}

static bool format_one(const char *path, bool check)
{
    uint8_t *bytes;
    size_t n, formatted_n;
    char *formatted;
    if (!rundown_read(path, &bytes, &n))
        return false;
    struct program_error error;
    FILE *out = open_memstream(&formatted, &formatted_n);
    bool good = out != NULL && program_format((const char *)bytes, n, out, &error);
    if (out != NULL)
        fclose(out);
    if (out != NULL && !good)
        fprintf(stderr, "%s:%u:%u: expected %s\n", path, error.line, error.column, error.expected);
    bool same = good && n == formatted_n && memcmp(bytes, formatted, n) == 0;
    if (good && !same && check) {
        printf("%s is not formatted\n", path);
        good = false;
    } else if (good && !same) {
        good = replace(path, formatted, formatted_n);
    }
    free(bytes);
    if (out != NULL)
        free(formatted);
    return good;
}

int command_format(int count, char **arguments)
{
    bool check = count > 0 && strcmp(arguments[0], "--check") == 0;
    count -= check;
    arguments += check;
    int status = count > 0 ? EXIT_SUCCESS : EXIT_USAGE;
    for (int i = 0; i < count; i++)
        if (!format_one(arguments[i], check))
            status = EXIT_FAILURE;
    return status;
}
