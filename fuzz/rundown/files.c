/* SPDX-License-Identifier: Apache-2.0 */
#include "rundown.h"

#include "fuzz/program/codes.h"
#include "fuzz/program/program_text.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool rundown_read(const char *path, uint8_t **out, size_t *out_size)
{
    enum { MOST = 1 << 20 };
    FILE *f = fopen(path, "rb");
    uint8_t *bytes = malloc(MOST);
    size_t n = f != NULL && bytes != NULL ? fread(bytes, 1, MOST, f) : 0;
    bool good = f != NULL && bytes != NULL && !ferror(f) && n < MOST;
    if (!good)
        fprintf(stderr, "rundown: %s: %s\n", path, n == MOST ? "too large" : strerror(errno));
    if (f != NULL)
        fclose(f);
    if (!good) {
        free(bytes);
        return false;
    }
    *out = bytes;
    *out_size = n;
    return true;
}

static bool is_text(const char *path)
{
    size_t n = strlen(path);
    return n > 4 && strcmp(path + n - 4, ".txt") == 0;
}

bool rundown_load(const char *path, struct program *out)
{
    uint8_t *bytes;
    size_t n;
    if (!rundown_read(path, &bytes, &n))
        return false;
    bool good = true;
    if (is_text(path)) {
        struct program_error error;
        good = program_parse(out, (const char *)bytes, n, &error);
        if (!good)
            fprintf(stderr, "%s:%u:%u: expected %s\n", path, error.line, error.column,
                    error.expected);
        else if (out->call_count == 0) {
            fprintf(stderr, "%s: a program without a call\n", path);
            good = false;
        }
    } else {
        program_decode(out, bytes, n);
    }
    free(bytes);
    return good;
}

static int text_only(const struct dirent *d)
{
    return is_text(d->d_name);
}

static bool each_in_folder(const char *path, rundown_each *each, void *context)
{
    struct dirent **entries;
    int n = scandir(path, &entries, text_only, alphasort);
    if (n < 0) {
        fprintf(stderr, "rundown: %s: %s\n", path, strerror(errno));
        return false;
    }
    for (int i = 0; i < n; i++) {
        char file[4096];
        snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
        each(file, context);
        free(entries[i]);
    }
    free(entries);
    return true;
}

unsigned rundown_for_each(int count, char **paths, rundown_each *each, void *context)
{
    unsigned failed = 0;
    for (int i = 0; i < count; i++) {
        struct stat s;
        if (stat(paths[i], &s) == 0 && S_ISDIR(s.st_mode))
            failed += !each_in_folder(paths[i], each, context);
        else
            each(paths[i], context);
    }
    return failed;
}

bool rundown_number(const char *text, unsigned long *out)
{
    char *end;
    errno = 0;
    *out = strtoul(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0;
}

void rundown_set_transport(struct program *p, bool tcp)
{
    for (size_t i = 0; i < p->call_count && p->world.tcp != tcp; i++)
        p->calls[i].expects = false;
    p->world.tcp = tcp;
}

void rundown_print_results(const char *path, const struct run_report *r)
{
    printf("%s:", path);
    for (size_t i = 0; i < r->call_count; i++)
        printf(" %s", code_text(r->results[i]));
    putchar('\n');
}
