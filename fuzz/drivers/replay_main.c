/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A driver without an engine: runs inputs once each.
 *
 *     replay_server_pdu [--least N] PATH...      a folder stands for its files but *.txt
 *
 * Stricter than stock drivers: an unreadable or missing path, a file that is not regular, a folder
 * without inputs, fewer than N inputs, unknown options, and output that cannot be written all fail.
 */
#include "driver.h"

#include "fuzz/program/input.h"
#include "fuzz/program/output.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_BYTES = 1 << 24, EXIT_USAGE = 2 };

struct tally {
    unsigned long run, failed;
};

static void run_file(const char *path, struct tally *t)
{
    uint8_t *bytes;
    size_t size;
    const char *why;
    if (!input_read(path, MOST_BYTES, &bytes, &size, &why)) {
        printf("FAILED: %s: %s\n", path, why);
        t->failed++;
        return;
    }
    printf("%s ... ", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput(bytes, size);
    puts("ok");
    t->run++;
    free(bytes);
}

static int is_input(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return d->d_name[0] != '.' && !(n > 4 && strcmp(d->d_name + n - 4, ".txt") == 0);
}

static void run_folder(const char *path, struct tally *t)
{
    struct dirent **entries;
    int n = scandir(path, &entries, is_input, alphasort);
    if (n <= 0) {
        printf("FAILED: %s: %s\n", path, n < 0 ? strerror(errno) : "contains no input");
        t->failed++;
    }
    for (int i = 0; i < n; i++) {
        char *file;
        if (asprintf(&file, "%s/%s", path, entries[i]->d_name) < 0)
            abort();
        run_file(file, t);
        free(file);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
}

static void run_path(const char *path, struct tally *t)
{
    struct stat s;
    if (stat(path, &s) == 0 && S_ISDIR(s.st_mode))
        run_folder(path, t);
    else
        run_file(path, t);
}

/* Digits alone, from 1 on. */
static bool parse_least(const char *text, unsigned long *out)
{
    enum { MOST = 1000000000 };
    unsigned long n = 0;
    size_t digits = strspn(text, "0123456789");
    for (size_t i = 0; i < digits && n <= MOST; i++)
        n = n * 10 + (unsigned long)(text[i] - '0');
    *out = n;
    return digits > 0 && text[digits] == '\0' && n >= 1 && n <= MOST;
}

/* Moves the paths to the front; -1: an option that is unknown or has no value. */
static int parse(int count, char **arguments, unsigned long *least)
{
    bool options = true;
    int paths = 0;
    for (int i = 1; i < count; i++) {
        const char *a = arguments[i];
        if (!options || a[0] != '-')
            arguments[paths++] = arguments[i];
        else if (strcmp(a, "--") == 0)
            options = false;
        else if (strcmp(a, "--least") != 0 || i + 1 == count || !parse_least(arguments[++i], least))
            return -1;
    }
    return paths;
}

int main(int count, char **arguments)
{
    const char *name = arguments[0];
    unsigned long least = 1;
    struct tally t = {0};
    output_start();
    int paths = parse(count, arguments, &least);
    if (paths <= 0) {
        fprintf(stderr, "usage: %s [--least N] PATH...\n", name);
        return EXIT_USAGE;
    }
    for (int i = 0; i < paths; i++)
        run_path(arguments[i], &t);
    if (t.run < least)
        printf("FAILED: %lu inputs, at least %lu were expected\n", t.run, least);
    printf("%lu inputs, %lu failed\n", t.run, t.failed);
    return output_finish(name, t.failed > 0 || t.run < least ? EXIT_FAILURE : EXIT_SUCCESS);
}
