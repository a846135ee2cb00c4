/* SPDX-License-Identifier: Apache-2.0 */
#include "findings.h"
#include "faults/fault/hash.h"

#include "faults/fault/fault.h"
#include "fuzz/program/program_text.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIGNATURES = 512, MOST_JOBS = 64 };

static const char *directory;
static bool first_only;
/* The processes share it. */
static _Atomic uint64_t *signatures;

bool findings_open(const char *where, bool first)
{
    directory = where;
    first_only = first;
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
    uint64_t hash = hash_64(HASH_64_START, r->verdict, strlen(r->verdict));
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
    char path[600];
    snprintf(path, sizeof path, "%s/sweep-%016" PRIx64 ".txt", directory, signature);
    mkdir(directory, 0777);
    FILE *f = fopen(path, "w");
    if (f == NULL) {
        fprintf(out, "  cannot be written to %s: %s\n", path, strerror(errno));
        return;
    }
    fprintf(f, "# %s: %s\n", r->verdict, r->detail);
    program_print(p, f, -1, NULL, 0);
    fclose(f);
    fprintf(out, "\n  again: rundown run %s\n\n", path);
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
        fprintf(out, "The first finding, in run %" PRIu64 "\n", run_count());
    fclose(out);
    /* One write, so that findings of several processes do not mix. */
    if (write(STDOUT_FILENO, text, n) < 0)
        perror("rundown");
    free(text);
    if (first_only)
        _exit(EXIT_FAILURE);
}

unsigned findings_run_jobs(unsigned jobs, findings_job *work)
{
    pid_t pids[MOST_JOBS];
    unsigned failed = 0, running = 0;
    int status;
    fflush(NULL);
    for (unsigned job = 0; job < jobs && job < MOST_JOBS; job++) {
        pid_t pid = fork();
        if (pid == 0) {
            status = work(job);
            fflush(NULL);
            _exit(status);
        }
        if (pid > 0)
            pids[running++] = pid;
        else
            perror("rundown");
        failed += pid < 0;
    }
    while (wait(&status) > 0) {
        bool good = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
        failed += !good;
        for (unsigned i = 0; i < running && !good && first_only; i++)
            kill(pids[i], SIGKILL);
    }
    return failed;
}
