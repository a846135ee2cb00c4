/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A driver without an engine: runs inputs once each.
 *
 *     replay_server_pdu [--least N] PATH...      a folder stands for its files, .txt aside
 *
 * Strict where stock drivers are not: an unreadable or missing path, an empty folder, fewer than N
 * inputs and unknown options all fail.
 */
#include "driver.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct tally {
    unsigned long run, failed;
};

static void run_file(const char *path, struct tally *t)
{
    FILE *f = fopen(path, "rb");
    struct stat s;
    uint8_t *bytes = NULL;
    bool good =
        f != NULL && fstat(fileno(f), &s) == 0 && S_ISREG(s.st_mode) && s.st_size <= 1 << 24;
    size_t size = good ? (size_t)s.st_size : 0;
    /* Exactly as large as the input, so that reading past it is caught. */
    good =
        good && (bytes = malloc(size > 0 ? size : 1)) != NULL && fread(bytes, 1, size, f) == size;
    if (f != NULL)
        fclose(f);
    if (good) {
        printf("%s ... ", path);
        fflush(stdout);
        LLVMFuzzerTestOneInput(bytes, size);
        puts("ok");
        t->run++;
    } else {
        printf("FAILED: %s: %s\n", path, errno != 0 ? strerror(errno) : "not a readable file");
        t->failed++;
    }
    free(bytes);
}

static int is_input(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return d->d_name[0] != '.' && !(n > 4 && strcmp(d->d_name + n - 4, ".txt") == 0);
}

static void run_path(const char *path, struct tally *t)
{
    struct stat s;
    if (stat(path, &s) != 0 || !S_ISDIR(s.st_mode)) {
        run_file(path, t);
        return;
    }
    struct dirent **entries;
    int n = scandir(path, &entries, is_input, alphasort);
    for (int i = 0; i < n; i++) {
        char file[4096];
        snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
        run_file(file, t);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
}

int main(int count, char **arguments)
{
    unsigned long least = 1;
    struct tally t = {0};
    for (int i = 1; i < count; i++) {
        char *end = NULL;
        if (strcmp(arguments[i], "--least") == 0 && i + 1 < count) {
            least = strtoul(arguments[++i], &end, 10);
            if (*end == '\0')
                continue;
        }
        if (arguments[i][0] == '-' || end != NULL) {
            fprintf(stderr, "usage: %s [--least N] PATH...\n", arguments[0]);
            return 2;
        }
        run_path(arguments[i], &t);
    }
    if (t.run < least)
        printf("FAILED: %lu inputs, at least %lu were expected\n", t.run, least);
    printf("%lu inputs, %lu failed\n", t.run, t.failed);
    return t.failed > 0 || t.run < least ? EXIT_FAILURE : EXIT_SUCCESS;
}
