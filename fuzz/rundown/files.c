/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

#include "fuzz/program/input.h"
#include "fuzz/program/output.h"
#include "fuzz/program/program_text.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_BYTES = 1 << 20 };

bool files_read(const char *path, uint8_t **out, size_t *out_size)
{
    const char *why;
    if (input_read(path, MOST_BYTES, out, out_size, &why))
        return true;
    fprintf(stderr, "rundown: %s: %s\n", path, why);
    return false;
}

static bool ends_with(const char *path, const char *suffix)
{
    size_t n = strlen(path), length = strlen(suffix);
    return n > length && strcmp(path + n - length, suffix) == 0;
}

/* Any bytes are a program, so text under another name would be one, too, and another than it says.
   Inputs of engines may consist of printable characters, but hardly of lines or calls. */
static bool is_text(const char *path, const uint8_t *bytes, size_t n)
{
    if (ends_with(path, ".txt"))
        return true;
    return input_is_text(bytes, n) &&
           (memchr(bytes, '\n', n) != NULL || memchr(bytes, '(', n) != NULL);
}

bool files_are_text(const char *path)
{
    uint8_t *bytes;
    size_t n;
    const char *why;
    if (!input_read(path, MOST_BYTES, &bytes, &n, &why))
        return true;
    bool text = is_text(path, bytes, n);
    free(bytes);
    return text;
}

bool files_load(const char *path, struct program *out)
{
    uint8_t *bytes;
    size_t n;
    bool good = true;
    if (!files_read(path, &bytes, &n))
        return false;
    if (is_text(path, bytes, n)) {
        struct program_error error;
        good = program_parse(out, (const char *)bytes, n, &error);
        if (!good)
            fprintf(stderr, "%s:%u:%u: expected %s\n", path, error.line, error.column,
                    error.expected);
    } else {
        program_decode(out, bytes, n);
    }
    free(bytes);
    if (good && out->call_count == 0) {
        fprintf(stderr, "%s: a program without a call\n", path);
        good = false;
    }
    return good;
}

static int text_only(const struct dirent *d)
{
    return ends_with(d->d_name, ".txt");
}

static bool each_in_folder(const char *path, files_each *each, void *context)
{
    struct dirent **entries;
    int n = scandir(path, &entries, text_only, alphasort);
    if (n <= 0)
        fprintf(stderr, "rundown: %s: %s\n", path,
                n < 0 ? strerror(errno) : "there is no *.txt file in this folder");
    for (int i = 0; i < n; i++) {
        char *file;
        if (asprintf(&file, "%s/%s", path, entries[i]->d_name) < 0)
            abort();
        each(file, context);
        free(file);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return n > 0;
}

unsigned files_for_each(int count, char **paths, files_each *each, void *context)
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

char **files_stems(char *const *paths, size_t count, const char *suffix)
{
    char **names = calloc(count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        const char *slash = strrchr(paths[i], '/');
        const char *name = slash != NULL ? slash + 1 : paths[i];
        size_t length = strlen(name) - (ends_with(name, suffix) ? strlen(suffix) : 0);
        if (names == NULL || (names[i] = strndup(name, length)) == NULL)
            abort();
    }
    output_number_names(names, count);
    return names;
}

void files_free(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

void files_set_transport(struct program *p, bool tcp)
{
    for (size_t i = 0; i < p->call_count && p->world.tcp != tcp; i++)
        p->calls[i].expects = false;
    p->world.tcp = tcp;
}
