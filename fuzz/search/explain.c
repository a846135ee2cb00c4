/* SPDX-License-Identifier: Apache-2.0 */
#include "explain.h"

#include "fuzz/run/finding_json.h"
#include "fuzz/run/reproduce.h"
#include "fuzz/run/run.h"
#include "last_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SECONDS = 20 };

/* Sanitizers ---------------------------------------------------------------------------------- */

static const char *const options[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS", "MSAN_OPTIONS"};
static const char without_names[] = ":symbolize=0";

static bool is_alone(void)
{
    return getenv("RUNDOWN_ALONE") != NULL;
}

void explain_alone(char **arguments)
{
    if (!last_words_are_sanitized() || is_alone())
        return;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        const char *own = getenv(options[i]);
        char *value;
        if (asprintf(&value, "%s%s", own != NULL ? own : "", without_names) < 0)
            abort();
        setenv(options[i], value, 1);
        free(value);
    }
    setenv("RUNDOWN_ALONE", "1", 1);
    execv("/proc/self/exe", arguments);
}

/* This process becomes "rundown run", with names. */
static void become(char *const arguments[])
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        char *own = getenv(options[i]);
        if (own == NULL)
            continue;
        size_t n = strlen(own), length = strlen(without_names);
        if (n >= length && strcmp(own + n - length, without_names) == 0)
            own[n - length] = '\0';
    }
    unsetenv("RUNDOWN_ALONE");
    execv("/proc/self/exe", arguments);
    _exit(EXIT_FAILURE);
}

/* Programs ------------------------------------------------------------------------------------ */

struct explained {
    const struct program *program;
    const char *file;
    int json; /* where report.json is written to */
};

static void run_aloud(const struct program *p, const struct run_options *run)
{
    static struct run_report r;
    last_words_start(false);
    if (run_program_twice(p, run, &r))
        return;
    printf("FAILED %s\n", run->origin);
    run_tell(p, &r, run, stdout);
    fflush(NULL);
    _exit(EXIT_FAILURE);
}

void explain_aloud(const struct program *p, const char *file)
{
    run_aloud(p, &(struct run_options){.origin = file});
}

static void run_program_loudly(void *context)
{
    const struct explained *e = context;
    char json[64];
    snprintf(json, sizeof json, "/proc/self/fd/%d", e->json);
    if (is_alone())
        become((char *[]){"rundown", "run", "--report", json, (char *)(uintptr_t)e->file, NULL});
    run_aloud(e->program, &(struct run_options){.origin = e->file, .report = json});
}

static unsigned lines_of(const char *text)
{
    unsigned n = 0;
    for (const char *c = text; c != NULL && *c != '\0'; c++)
        n += *c == '\n';
    return n;
}

/* The program as it is saved, with comments above it: its calls are further down. */
static void put_text(json_t *report, const char *text)
{
    json_t *calls = json_object_get(report, "calls"), *call;
    const char *before = json_string_value(json_object_get(report, "program"));
    int more = (int)lines_of(text) - (int)lines_of(before);
    size_t i;
    json_array_foreach(calls, i, call)
    {
        json_t *line = json_object_get(call, "line");
        json_integer_set(line, json_integer_value(line) + more);
    }
    json_t *shown = json_string(text);
    if (shown != NULL)
        json_object_set_new(report, "program", shown);
}

/* What this process knows of a run that it did not make. */
static json_t *from_words(const struct run_report *r, const char *driver, const char *command,
                          const char *signature, const char *file, const char *text)
{
    static const char *const lists[] = {"faults", "held", "stack"};
    char *json;
    size_t n;
    FILE *out = open_memstream(&json, &n);
    if (out == NULL)
        abort();
    struct finding *f = finding_gather(NULL, r, signature);
    f->driver = driver;
    reproduce_command(command, file, f->reproduce, sizeof f->reproduce);
    free(f->program);
    f->program = strdup(text);
    finding_write_json(f, out);
    fclose(out);
    finding_destroy(f);
    json_t *j = json_loadb(json, n, 0, NULL);
    free(json);
    /* Those of its own last run. */
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        json_object_set_new(j, lists[i], json_array());
    json_object_set_new(j, "faults_fired", json_integer(0));
    json_object_set_new(j, "held_in_all", json_integer(0));
    return j;
}

json_t *explain_program(const struct program *p, const struct run_report *r, const char *signature,
                        const char *file, const char *text, char **out)
{
    size_t n;
    /* Not closed by exec. */
    struct explained e = {p, file, memfd_create("report", 0)};
    int status = trial_listen(run_program_loudly, &e, SECONDS, out, &n);
    json_t *j = NULL;
    if (e.json >= 0 && lseek(e.json, 0, SEEK_SET) == 0)
        j = json_loadfd(e.json, 0, NULL);
    if (e.json >= 0)
        close(e.json);
    if (j != NULL) {
        put_text(j, text);
        return j;
    }
    const struct trial_end *end = trial_read(*out, status);
    if (!end->finding) {
        free(*out);
        if (asprintf(out, "FINDING %s: %s\nSIGNATURE: %s\n  It did not show again.\n",
                     verdict_name(r->verdict), r->detail, signature) < 0)
            abort();
    }
    return from_words(end->finding ? &end->report : r, "session", "run", signature, file, text);
}

/* Inputs -------------------------------------------------------------------------------------- */

struct explained_input {
    trial_work *run;
    void *context;
    const char *driver, *file;
};

static void run_input_loudly(void *context)
{
    const struct explained_input *e = context;
    if (is_alone())
        become((char *[]){"rundown", "run", "--driver", (char *)(uintptr_t)e->driver,
                          (char *)(uintptr_t)e->file, NULL});
    e->run(e->context);
}

json_t *explain_input(trial_work *run, void *context, const char *driver, const char *signature,
                      const char *file, const char *text, char **out)
{
    static const struct run_report nothing = {.verdict = VERDICT_NOT_THE_SAME,
                                              .call = -1,
                                              .detail = "the last run did not show it again"};
    struct explained_input e = {run, context, driver, file};
    char command[64];
    size_t n;
    snprintf(command, sizeof command, "run --driver %s", driver);
    int status = trial_listen(run_input_loudly, &e, SECONDS, out, &n);
    const struct trial_end *end = trial_read(*out, status);
    return from_words(end->finding ? &end->report : &nothing, driver, command, signature, file,
                      text);
}
