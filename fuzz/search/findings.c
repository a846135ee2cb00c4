/* SPDX-License-Identifier: Apache-2.0 */
#include "findings.h"

#include "fuzz/program/output.h"
#include "fuzz/program/program_text.h"
#include "fuzz/run/signature.h"
#include "fuzz/search/minimise.h"

#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIGNATURES = 512 };

static const char *directory;
static bool first_only;
/* A signature, and how often it came. The processes share the table. */
static struct seen {
    _Atomic uint32_t hash; /* 0: free */
    _Atomic uint64_t count;
    char text[SIGNATURE_BYTES], origin[256];
} * seen;

/* Checked before the search, not when the first finding has to be saved. */
static bool can_save(void)
{
    struct stat s;
    char parent[4096];
    const char *where = directory;
    bool is_there = stat(directory, &s) == 0;
    if (is_there && !S_ISDIR(s.st_mode)) {
        errno = ENOTDIR;
    } else {
        if (!is_there) {
            snprintf(parent, sizeof parent, "%s", directory);
            where = dirname(parent);
        }
        if (access(where, W_OK | X_OK) == 0)
            return true;
    }
    fprintf(stderr, "rundown: findings cannot be saved in %s: %s\n", directory, strerror(errno));
    return false;
}

bool findings_open(const char *where, bool first)
{
    directory = where;
    first_only = first;
    if (!can_save())
        return false;
    seen = mmap(NULL, SIGNATURES * sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                -1, 0);
    if (seen != MAP_FAILED)
        return true;
    perror("rundown");
    return false;
}

/* NULL: there is no room for another. *is_new: it was not seen before. */
static struct seen *note(const char *text, const char *origin, bool *is_new)
{
    *is_new = false;
    for (unsigned i = 0; i < SIGNATURES; i++) {
        struct seen *s = &seen[i];
        uint32_t was = 0, hash = signature_hash(text);
        if (atomic_compare_exchange_strong(&s->hash, &was, hash)) {
            snprintf(s->text, sizeof s->text, "%s", text);
            snprintf(s->origin, sizeof s->origin, "%s", origin != NULL ? origin : "");
            *is_new = true;
        } else if (was != hash) {
            continue;
        }
        atomic_fetch_add(&s->count, 1);
        return s;
    }
    return NULL;
}

void findings_print(FILE *out)
{
    for (unsigned i = 0; i < SIGNATURES && seen[i].hash != 0; i++) {
        struct seen *s = &seen[i];
        fprintf(out, "%s %s: seen %" PRIu64 " time%s", i == 0 ? "findings:\n " : " ", s->text,
                s->count, s->count == 1 ? "" : "s");
        fprintf(out, s->origin[0] != '\0' ? ", e.g. by %s\n" : "\n", s->origin);
    }
}

/* This very program, as it can be called from the folder that it was started in. */
static const char *own_path(void)
{
    static char path[4096];
    char folder[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0)
        return "rundown";
    path[n] = '\0';
    /* A test, or a driver, cannot run programs. */
    if (strcmp(strrchr(path, '/') + 1, "rundown") != 0)
        return "rundown";
    size_t length = getcwd(folder, sizeof folder) != NULL ? strlen(folder) : 0;
    bool below = length > 0 && strncmp(path, folder, length) == 0 && path[length] == '/';
    return below ? path + length + 1 : path;
}

/* The smallest program that shows it. What has just crashed or hung is in no state for that: it is
   saved as it is. */
static void save(const struct program *p, const struct run_report *r, const char *signature,
                 FILE *out)
{
    static struct program small;
    static struct run_report shown;
    char path[4096], *text;
    const char *why;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    if (f == NULL)
        return;
    small = *p;
    if (run_current()->program != NULL || !minimise_to(signature, &small, &shown)) {
        small = *p;
        shown = *r;
    }
    fprintf(f, "# %s: %s\n# signature: %s\n", verdict_name(shown.verdict), shown.detail, signature);
    program_print(&small, f, -1, NULL, 0);
    fclose(f);
    snprintf(path, sizeof path, "%s/sweep-%08" PRIx32 ".txt", directory, signature_hash(signature));
    mkdir(directory, 0777);
    if (output_rewrite(path, text, n, &why))
        fprintf(out, "\n  again: %s run %s\n\n", own_path(), path);
    else
        fprintf(out, "  cannot be saved: %s: %s\n", path, why);
    free(text);
}

void findings_add(const struct program *p, const struct run_report *r, const char *origin,
                  bool in_clean_up)
{
    struct signatures all, fresh = {0};
    bool is_new;
    signatures_of(p, r, &all);
    for (unsigned i = 0; i < all.count; i++)
        if (note(all.texts[i], origin, &is_new) != NULL && is_new)
            memcpy(fresh.texts[fresh.count++], all.texts[i], SIGNATURE_BYTES);
    if (fresh.count == 0)
        return;
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    if (out == NULL)
        return;
    if (origin != NULL)
        fprintf(out, "%s:\n", origin);
    if (in_clean_up)
        fputs("with a fault while its handles were ended:\n", out);
    run_print(p, r, out);
    for (unsigned i = 0; i < fresh.count && !in_clean_up; i++)
        save(p, r, fresh.texts[i], out);
    if (first_only)
        fprintf(out, "The first finding, in run %" PRIu64 "\n", run_current()->count);
    fclose(out);
    /* One write, so that findings of several processes do not mix. */
    if (!output_write(STDOUT_FILENO, text, n))
        perror("rundown: standard output");
    free(text);
    if (first_only)
        _exit(EXIT_FAILURE);
}
