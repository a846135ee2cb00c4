/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown fields: the sweep of the wire, by several processes.
 */
#include "command_findings.h"
#include "faults/fault/hash.h"
#include "faults/sweep/jobs.h"
#include "fuzz/drivers/field_sweep.h"
#include "fuzz/program/output.h"
#include "fuzz/run/signature.h"
#include "inputs.h"
#include "rundown.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SAID_MOST = 64 };

static struct fields_settings {
    const char *slice_text, *findings, *inputs, *json;
    struct sweep_part part;
    uint32_t jobs;
} settings = {.part = {0, 1}, .findings = "findings"};

static const struct option_row rows[] = {
#define AT(member) offsetof(struct fields_settings, member)
    {"slice", "K/N", OPTION_TEXT, AT(slice_text), 0, 0, "only this part of the runs, K from 1"},
    ROW_FINDINGS(AT(findings)),
    {"inputs", "DIR", OPTION_TEXT, AT(inputs), 0, 0,
     "save no findings, but write each input that shows something to DIR"},
    ROW_JOBS(AT(jobs)),
    ROW_JSON(AT(json)),
#undef AT
};

static const struct option_program line = {
    .name = "rundown fields",
    .version = RUNDOWN_VERSION,
    .synopsis = "[OPTION...]",
    .summary = "change every field of every PDU of recorded conversations to every boundary value, "
               "and print the table of fields",
    ROWS(rows),
    .closing = "Every answer that is owed is judged, what the server holds, and whether the next "
               "connection is served.",
};

/* Shared by the processes. */
static struct field_totals *totals;

/* What this process has said: each thing once. */
static struct said {
    uint32_t hashes[SAID_MOST];
    unsigned count;
} said;

static bool is_new(const char *signature)
{
    uint32_t hash = signature_hash(signature);
    for (unsigned i = 0; i < said.count; i++)
        if (said.hashes[i] == hash)
            return false;
    if (said.count < SAID_MOST)
        said.hashes[said.count++] = hash;
    return true;
}

static void on_found(const struct run_report *r, const char *driver, const char *change,
                     const uint8_t *input, size_t n, void *context)
{
    char *path;
    const char *why = NULL;
    static struct signatures signatures;
    (void)context;
    signatures_of(NULL, r, &signatures);
    if (!is_new(signatures.texts[0]))
        return;
    printf("FINDING %s: %s\n", verdict_name(r->verdict), r->detail);
    signatures_print(&signatures, stdout);
    printf("  %s\n", change);
    if (asprintf(&path, "%s/%s/%08" PRIx32 ".bin", settings.inputs, driver, hash_32(input, n)) < 0)
        abort();
    int fd = output_open(path, O_TRUNC, &why);
    FILE *f = fd >= 0 ? fdopen(fd, "wb") : NULL;
    bool written = f != NULL && fwrite(input, 1, n, f) == n;
    written = f != NULL && fclose(f) == 0 && written;
    if (!written)
        printf("  the input cannot be written: %s: %s\n", path,
               why != NULL ? why : strerror(errno));
    else if (settings.findings == NULL)
        printf("  again: rundown replay --driver %s %s\n", driver, path);
    fflush(stdout);
    free(path);
}

static int sweep_job(unsigned job)
{
    struct sweep_part part = {settings.part.slice + job * settings.part.of,
                              settings.part.of * settings.jobs};
    inputs_watch(true);
    field_sweep_server(part, &totals[job], on_found, NULL);
    field_sweep_client(part, &totals[job], on_found, NULL);
    return EXIT_SUCCESS;
}

static void print_cells(const struct field_totals *t)
{
    char head[PEER_VALUES * 10 + 1] = "";
    for (enum peer_value v = 0; v < PEER_VALUES; v++)
        snprintf(head + strlen(head), sizeof head - strlen(head), "%9s", peer_value_name(v));
    printf("%-10s %-19s %-7s %-22s%s\n", "to", "PDU", "place", "field", head);
    for (unsigned i = 0; i < t->cell_count; i++) {
        const struct field_cell *c = &t->cells[i];
        printf("%-10s %-19s %-7s %-22s", c->to_server ? "server" : "client", c->type, c->position,
               c->field);
        for (int v = 0; v < PEER_VALUES; v++)
            printf("%9" PRIu64, c->runs[v]);
        putchar('\n');
    }
}

