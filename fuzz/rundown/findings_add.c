/* SPDX-License-Identifier: Apache-2.0 */
#include "command_findings.h"

#include "fuzz/search/saving.h"
#include "fuzz/search/trial.h"
#include "inputs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 512, SECONDS = 10 };

/* A signature that an input has shown. */
struct shown {
    char signature[SIGNATURE_BYTES];
    const char *driver;
    uint64_t seen;
    struct saving_outcome outcome;
};

static struct adding {
    struct shown *shown[MOST];
    size_t count;
    unsigned inputs, without, unreadable;
} adding;

/* NULL: it is the first of its kind, and *fresh is to be filled. */
static struct shown *find(const char *signature, const char *driver)
{
    for (size_t i = 0; i < adding.count; i++)
        if (strcmp(adding.shown[i]->signature, signature) == 0 &&
            strcmp(adding.shown[i]->driver, driver) == 0)
            return adding.shown[i];
    return NULL;
}

static struct shown *enter(const char *signature, const char *driver)
{
    struct shown *s = adding.count < MOST ? calloc(1, sizeof *s) : NULL;
    if (s == NULL)
        return NULL;
    snprintf(s->signature, sizeof s->signature, "%s", signature);
    s->driver = driver;
    s->seen = 1;
    adding.shown[adding.count++] = s;
    return s;
}

static struct saving how(const char *path)
{
    return (struct saving){
        .directory = findings_settings.findings,
        .by = findings_settings.by,
        .origin = path,
        .seed = findings_settings.seed == ANY_NUMBER ? -1 : (int64_t)findings_settings.seed};
}

static void add_program(const char *path, const struct program *p)
{
    static struct trial_end end;
    const struct trial_end *shown = trial_program(p, SECONDS);
    if (!shown->finding) {
        printf("%s: no finding\n", path);
        adding.without++;
        return;
    }
    end = *shown;
    for (unsigned i = 0; i < end.signatures.count; i++) {
        struct shown *s = find(end.signatures.texts[i], "session");
        struct saving saving = how(path);
        if (s != NULL)
            s->seen++;
        else if ((s = enter(end.signatures.texts[i], "session")) != NULL)
            saving_program(&saving, p, &end.report, s->signature, &s->outcome);
    }
}

static void add_input(const char *path, const struct saving_driver *d, const uint8_t *bytes,
                      size_t n)
{
    static struct trial_end end;
    const struct trial_end *shown = saving_try(d, bytes, n, SECONDS);
    if (shown->untried[0] != '\0') {
        fprintf(stderr, "rundown: %s: %s\n", path != NULL ? path : d->name, shown->untried);
        adding.unreadable++;
        return;
    }
    if (!shown->finding) {
        printf("%s: no finding\n", path != NULL ? path : d->name);
        adding.without++;
        return;
    }
    end = *shown;
    for (unsigned i = 0; i < end.signatures.count; i++) {
        struct shown *s = find(end.signatures.texts[i], d->name);
        struct saving saving = how(path);
        if (s != NULL)
            s->seen++;
        else if ((s = enter(end.signatures.texts[i], d->name)) != NULL)
            saving_input(&saving, d, bytes, n, s->signature, &s->outcome);
    }
}

/* The driver that a file is for: as given, or as its folder is named. NULL: it is text, or unknown.
 */
static const char *driver_of(const char *path)
{
    return findings_settings.driver != INPUTS_ANY ? inputs_driver_name(findings_settings.driver)
                                                  : inputs_driver_of_path(path);
}

static void add_file(const char *path)
{
    static struct program program;
    uint8_t *bytes;
    size_t n;
    const char *driver = driver_of(path);
    const struct saving_driver *d = driver != NULL ? inputs_driver(driver) : NULL;
    adding.inputs++;
    if (d == NULL && driver == NULL && !files_are_text(path)) {
        fprintf(stderr, "rundown: %s: say which driver these bytes are for with --driver\n", path);
        adding.unreadable++;
    } else if (d == NULL) {
        if (files_load(path, &program))
            add_program(path, &program);
        else
            adding.unreadable++;
    } else if (files_read(path, &bytes, &n)) {
        add_input(path, d, bytes, n);
        free(bytes);
    } else {
        adding.unreadable++;
    }
}

static unsigned print_shown(void)
{
    unsigned known = 0, failed = 0;
    for (size_t i = 0; i < adding.count; i++) {
        struct shown *s = adding.shown[i];
        struct saving_outcome *o = &s->outcome;
        if (o->what != SAVING_FAILED)
            saving_count(findings_settings.findings, s->signature, s->seen - 1);
        known += o->what == SAVING_KNOWN;
        failed += o->what == SAVING_FAILED;
        printf("\n=== finding %zu: %s (%s, ", i + 1, s->signature, s->driver);
        if (o->what == SAVING_KNOWN)
            printf("known since %s, ", o->since);
        printf("seen %" PRIu64 " time%s)\n", s->seen, s->seen == 1 ? "" : "s");
        if (o->what != SAVING_KNOWN && o->report != NULL)
            printf("%s\n", o->report);
        if (o->what == SAVING_FAILED)
            printf("cannot be saved: %s: %s\n", o->folder, o->why);
        else
            printf("again: %s\n", o->again);
        free(o->report);
        free(s);
    }
    printf("\n%u inputs: %zu findings, %u of them known; %u inputs without one", adding.inputs,
           adding.count, known, adding.without);
    printf(adding.unreadable > 0 ? ", %u that cannot be read\n" : "\n", adding.unreadable);
    return failed;
}

void findings_add_input(const char *path, const struct saving_driver *d, const uint8_t *bytes,
                        size_t n)
{
    adding.inputs++;
    add_input(path, d, bytes, n);
}

bool findings_add_end(void)
{
    return print_shown() == 0;
}

int findings_add_files(int count, char **paths)
{
    if (!saved_can(findings_settings.findings)) {
        fprintf(stderr, "rundown: findings cannot be saved in %s: %s\n", findings_settings.findings,
                strerror(errno));
        return EXIT_FAILURE;
    }
    for (int i = 0; i < count; i++)
        add_file(paths[i]);
    unsigned failed = print_shown();
    return adding.count > 0 || adding.unreadable > 0 || failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
