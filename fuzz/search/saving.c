/* SPDX-License-Identifier: Apache-2.0 */
#include "saving.h"

#include "explain.h"
#include "faulty_input.h"
#include "fuzz/program/input.h"
#include "fuzz/program/program_text.h"
#include "fuzz/run/reproduce.h"
#include "minimise.h"
#include "trial.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 1 << 24 };

static void find_folder(const char *directory, const char *signature,
                        char out[SAVED_PATH_BYTES - 64])
{
    char name[SAVED_NAME_BYTES];
    saved_name(signature, name);
    snprintf(out, SAVED_PATH_BYTES - 64, "%.3900s/%s", directory, name);
}

static json_t *text_or_null(const char *text)
{
    json_t *t = text != NULL ? json_string(text) : NULL;
    return t != NULL ? t : json_null();
}

/* A finding that was saved before keeps its date, and what was seen. */
static void say_how(const struct saving *s, json_t *report, const json_t *old)
{
    json_t *found = json_object_get(report, "found");
    char origin[SAVED_PATH_BYTES];
    if (s->origin != NULL)
        reproduce_path(s->origin, origin, sizeof origin);
    json_object_set_new(found, "by", text_or_null(s->by));
    json_object_set_new(found, "seed", s->seed < 0 ? json_null() : json_integer(s->seed));
    json_object_set_new(found, "origin", text_or_null(s->origin != NULL ? origin : NULL));
    json_object_set_new(found, "seen", json_integer(1 + (old != NULL ? saved_seen(old) : 0)));
    if (old != NULL && saved_found_text(old, "date") != NULL)
        json_object_set_new(found, "date", json_string(saved_found_text(old, "date")));
}

static bool read_file(const char *folder, const char *name, uint8_t **out, size_t *out_n)
{
    char path[SAVED_PATH_BYTES];
    const char *why;
    return snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path &&
           input_read(path, MOST_BYTES, out, out_n, &why);
}

/* Seen once more. */
static void be_known(json_t *old, struct saving_outcome *out)
{
    uint8_t *report;
    size_t n;
    const char *since = saved_found_text(old, "date");
    out->what = SAVING_KNOWN;
    snprintf(out->since, sizeof out->since, "%s", since != NULL ? since : "an unknown day");
    if (read_file(out->folder, "report.txt", &report, &n)) {
        out->report = strndup((const char *)report, n);
        free(report);
    }
    json_object_set_new(json_object_get(old, "found"), "seen", json_integer(saved_seen(old) + 1));
    if (!saved_write_report(out->folder, old, &out->why))
        out->what = SAVING_FAILED;
    json_decref(old);
}

static void complete(const struct saving *s, json_t *report, const char *signature,
                     const json_t *old, struct saving_outcome *out)
{
    json_object_set_new(report, "signature", text_or_null(signature));
    say_how(s, report, old);
    if (saved_write_reports(out->folder, out->report, report, &out->why))
        out->what = SAVING_NEW;
}

static void name_file(const char *command, const char *file, struct saving_outcome *out)
{
    snprintf(out->file, sizeof out->file, "%s/%s", out->folder, file);
    reproduce_command(command, out->file, out->again, sizeof out->again);
}

/* Programs ------------------------------------------------------------------------------------ */

static bool program_still_shows(const char *folder, const char *signature)
{
    static struct program p;
    struct program_error error;
    uint8_t *text;
    size_t n;
    if (!read_file(folder, "program.txt", &text, &n))
        return false;
    bool good = program_parse(&p, (const char *)text, n, &error) && p.call_count > 0;
    free(text);
    return good && signatures_have(&trial_program(&p, TRIAL_SECONDS)->signatures, signature);
}

static char *text_of(const struct program *p, const struct run_report *r, const char *signature)
{
    char *text;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    if (f == NULL)
        abort();
    fprintf(f, "# %s: %s\n# signature: %s\n", verdict_name(r->verdict), r->detail, signature);
    program_print(p, f, -1, NULL, 0);
    fclose(f);
    return text;
}

