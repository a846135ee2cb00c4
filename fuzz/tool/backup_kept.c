/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The backup that scenarios begin with, kept in memory; and whether it is in the store.
 */
#include "backup.h"

#include "faults/world/file.h"
#include "other_server.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    char name[64];
    uint8_t *bytes;
    size_t n;
} kept[BACKUP_FILES];
static unsigned kept_count;

void backup_keep(const char *directory)
{
    const uint8_t *bytes;
    uint64_t n;
    unsigned cursor = 0;
    while (kept_count > 0)
        free(kept[--kept_count].bytes);
    for (const char *name; (name = file_list(directory, &cursor)) != NULL; kept_count++) {
        if (kept_count == BACKUP_FILES || !file_get(backup_path(directory, name), &bytes, &n) ||
            bytes == NULL)
            abort(); /* a backup without faults has more than it can have, or other files */
        snprintf(kept[kept_count].name, sizeof kept[kept_count].name, "%s", name);
        kept[kept_count].bytes = malloc((size_t)n + 1);
        if (kept[kept_count].bytes == NULL)
            abort();
        memcpy(kept[kept_count].bytes, bytes, (size_t)n);
        kept[kept_count].n = (size_t)n;
    }
}

void backup_put(const char *directory)
{
    if (!file_exists(directory))
        file_make_directory(directory);
    for (unsigned i = 0; i < kept_count; i++)
        file_put(backup_path(directory, kept[i].name), kept[i].bytes, kept[i].n);
}

void backup_put_manifest(const char *lines)
{
    static char text[BACKUP_LINE * BACKUP_FILES]; /* the file refers to it */
    char sum[BACKUP_SUM_TEXT + 1];
    const size_t before_end = strcspn(lines, (char[]){BACKUP_END, '\0'});
    const char *first = strncmp(lines, "dsbackup ", 9) == 0 ? "" : "dsbackup manifest 1\n";
    int n = snprintf(text, sizeof text, "%s%.*s", first, (int)before_end, lines);
    for (char *nul = text; (nul = strchr(nul, BACKUP_NUL)) != NULL;)
        *nul++ = '\0';
    backup_sum((const uint8_t *)text, (size_t)n, sum);
    n += snprintf(text + n, sizeof text - (size_t)n, "end\t%s\n%s", sum,
                  lines[before_end] == BACKUP_END ? lines + before_end + 1 : "");
    file_put(backup_path(BACKUP_DEST, "manifest"), text, (size_t)n);
}

void backup_turn_manifest_round(void)
{
    const uint8_t *bytes;
    uint64_t n;
    char text[BACKUP_LINE * BACKUP_FILES], turned[BACKUP_LINE * BACKUP_FILES],
        files[BACKUP_LINE * BACKUP_FILES] = "";
    if (!file_get(backup_path(BACKUP_DEST, "manifest"), &bytes, &n) || bytes == NULL ||
        n >= sizeof text)
        abort();
    memcpy(text, bytes, (size_t)n);
    text[n] = '\0';
    char *at = text, *first = strsep(&at, "\n"), *token = strsep(&at, "\n");
    for (char *line; (line = strsep(&at, "\n")) != NULL && strncmp(line, "file\t", 5) == 0;) {
        snprintf(turned, sizeof turned, "%s\n%s", line, files);
        memcpy(files, turned, sizeof files);
    }
    (void)first;
    snprintf(turned, sizeof turned, "%s\n%s", token, files);
    backup_put_manifest(turned);
}

static bool store_has(const char *name, const uint8_t *bytes, size_t n)
{
    const uint8_t *is;
    uint64_t size;
    return file_get(backup_path(other_server_folder(name), name), &is, &size) && size == n &&
           (n == 0 || (is != NULL && memcmp(is, bytes, n) == 0));
}

static bool was_kept(const char *name)
{
    unsigned i = 0;
    while (i < kept_count && strcmp(kept[i].name, name) != 0)
        i++;
    return i < kept_count;
}

/* Whether a restore must remove a file of that name: a log, the checkpoint, a patch file. */
static bool is_replaced(const char *name)
{
    size_t n = strlen(name);
    return strcmp(name, "edb.log") == 0 || strcmp(name, "edb.chk") == 0 ||
           (n > 4 && strcmp(name + n - 4, ".pat") == 0) ||
           (n == 12 && strncmp(name, "edb", 3) == 0 &&
            strspn(name + 3, "0123456789abcdefABCDEF") == 5 && strcmp(name + 8, ".log") == 0);
}

bool backup_is_in_store(void)
{
    const char *folder;
    for (unsigned i = 0; i < kept_count; i++)
        if (backup_comes_from_store(kept[i].name) &&
            !store_has(kept[i].name, kept[i].bytes, kept[i].n))
            return false;
    for (size_t i = 0; (folder = other_server_folder_at(i)) != NULL; i++) {
        unsigned cursor = 0;
        for (const char *name; (name = file_list(folder, &cursor)) != NULL;)
            if (is_replaced(name) &&
                (!was_kept(name) || strcmp(folder, other_server_folder(name)) != 0))
                return false;
    }
    return true;
}

bool backup_belongs_to_store(bool of_any_group)
{
    mode_t mode;
    uid_t owner, of_folder;
    gid_t group, group_of_folder;
    for (unsigned i = 0; i < kept_count; i++) {
        const char *folder = other_server_folder(kept[i].name);
        if (!backup_comes_from_store(kept[i].name))
            continue;
        if (!file_get_access(folder, &mode, &of_folder, &group_of_folder) ||
            !file_get_access(backup_path(folder, kept[i].name), &mode, &owner, &group) ||
            owner != of_folder || (group != group_of_folder && !of_any_group))
            return false;
    }
    return true;
}