static json_t *as_json(const struct field_totals *t)
{
    json_t *cells = json_array();
    for (unsigned i = 0; i < t->cell_count; i++) {
        const struct field_cell *c = &t->cells[i];
        json_t *runs = json_object();
        for (enum peer_value v = 0; v < PEER_VALUES; v++)
            json_object_set_new(runs, peer_value_name(v), json_integer((json_int_t)c->runs[v]));
        json_array_append_new(cells,
                              json_pack("{s:s, s:s, s:s, s:s, s:o}", "to",
                                        c->to_server ? "server" : "client", "type", c->type,
                                        "position", c->position, "field", c->field, "runs", runs));
    }
    return json_pack("{s:s, s:i, s:I, s:I, s:I, s:I, s:o}", "format", "rundown-fields", "version",
                     1, "conversations", (json_int_t)t->conversations, "pdus", (json_int_t)t->pdus,
                     "runs", (json_int_t)t->runs, "findings", (json_int_t)t->findings, "cells",
                     cells);
}

/* Inputs that show something ------------------------------------------------------------------ */

static const char *const drivers[] = {"server_pdu", "client_pdu"};
enum { DRIVERS = sizeof drivers / sizeof *drivers };

static char *path_in(const char *folder, const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        abort();
    return path;
}

/* Where they are written: a folder for each driver, in a temporary one unless --inputs names it. */
static bool make_folders(void)
{
    const char *where = getenv("TMPDIR");
    char *folder;
    if (settings.inputs == NULL && !saved_can(settings.findings)) {
        fprintf(stderr, "rundown: findings cannot be saved in %s: %s\n", settings.findings,
                strerror(errno));
        return false;
    }
    folder = path_in(where != NULL ? where : "/tmp", "rundown-fields-XXXXXX");
    bool made;
    if (settings.inputs != NULL) {
        settings.findings = NULL;
        made = mkdir(settings.inputs, 0777) == 0 || errno == EEXIST;
    } else {
        made = mkdtemp(folder) != NULL;
        settings.inputs = folder;
    }
    for (int i = 0; made && i < DRIVERS; i++) {
        char *path = path_in(settings.inputs, drivers[i]);
        made = mkdir(path, 0777) == 0 || errno == EEXIST;
        free(path);
    }
    if (!made)
        fprintf(stderr, "rundown: %s: %s\n", settings.inputs, strerror(errno));
    return made;
}

static int is_input(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

/* Makes findings of what lies in the temporary folder, and removes it. */
static void save_findings(void)
{
    char *paths[DRIVERS * SAID_MOST * JOBS_MOST];
    int count = 0;
    for (int i = 0; i < DRIVERS; i++) {
        struct dirent **entries;
        char *folder = path_in(settings.inputs, drivers[i]);
        int n = scandir(folder, &entries, is_input, alphasort);
        for (int k = 0; k < n; k++) {
            paths[count++] = path_in(folder, entries[k]->d_name);
            free(entries[k]);
        }
        if (n >= 0)
            free(entries);
        free(folder);
    }
    findings_settings.findings = settings.findings;
    findings_settings.by = "fields";
    if (count > 0)
        findings_add_files(count, paths);
    for (int i = 0; i < count; i++) {
        unlink(paths[i]);
        free(paths[i]);
    }
    for (int i = 0; i < DRIVERS; i++) {
        char *folder = path_in(settings.inputs, drivers[i]);
        rmdir(folder);
        free(folder);
    }
    rmdir(settings.inputs);
}

static int run(int count, char **words)
{
    static struct field_totals all;
    (void)count, (void)words;
    if (settings.slice_text != NULL &&
        !rundown_read_slice(&line, settings.slice_text, &settings.part))
        return EXIT_USAGE;
    if (!make_folders())
        return EXIT_FAILURE;
    if (settings.jobs == 0)
        settings.jobs = jobs_default();
    size_t bytes = settings.jobs * sizeof *totals;
    totals = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (totals == MAP_FAILED) {
        perror("rundown");
        return EXIT_FAILURE;
    }
    unsigned failed = jobs_run(settings.jobs, sweep_job, false);
    for (unsigned job = 0; job < settings.jobs; job++)
        field_totals_add(&all, &totals[job]);
    print_cells(&all);
    if (failed > 0)
        printf("FAILED: %u processes did not finish\n", failed);
    if (settings.findings != NULL)
        save_findings();
    printf("%" PRIu64 " conversations, %" PRIu64 " PDUs, %" PRIu64 " runs, %" PRIu64 " findings\n",
           all.conversations, all.pdus, all.runs, all.findings);
    if (settings.json != NULL && !rundown_save_json(as_json(&all), settings.json))
        return EXIT_FAILURE;
    return all.findings > 0 || failed > 0 || all.runs == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

const struct rundown_command command_fields = {.program = &line, .settings = &settings, .run = run};
