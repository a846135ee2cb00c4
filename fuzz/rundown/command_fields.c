/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown fields: the sweep of the wire, by several processes.
 */
#include "command_findings.h"
#include "faults/fault/hash.h"
#include "faults/sweep/jobs.h"
#include "fuzz/drivers/conversation.h"
#include "fuzz/drivers/field_sweep.h"
#include "fuzz/program/output.h"
#include "fuzz/run/signature.h"
#include "fuzz/search/search_json.h"
#include "fuzz/search/told.h"
#include "inputs.h"
#include "rundown.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct fields_settings {
    const char *slice_text, *findings, *inputs, *json;
    struct sweep_part part;
    uint32_t jobs;
    bool pairs;
} settings = {.part = {0, 1}, .findings = "findings"};

static const struct option_row rows[] = {
#define AT(member) offsetof(struct fields_settings, member)
    {"slice", "K/N", OPTION_TEXT, AT(slice_text), 0, 0, "only this part of the runs, K from 1"},
    {"pairs", NULL, OPTION_FLAG, AT(pairs), 0, 0,
     "two fields of a PDU at once, too, of those that say how long or how many something is or "
     "what "
     "it belongs to"},
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

/* The first input that shows a signature. In memory, so that an interrupted sweep leaves nothing.
 */
struct shown {
    const char *driver;
    size_t size;
    uint8_t bytes[CONVERSATION_BYTES];
};

/* Shared by the processes. */
static struct shared {
    struct field_totals totals[JOBS_MOST];
    struct sweep_progress progress[JOBS_MOST];
    struct told told;
    struct shown shown[TOLD_MOST]; /* by number */
} * shared;

/* What the process runs, for its last words. */
static struct {
    struct field_run run;
    struct field_totals *totals;
} current;

/* NULL: the signature was shown before, or there is no room for another. */
static struct shown *enter(const char *signature)
{
    bool is_new;
    int number = told_enter(&shared->told, signature, &is_new);
    return number >= 0 && is_new ? &shared->shown[number] : NULL;
}

static void write_input(const char *driver, const uint8_t *input, size_t n)
{
    char *path;
    const char *why = NULL;
    if (asprintf(&path, "%s/%s/%08" PRIx32 ".bin", settings.inputs, driver, hash_32(input, n)) < 0)
        abort();
    int fd = output_open(path, O_TRUNC, &why);
    FILE *f = fd >= 0 ? fdopen(fd, "wb") : NULL;
    bool written = f != NULL && fwrite(input, 1, n, f) == n;
    written = f != NULL && fclose(f) == 0 && written;
    if (!written)
        printf("  the input cannot be written: %s: %s\n", path,
               why != NULL ? why : strerror(errno));
    else
        printf("  again: rundown replay --driver %s %s\n", driver, path);
    free(path);
}

static void keep(const struct run_report *r, const struct signatures *s,
                 const struct field_run *run)
{
    struct shown *shown = enter(s->texts[0]);
    if (shown == NULL || run->n > sizeof shown->bytes)
        return;
    shown->driver = run->driver;
    shown->size = run->n;
    memcpy(shown->bytes, run->input, run->n);
    printf("FINDING %s: %s\n", verdict_name(r->verdict), r->detail);
    signatures_print(s, stdout);
    printf("  %s\n", run->change);
    if (settings.inputs != NULL)
        write_input(run->driver, run->input, run->n);
    fflush(stdout);
}

static bool on_begin(const struct field_run *run, void *context)
{
    const uint64_t of_client = (uint64_t)(strcmp(run->driver, "client_pdu") == 0) << 32;
    (void)context;
    current.run = *run;
    return sweep_reaches(of_client | run->number);
}

static void on_found(const struct run_report *r, const struct field_run *run, void *context)
{
    static struct signatures signatures;
    (void)context;
    signatures_of(run->program, r, &signatures);
    keep(r, &signatures, run);
}

static void on_death(const struct run_report *r, const struct signatures *s)
{
    current.totals->findings++;
    if (current.run.input != NULL)
        keep(r, s, &current.run);
}

static int sweep_job(unsigned job)
{
    const struct field_watch watch = {on_begin, on_found, NULL, settings.pairs};
    struct sweep_part part = {settings.part.slice + job * settings.part.of,
                              settings.part.of * settings.jobs};
    struct field_totals *totals = &shared->totals[job];
    current.totals = totals;
    /* One process after another records them. */
    totals->conversations = totals->pdus = 0;
    inputs_watch(on_death);
    sweep_keep_progress(&shared->progress[job]);
    field_sweep_server(part, totals, &watch);
    field_sweep_client(part, totals, &watch);
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
    json_t *head = search_json_head("rundown-fields");
    json_object_update_new(head, json_pack("{s:I, s:I, s:I, s:I, s:o}", "conversations",
                                           (json_int_t)t->conversations, "pdus",
                                           (json_int_t)t->pdus, "runs", (json_int_t)t->runs,
                                           "findings", (json_int_t)t->findings, "cells", cells));
    return head;
}

/* Inputs that show something ------------------------------------------------------------------ */

static char *path_in(const char *folder, const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        abort();
    return path;
}

/* Where they are written: a folder for each driver. */
static bool make_folders(void)
{
    static const char *const drivers[] = {"server_pdu", "client_pdu"};
    bool made = mkdir(settings.inputs, 0777) == 0 || errno == EEXIST;
    for (size_t i = 0; made && i < sizeof drivers / sizeof *drivers; i++) {
        char *path = path_in(settings.inputs, drivers[i]);
        made = mkdir(path, 0777) == 0 || errno == EEXIST;
        free(path);
    }
    if (!made)
        fprintf(stderr, "rundown: %s: %s\n", settings.inputs, strerror(errno));
    return made;
}

static bool can_keep(void)
{
    if (settings.inputs != NULL)
        return make_folders();
    if (saved_can(settings.findings))
        return true;
    fprintf(stderr, "rundown: findings cannot be saved in %s: %s\n", settings.findings,
            strerror(errno));
    return false;
}

/* False: one cannot be saved. */
static bool save_findings(void)
{
    findings_settings.findings = settings.findings;
    findings_settings.by = "fields";
    for (unsigned i = 0; i < TOLD_MOST && shared->shown[i].size > 0; i++) {
        const struct shown *s = &shared->shown[i];
        findings_add_input(NULL, inputs_driver(s->driver), s->bytes, s->size);
    }
    return findings_add_end();
}

/* All jobs have ended. */
static int conclude(unsigned failed)
{
    static struct field_totals all;
    for (unsigned job = 0; job < settings.jobs; job++)
        field_totals_add(&all, &shared->totals[job]);
    print_cells(&all);
    if (failed > 0)
        printf("FAILED: %u processes did not finish\n", failed);
    bool saved = settings.inputs != NULL || all.findings == 0 || save_findings();
    printf("%" PRIu64 " conversations, %" PRIu64 " PDUs, %" PRIu64 " runs, %" PRIu64 " findings\n",
           all.conversations, all.pdus, all.runs, all.findings);
    if (settings.json != NULL && !rundown_save_json(as_json(&all), settings.json))
        return EXIT_FAILURE;
    return all.findings > 0 || failed > 0 || all.runs == 0 || !saved ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run(int count, char **words)
{
    (void)count, (void)words;
    if (settings.slice_text != NULL &&
        !rundown_read_slice(&line, settings.slice_text, &settings.part))
        return EXIT_USAGE;
    if (!can_keep())
        return EXIT_FAILURE;
    if (settings.jobs == 0)
        settings.jobs = jobs_default();
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (shared == MAP_FAILED) {
        perror("rundown");
        return EXIT_FAILURE;
    }
    int status = conclude(jobs_run(settings.jobs, sweep_job, JOBS_AGAIN));
    munmap(shared, sizeof *shared);
    return status;
}

const struct rundown_command command_fields = {.program = &line, .settings = &settings, .run = run};
