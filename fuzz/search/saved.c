/* SPDX-License-Identifier: Apache-2.0 */
#include "saved.h"

#include "fuzz/program/input.h"
#include "fuzz/program/json_write.h"
#include "fuzz/program/output.h"
#include "fuzz/run/signature.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_BYTES = 1 << 24 };

void saved_name(const char *signature, char out[SAVED_NAME_BYTES])
{
    enum { READABLE = 80 };
    size_t n = 0;
    for (const char *c = signature; *c != '\0' && n < READABLE; c++) {
        bool plain = isalnum((unsigned char)*c) || strchr("._@#-", *c) != NULL;
        char next = plain && *c != '-' ? *c : '-';
        if (next != '-' || n == 0 || out[n - 1] != '-')
            out[n++] = next;
    }
    snprintf(out + n, SAVED_NAME_BYTES - n, "-%08" PRIx32, signature_hash(signature));
}

const char *saved_text_file(const char *driver)
{
    return strcmp(driver, "session") == 0 ? "program.txt" : "input.txt";
}

bool saved_can(const char *directory)
{
    struct stat s;
    char parent[SAVED_PATH_BYTES];
    const char *where = directory;
    bool is_there = stat(directory, &s) == 0;
    if (is_there && !S_ISDIR(s.st_mode)) {
        errno = ENOTDIR;
        return false;
    }
    if (!is_there) {
        snprintf(parent, sizeof parent, "%s", directory);
        where = dirname(parent);
    }
    return access(where, W_OK | X_OK) == 0;
}

/* Writing ------------------------------------------------------------------------------------- */

static bool write_one(const char *folder, const char *name, const void *bytes, size_t n,
                      const char **why)
{
    char path[SAVED_PATH_BYTES];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path)
        return output_rewrite(path, bytes, n, why);
    *why = strerror(ENAMETOOLONG);
    return false;
}

static bool make_folder(const char *folder, const char **why)
{
    char parent[SAVED_PATH_BYTES];
    snprintf(parent, sizeof parent, "%s", folder);
    mkdir(dirname(parent), 0777);
    if (mkdir(folder, 0777) == 0 || errno == EEXIST)
        return true;
    *why = strerror(errno);
    return false;
}

bool saved_write_report(const char *folder, const json_t *report, const char **why)
{
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    if (out == NULL)
        abort();
    bool good = json_write(report, out);
    fclose(out);
    *why = "it cannot be put into words";
    good = good && write_one(folder, "report.json", text, n, why);
    free(text);
    return good;
}

bool saved_write(const char *folder, const struct saved_files *files, const char **why)
{
    return make_folder(folder, why) &&
           write_one(folder, saved_text_file(files->driver), files->text, strlen(files->text),
                     why) &&
           write_one(folder, "input.bin", files->bytes, files->bytes_n, why);
}

bool saved_write_reports(const char *folder, const char *text, const json_t *report,
                         const char **why)
{
    return write_one(folder, "report.txt", text, strlen(text), why) &&
           saved_write_report(folder, report, why);
}

/* Reading ------------------------------------------------------------------------------------- */

json_t *saved_read(const char *folder, const char **why)
{
    static char text[JSON_ERROR_TEXT_LENGTH + 64];
    char path[SAVED_PATH_BYTES];
    uint8_t *bytes;
    size_t n;
    json_error_t error;
    snprintf(path, sizeof path, "%s/report.json", folder);
    if (!input_read(path, MOST_BYTES, &bytes, &n, why))
        return NULL;
    json_t *j = json_loadb((const char *)bytes, n, 0, &error);
    free(bytes);
    const char *format = j != NULL ? saved_text(j, "format") : NULL;
    if (j == NULL) {
        snprintf(text, sizeof text, "report.json:%d: %s", error.line, error.text);
        *why = text;
    } else if (format == NULL || strcmp(format, "rundown finding") != 0 ||
               json_integer_value(json_object_get(j, "version")) != 1 ||
               saved_text(j, "signature") == NULL || saved_text(j, "driver") == NULL) {
        *why = "report.json is not a finding of a version that is known";
        json_decref(j);
        j = NULL;
    }
    return j;
}

const char *saved_text(const json_t *report, const char *key)
{
    return json_string_value(json_object_get(report, key));
}

const char *saved_found_text(const json_t *report, const char *key)
{
    return saved_text(json_object_get(report, "found"), key);
}

json_int_t saved_seen(const json_t *report)
{
    return json_integer_value(json_object_get(json_object_get(report, "found"), "seen"));
}

static int not_hidden(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

int saved_for_each(const char *directory, saved_each *each, void *context)
{
    struct dirent **entries;
    int n = scandir(directory, &entries, not_hidden, alphasort), count = 0;
    for (int i = 0; i < n; i++) {
        char folder[SAVED_PATH_BYTES], report[SAVED_PATH_BYTES];
        if (snprintf(folder, sizeof folder, "%s/%s", directory, entries[i]->d_name) <
                (int)sizeof folder &&
            snprintf(report, sizeof report, "%s/report.json", folder) < (int)sizeof report &&
            access(report, F_OK) == 0) {
            each(folder, context);
            count++;
        }
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return n < 0 ? -1 : count;
}
