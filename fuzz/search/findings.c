/* SPDX-License-Identifier: Apache-2.0 */
#include "findings.h"
#include "faults/fault/hash.h"

#include "faults/fault/fault.h"
#include "fuzz/program/output.h"
#include "fuzz/program/program_text.h"

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
/* The processes share it. */
static _Atomic uint64_t *signatures;

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
    signatures = mmap(NULL, SIGNATURES * sizeof *signatures, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (signatures != MAP_FAILED)
        return true;
    perror("rundown");
    return false;
}

static uint64_t signature_of(const struct program *p, const struct run_report *r)
{
    const struct fault_firing *f = &fault_report()->last;
    const char *verdict = verdict_name(r->verdict);
    uint64_t hash = hash_64(HASH_64_START, verdict, strlen(verdict));
    if (fault_report()->fired > 0) {
        hash = hash_64(hash, &f->site, sizeof f->site);
        hash = hash_64(hash, &f->class, sizeof f->class);
    }
    if (r->call >= 0)
        hash = hash_64(hash, &p->calls[r->call].function, 1);
    return hash | 1;
}

static bool is_new(uint64_t signature)
{
    for (unsigned i = 0; i < SIGNATURES; i++) {
        uint64_t none = 0;
        if (atomic_compare_exchange_strong(&signatures[i], &none, signature))
            return true;
        if (none == signature)
            return false;
    }
    return false;
}

static void save(const struct program *p, const struct run_report *r, uint64_t signature, FILE *out)
{
    char path[4096], *text;
    const char *why;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    if (f == NULL)
        return;
    fprintf(f, "# %s: %s\n", verdict_name(r->verdict), r->detail);
    program_print(p, f, -1, NULL, 0);
    fclose(f);
    snprintf(path, sizeof path, "%s/sweep-%016" PRIx64 ".txt", directory, signature);
    mkdir(directory, 0777);
    if (output_rewrite(path, text, n, &why))
        fprintf(out, "\n  again: rundown run %s\n\n", path);
    else
        fprintf(out, "  cannot be saved: %s: %s\n", path, why);
    free(text);
}

void findings_add(const struct program *p, const struct run_report *r, const char *origin,
                  bool in_clean_up)
{
    uint64_t signature = signature_of(p, r);
    if (!is_new(signature))
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
    if (!in_clean_up)
        save(p, r, signature, out);
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
