/* SPDX-License-Identifier: Apache-2.0 */
#include "findings.h"

#include "faults/world/symbol.h"
#include "fuzz/program/output.h"
#include "fuzz/run/signature.h"
#include "fuzz/search/clean_up.h"
#include "fuzz/search/saving.h"
#include "fuzz/search/told.h"
#include "fuzz/search/trial.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct saving saving = {.seed = -1};
static bool first_only;
/* A signature, and how often it came. The processes share the table. */
static struct seen {
    _Atomic uint64_t count;
    atomic_bool unsaved; /* only the clean-up shows it, so far */
    bool saved;
    bool died; /* its process did, and could not save it: */
    bool in_clean_up;
    struct fault fault; /* if it is */
    struct program program;
    struct run_report report;
    char text[SIGNATURE_BYTES], origin[256];
} * seen;
static struct told *told; /* by number */

bool findings_open(const char *directory, const char *by, bool first)
{
    symbol_source_share();
    saving.directory = directory;
    saving.by = by;
    first_only = first;
    /* Checked before the search, not when the first finding has to be saved. */
    if (!saved_can(directory)) {
        fprintf(stderr, "rundown: findings cannot be saved in %s: %s\n", directory,
                strerror(errno));
        return false;
    }
    seen = mmap(NULL, TOLD_MOST * sizeof *seen + sizeof *told, PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (seen != MAP_FAILED) {
        told = (struct told *)(void *)(seen + TOLD_MOST);
        return true;
    }
    perror("rundown");
    return false;
}

/* NULL: there is no room for another. *is_new: it was not seen before, or could not be saved as it
   was seen. */
static struct seen *note(const char *text, const char *origin, bool *is_new)
{
    int number = told_enter(told, text, is_new);
    if (number < 0)
        return NULL;
    struct seen *s = &seen[number];
    if (*is_new) {
        snprintf(s->text, sizeof s->text, "%s", text);
        snprintf(s->origin, sizeof s->origin, "%s", origin != NULL ? origin : "");
    } else {
        *is_new = atomic_exchange(&s->unsaved, false);
    }
    atomic_fetch_add(&s->count, 1);
    return s;
}

static const char *origin_of(const struct seen *s)
{
    return s->origin[0] != '\0' ? s->origin : NULL;
}

/* With the fault in calls of the program, if that shows the same. */
static bool write_down(const struct seen *s, const struct program *p, const struct fault *f,
                       struct program *out)
{
    return clean_up_write_down(p, f, out) &&
           signatures_have(&trial_program(out, TRIAL_SECONDS)->signatures, s->text);
}

/* The smallest program that shows it. `f`: NULL, or the fault is in the clean-up. */
static void save(struct seen *s, const struct program *p, const struct run_report *r,
                 const struct fault *f, FILE *out)
{
    static struct saving_outcome o;
    static struct program whole;
    struct saving how = saving;
    how.origin = origin_of(s);
    if (f != NULL && !write_down(s, p, f, &whole)) {
        fputs("  cannot be saved: no program shows it without the clean-up\n", out);
        atomic_store(&s->unsaved, true);
        return;
    }
    saving_program(&how, f != NULL ? &whole : p, r, s->text, &o);
    s->saved = o.what != SAVING_FAILED;
    if (o.what == SAVING_KNOWN)
        fprintf(out, "\n  known since %s\n  again: %s\n\n", o.since, o.again);
    else if (o.what == SAVING_NEW)
        fprintf(out, "\n  again: %s\n\n", o.again);
    else
        fprintf(out, "  cannot be saved: %s: %s\n", o.folder, o.why);
    free(o.report);
}

void findings_end(FILE *out)
{
    for (int i = 0; i < told_count(told); i++) {
        struct seen *s = &seen[i];
        if (s->died) {
            fprintf(out, "%s:", s->text);
            save(s, &s->program, &s->report, s->in_clean_up ? &s->fault : NULL, out);
        }
        if (s->saved)
            saving_count(saving.directory, s->text, s->count - 1);
    }
    for (int i = 0; i < told_count(told); i++) {
        struct seen *s = &seen[i];
        fprintf(out, "%s %s: seen %" PRIu64 " time%s", i == 0 ? "findings:\n " : " ", s->text,
                s->count, s->count == 1 ? "" : "s");
        fprintf(out, s->origin[0] != '\0' ? ", e.g. by %s\n" : "\n", s->origin);
    }
}

json_t *findings_json(void)
{
    json_t *list = json_array();
    for (int i = 0; i < told_count(told); i++) {
        const char *origin = seen[i].origin[0] != '\0' ? seen[i].origin : NULL;
        json_array_append_new(list, json_pack("{s:s, s:I, s:s?}", "signature", seen[i].text, "seen",
                                              (json_int_t)seen[i].count, "origin", origin));
    }
    return list;
}

/* What has just crashed or hung is in no state to be made smaller: its parent does that. */
static void save_new(struct seen *s, const struct program *p, const struct run_report *r,
                     const struct fault *in_clean_up, FILE *out)
{
    if (run_current()->program == NULL) {
        save(s, p, r, in_clean_up, out);
        return;
    }
    s->program = *p;
    s->report = *r;
    s->in_clean_up = in_clean_up != NULL;
    if (in_clean_up != NULL)
        s->fault = *in_clean_up;
    s->died = true;
}

void findings_add(const struct program *p, const struct run_report *r, const char *origin,
                  const struct fault *in_clean_up)
{
    struct signatures all;
    struct seen *fresh[SIGNATURES_MOST];
    unsigned count = 0;
    bool is_new;
    signatures_of_all(p, r, &all);
    for (unsigned i = 0; i < all.count; i++) {
        struct seen *s = note(all.texts[i], origin, &is_new);
        if (s != NULL && is_new)
            fresh[count++] = s;
    }
    if (count == 0)
        return;
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    if (out == NULL)
        return;
    if (origin != NULL)
        fprintf(out, "%s:\n", origin);
    if (in_clean_up != NULL)
        fputs("with a fault while its handles were ended:\n", out);
    run_print(p, r, out);
    for (unsigned i = 0; i < count; i++)
        save_new(fresh[i], p, r, in_clean_up, out);
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
