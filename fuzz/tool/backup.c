/* SPDX-License-Identifier: Apache-2.0 */
#include "backup.h"

#include "faults/world/file.h"
#include "fuzz/scene/scene.h"
#include "fuzz/scene/store.h"
#include "other_server.h"

#include <inttypes.h>
#include <nettle/base16.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH = 160 };

static char reason[256];

static bool no(const char **why, const char *what, const char *of)
{
    snprintf(reason, sizeof reason, "%s: %s", of, what);
    *why = reason;
    return false;
}

void backup_sum(const void *bytes, size_t n, char out[BACKUP_SUM_TEXT + 1])
{
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&context);
    sha256_update(&context, n, bytes);
    sha256_digest(&context, sizeof digest, digest);
    base16_encode_update(out, sizeof digest, digest);
    out[BACKUP_SUM_TEXT] = '\0';
}

const char *backup_path(const char *directory, const char *name)
{
    static char path[PATH];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

/* Whether the file has that size and checksum. */
static bool is_as_said(const char *directory, const char *name, uint64_t size, const char *said)
{
    const uint8_t *bytes;
    uint64_t n;
    char is[BACKUP_SUM_TEXT + 1];
    if (!file_get(backup_path(directory, name), &bytes, &n) || bytes == NULL || n != size)
        return false;
    backup_sum(bytes, (size_t)n, is);
    return strcmp(is, said) == 0;
}

/* The manifest ------------------------------------------------------------------------------- */

/* A line of the manifest: "file<TAB>D<TAB>SIZE<TAB>SHA-256<TAB>NAME<TAB>ORIGIN", or that of the
   token. */
struct entry {
    char tag[8], kind;
    uint64_t size;
    char hash[BACKUP_SUM_TEXT + 1], name[64];
};

static bool parse(const char *line, struct entry *e)
{
    int n = 0;
    e->kind = 0;
    return (sscanf(line, "file\t%c\t%" SCNu64 "\t%64[0-9a-f]\t%63[^\t]\t%n", &e->kind, &e->size,
                   e->hash, e->name, &n) == 4 &&
            n > 0) ||
           (sscanf(line, "token\t%" SCNu64 "\t%64[0-9a-f]\t%63[^\t\n]%n", &e->size, e->hash,
                   e->name, &n) == 3 &&
            n > 0);
}

/* Calls `take` for each entry; false: the manifest is not whole, or `take` has refused. */
typedef bool taker(const struct entry *e, const char *directory, const char **why);

static bool for_each(const char *directory, taker *take, const char **why)
{
    const uint8_t *bytes;
    uint64_t n;
    char sum[BACKUP_SUM_TEXT + 1], text[BACKUP_LINE * BACKUP_FILES];
    struct entry e;
    const size_t end = strlen("end\t") + BACKUP_SUM_TEXT + 1;
    if (!file_get(backup_path(directory, "manifest"), &bytes, &n) || bytes == NULL ||
        n >= sizeof text || n < end)
        return no(why, "no manifest, or of no possible size", directory);
    memcpy(text, bytes, (size_t)n);
    text[n] = '\0';
    char *last = text + n - end, *at = text;
    backup_sum(bytes, (size_t)n - end, sum);
    if (strncmp(last, "end\t", 4) != 0 || strncmp(last + 4, sum, BACKUP_SUM_TEXT) != 0)
        return no(why, "its manifest does not end with its checksum", directory);
    *last = '\0';
    for (char *line; (line = strsep(&at, "\n")) != NULL && (at != NULL || *line != '\0');) {
        if (line == text ? strcmp(line, "dsbackup manifest 1") != 0 : !parse(line, &e))
            return no(why, "a line of its manifest is of no known form", directory);
        if (line != text && !take(&e, directory, why))
            return false;
    }
    return true;
}

static bool check_file(const struct entry *e, const char *directory, const char **why)
{
    return is_as_said(directory, e->name, e->size, e->hash) ||
           no(why, "is not there, or of another content than its manifest says", e->name);
}

enum backup_state backup_look(const char *directory, const char **why)
{
    unsigned cursor = 0;
    *why = "";
    if (file_list(directory, &cursor) == NULL)
        return BACKUP_NONE;
    if (!file_exists(backup_path(directory, "manifest")))
        return BACKUP_NO_PROOF;
    return for_each(directory, check_file, why) ? BACKUP_WHOLE : BACKUP_DAMAGED;
}

/* The store ---------------------------------------------------------------------------------- */

/* The files that the scene's store holds, and a backup of it. */
static bool is_of_store(enum scene_file file)
{
    return file <= FILE_LOG_CURRENT && file != FILE_LOG_3;
}

/* A fault has removed it: a backup may hold it if that came later. */
static bool is_lost(enum scene_file file)
{
    return file_is_lost(backup_path(SCENE_STORE, scene_file_names[file]));
}

static bool is_backed_up(enum scene_file file)
{
    return is_of_store(file) && !is_lost(file);
}

bool backup_has_lost_file(void)
{
    for (int file = 0; file < SCENE_FILES; file++)
        if (is_lost((enum scene_file)file))
            return true;
    return false;
}

bool backup_has_lost_database(void)
{
    return is_lost(FILE_DATABASE);
}

static int file_of_name(const char *name)
{
    int file = 0;
    while (file < SCENE_FILES && strcmp(scene_file_names[file], name) != 0)
        file++;
    return file;
}

/* A log that was truncated is as it was laid out. */
static bool is_as_in_store(enum scene_file file, const uint8_t *bytes, uint64_t n)
{
    const uint8_t *there;
    uint64_t size;
    if (!file_get(backup_path(SCENE_STORE, scene_file_names[file]), &there, &size))
        return n == scene_size_of(file) &&
               (n == 0 || scene_compare((unsigned)file, 0, bytes, (size_t)n));
    for (uint64_t i = 0; there == NULL && i < size && n == size; i++)
        if (bytes[i] != file_pattern_byte(i))
            return false;
    return n == size && (n == 0 || there == NULL || memcmp(bytes, there, (size_t)n) == 0);
}

static unsigned seen;

static bool compare_file(const struct entry *e, const char *directory, const char **why)
{
    const uint8_t *bytes;
    uint64_t n;
    int file = file_of_name(e->name);
    if (e->kind == 0)
        return true; /* the token */
    if (file == SCENE_FILES || !is_of_store((enum scene_file)file))
        return no(why, "is no file of the store", e->name);
    if (seen >> file > 0)
        return no(why, "stands behind what the server lists after it", e->name);
    seen |= 1u << file;
    if (!file_get(backup_path(directory, e->name), &bytes, &n) ||
        !is_as_in_store((enum scene_file)file, bytes, n))
        return no(why, "is not what the store held", e->name);
    return true;
}

bool backup_is_of_store(const char *directory, const char **why)
{
    unsigned all = 0;
    seen = 0;
    for (int file = 0; file < SCENE_FILES; file++)
        all |= is_backed_up((enum scene_file)file) ? 1u << file : 0;
    if (!for_each(directory, compare_file, why))
        return false;
    return (seen & all) == all || no(why, "a file of the store is not in it", directory);
}

/* Not of the backup's own making. */
bool backup_comes_from_store(const char *name)
{
    return strcmp(name, "manifest") != 0 && strcmp(name, "token") != 0;
}

bool backup_is_alone(const char *directory)
{
    unsigned cursor = 0;
    bool alone = true;
    for (const char *name; (name = file_list(directory, &cursor)) != NULL;) {
        int file = file_of_name(name);
        alone = alone && (!backup_comes_from_store(name) ||
                          (file < SCENE_FILES && is_of_store((enum scene_file)file)));
    }
    return alone;
}

static bool is_private(const char *path)
{
    mode_t permissions;
    uid_t owner;
    gid_t group;
    return file_get_access(path, &permissions, &owner, &group) &&
           (permissions & (S_IRWXG | S_IRWXO)) == 0;
}

bool backup_is_private(const char *directory)
{
    bool all = is_private(directory);
    unsigned cursor = 0;
    for (const char *name; (name = file_list(directory, &cursor)) != NULL;)
        all = all && is_private(backup_path(directory, name));
    return all;
}

const char *backup_truncated_log(void)
{
    for (int file = FILE_LOG_1; file <= FILE_LOG_CURRENT; file++)
        if (is_backed_up((enum scene_file)file) &&
            !file_exists(
                backup_path(other_server_folder(scene_file_names[file]), scene_file_names[file])))
            return scene_file_names[file];
    return NULL;
}

static bool holds_temporary(const char *directory)
{
    unsigned cursor = 0;
    bool any = false;
    for (const char *name; (name = file_list(directory, &cursor)) != NULL;) {
        size_t n = strlen(name);
        any |= n > 4 && strcmp(name + n - 4, ".new") == 0;
    }
    return any;
}

bool backup_has_temporary(void)
{
    return holds_temporary(BACKUP_DEST) || holds_temporary(BACKUP_PARTIAL);
}
