/* SPDX-License-Identifier: Apache-2.0 */
#include "replayed.h"

#include "files.h"
#include "fuzz/program/input.h"
#include "fuzz/search/saved.h"
#include "inputs.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char not_there[] = "no such file";
static const char which_driver[] = "say which driver these bytes are for with --driver";

static struct replayed *add(struct replayed_list *list, const char *path, const char *driver,
                            const char *why)
{
    list->items = realloc(list->items, (list->count + 1) * sizeof *list->items);
    if (list->items == NULL)
        abort();
    struct replayed *r = &list->items[list->count++];
    *r = (struct replayed){.path = strdup(path), .driver = driver, .why = why};
    if (r->path == NULL)
        abort();
    return r;
}

static bool in_folder(const char *folder, const char *name, char out[SAVED_PATH_BYTES])
{
    return snprintf(out, SAVED_PATH_BYTES, "%s/%s", folder, name) < SAVED_PATH_BYTES;
}

static bool is_finding(const char *folder)
{
    char path[SAVED_PATH_BYTES];
    return in_folder(folder, "report.json", path) && access(path, F_OK) == 0;
}

/* Saved findings ------------------------------------------------------------------------------ */

/* The driver of a saved finding; NULL: *why. */
static const char *driver_of_finding(const char *folder, const char **why)
{
    json_t *report = saved_read(folder, why);
    if (report == NULL)
        return NULL;
    const char *name = saved_text(report, "driver"), *driver = NULL;
    for (unsigned i = 0; i <= inputs_driver_count; i++)
        if (strcmp(inputs_driver_name(i), name) == 0)
            driver = inputs_driver_name(i);
    json_decref(report);
    *why = "is for an unknown driver";
    return driver;
}

static void add_finding(const char *folder, void *context)
{
    struct replayed_list *list = context;
    char path[SAVED_PATH_BYTES];
    const char *why = NULL, *driver = driver_of_finding(folder, &why);
    bool session = driver != NULL && strcmp(driver, "session") == 0;
    in_folder(folder, session ? "program.txt" : "input.bin", path);
    add(list, driver != NULL ? path : folder, driver, why)->is_text = session;
}

/* Files --------------------------------------------------------------------------------------- */

/* The driver of bytes, by where they lie: in a saved finding, or in a folder named for it. */
static const char *driver_of_place(const char *path)
{
    char copy[SAVED_PATH_BYTES];
    const char *why;
    snprintf(copy, sizeof copy, "%s", path);
    const char *folder = dirname(copy);
    return is_finding(folder) ? driver_of_finding(folder, &why) : inputs_driver_of_path(path);
}

static bool begins(const uint8_t *bytes, size_t n, const char *with)
{
    return n >= strlen(with) && memcmp(bytes, with, strlen(with)) == 0;
}

static void add_file(struct replayed_list *list, const char *path, const char *driver)
{
    enum { MOST_BYTES = 1 << 24 };
    char copy[SAVED_PATH_BYTES];
    uint8_t *bytes;
    size_t n;
    const char *why;
    if (!input_read(path, MOST_BYTES, &bytes, &n, &why)) {
        add(list, path, NULL, access(path, F_OK) != 0 && errno == ENOENT ? not_there : why);
        return;
    }
    snprintf(copy, sizeof copy, "%s", path);
    const char *folder = dirname(copy);
    bool text = files_are_text(path);
    if (begins(bytes, n, "{") && is_finding(folder)) {
        add_finding(folder, list);
    } else if (text && (driver == NULL || strcmp(driver, "session") == 0)) {
        add(list, path, "session", NULL)->is_text = true;
    } else {
        driver = driver != NULL ? driver : driver_of_place(path);
        add(list, path, driver, which_driver);
    }
    free(bytes);
}

/* Folders ------------------------------------------------------------------------------------- */

static int not_hidden(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

static bool ends_with(const char *name, const char *suffix)
{
    size_t n = strlen(name), length = strlen(suffix);
    return n > length && strcmp(name + n - length, suffix) == 0;
}

/* In the folder of a wire driver texts show what the bytes beside them are; elsewhere they are
   programs, and pages are about them. */
static bool is_input(const char *name, bool wire)
{
    return ends_with(name, ".txt") ? !wire : !ends_with(name, ".md");
}

static void add_files(struct replayed_list *list, const char *folder, const char *driver)
{
    char path[SAVED_PATH_BYTES];
    struct dirent **entries;
    struct stat s;
    size_t before = list->count;
    in_folder(folder, "x", path);
    const char *of_folder = driver != NULL ? driver : inputs_driver_of_path(path);
    bool wire = of_folder != NULL && strcmp(of_folder, "session") != 0;
    int n = scandir(folder, &entries, not_hidden, alphasort);
    const char *why = n < 0 ? strerror(errno) : "contains nothing to replay";
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        if (is_input(name, wire) && in_folder(folder, name, path) &&
            !(stat(path, &s) == 0 && S_ISDIR(s.st_mode)))
            add_file(list, path, ends_with(name, ".txt") ? NULL : driver);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    if (list->count == before)
        add(list, folder, NULL, why);
}

void replayed_add(struct replayed_list *list, const char *path, const char *driver)
{
    struct stat s;
    size_t before = list->count;
    if (stat(path, &s) != 0 || !S_ISDIR(s.st_mode))
        add_file(list, path, driver);
    else if (is_finding(path))
        add_finding(path, list);
    else if (saved_for_each(path, add_finding, list) <= 0 || list->count == before)
        add_files(list, path, driver);
}

void replayed_add_known(struct replayed_list *list, const char *folder)
{
    struct dirent **entries;
    char path[SAVED_PATH_BYTES];
    int n = scandir(folder, &entries, not_hidden, alphasort);
    for (int i = 0; i < n; i++) {
        size_t before = list->count;
        if (is_input(entries[i]->d_name, false) && in_folder(folder, entries[i]->d_name, path))
            add_file(list, path, NULL);
        for (size_t j = before; j < list->count; j++)
            list->items[j].must_be_known = true;
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    else if (errno != ENOENT)
        add(list, folder, NULL, strerror(errno));
}

void replayed_free(struct replayed_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].path);
    free(list->items);
    *list = (struct replayed_list){0};
}