void saving_program(const struct saving *s, const struct program *p, const struct run_report *r,
                    const char *signature, struct saving_outcome *out)
{
    static uint8_t bytes[PROGRAM_MAX_BYTES];
    static struct program small;
    static struct run_report shown;
    const char *why;
    *out = (struct saving_outcome){.what = SAVING_FAILED};
    find_folder(s->directory, signature, out->folder);
    name_file("run", "program.txt", out);
    json_t *old = saved_read(out->folder, &why);
    if (old != NULL && program_still_shows(out->folder, signature)) {
        be_known(old, out);
        return;
    }
    small = *p;
    if (!minimise_to(signature, &small, &shown)) {
        small = *p;
        shown = *r;
    }
    char *text = text_of(&small, &shown, signature);
    struct saved_files files = {"session", text, bytes, program_encode(&small, bytes)};
    if (saved_write(out->folder, &files, &out->why)) {
        json_t *report = explain_program(&small, &shown, signature, out->file, text, &out->report);
        complete(s, report, signature, old, out);
        json_decref(report);
    }
    json_decref(old);
    free(text);
}

/* Inputs -------------------------------------------------------------------------------------- */

struct input {
    const struct saving_driver *driver;
    const uint8_t *bytes;
    size_t n;
    const char *signature; /* to be kept */
};

static void run_input(void *context)
{
    const struct input *i = context;
    i->driver->run(i->bytes, i->n);
}

static void print_input(void *context)
{
    const struct input *i = context;
    i->driver->print(i->bytes, i->n);
}

const struct trial_end *saving_try(const struct saving_driver *d, const uint8_t *bytes, size_t n,
                                   unsigned seconds)
{
    return trial_input(run_input, &(struct input){d, bytes, n, NULL}, seconds);
}

static bool shows(const uint8_t *bytes, size_t n, void *context)
{
    const struct input *i = context;
    return signatures_have(&saving_try(i->driver, bytes, n, TRIAL_SECONDS)->signatures,
                           i->signature);
}

static bool input_still_shows(const struct saving_driver *d, const char *folder,
                              const char *signature)
{
    uint8_t *bytes;
    size_t n;
    if (!read_file(folder, "input.bin", &bytes, &n))
        return false;
    bool still = shows(bytes, n, &(struct input){d, NULL, 0, signature});
    free(bytes);
    return still;
}

size_t saving_minimise(const struct saving_driver *d, uint8_t *bytes, size_t n,
                       const char *signature)
{
    struct input wanted = {d, NULL, 0, signature};
    struct faulty_input fault;
    size_t line = faulty_input_read(bytes, n, &fault);
    if (d->parts == NULL || n <= line)
        return n;
    return minimise_bytes(
        &(struct minimise_input){line + d->head, d->parts(bytes + line), shows, &wanted}, bytes, n);
}

void saving_input(const struct saving *s, const struct saving_driver *d, const uint8_t *bytes,
                  size_t n, const char *signature, struct saving_outcome *out)
{
    char command[64], *text;
    size_t text_n;
    const char *why;
    *out = (struct saving_outcome){.what = SAVING_FAILED};
    snprintf(command, sizeof command, "run --driver %s", d->name);
    find_folder(s->directory, signature, out->folder);
    name_file(command, "input.bin", out);
    json_t *old = saved_read(out->folder, &why);
    if (old != NULL && input_still_shows(d, out->folder, signature)) {
        be_known(old, out);
        return;
    }
    uint8_t *small = malloc(n + 1);
    if (small == NULL)
        abort();
    memcpy(small, bytes, n);
    struct input input = {d, small, n, signature};
    input.n = saving_minimise(d, small, n, signature);
    trial_listen(print_input, &input, TRIAL_SECONDS, &text, &text_n);
    struct saved_files files = {d->name, text, small, input.n};
    if (saved_write(out->folder, &files, &out->why)) {
        json_t *report =
            explain_input(run_input, &input, d->name, signature, out->file, text, &out->report);
        complete(s, report, signature, old, out);
        json_decref(report);
    }
    json_decref(old);
    free(text);
    free(small);
}

void saving_count(const char *directory, const char *signature, uint64_t times)
{
    char folder[SAVED_PATH_BYTES - 64];
    const char *why;
    find_folder(directory, signature, folder);
    json_t *report = times > 0 ? saved_read(folder, &why) : NULL;
    if (report == NULL)
        return;
    json_object_set_new(json_object_get(report, "found"), "seen",
                        json_integer(saved_seen(report) + (json_int_t)times));
    if (!saved_write_report(folder, report, &why))
        fprintf(stderr, "rundown: %s: %s\n", folder, why);
    json_decref(report);
}
