/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown replay: runs whatever can be run, each in a process of its own.
 */
#include "rundown.h"

#include "fuzz/program/input.h"
#include "fuzz/run/run.h"
#include "fuzz/search/explain.h"
#include "fuzz/search/saving.h"
#include "fuzz/search/trial.h"
#include "inputs.h"
#include "known.h"
#include "replayed.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SECONDS = 10, MOST_BYTES = 1 << 24 };

static struct replay_settings {
    unsigned driver;
    bool verbose;
    uint32_t least;
    const char *known;
} settings = {.driver = INPUTS_ANY, .least = 1, .known = "corpus/known"};

static const struct option_row rows[] = {
#define AT(member) offsetof(struct replay_settings, member)
    {"driver", INPUTS_DRIVERS, OPTION_CHOICE, AT(driver), 0, 0,
     "which driver bytes are for (default: that of the finding or of the folder that they lie in)"},
    {"verbose", NULL, OPTION_FLAG, AT(verbose), 0, 0, "print a line for each"},
    {"least", "N", OPTION_NUMBER, AT(least), 1, ANY_NUMBER,
     "fail if there are fewer than N (default 1)"},
    {"known", "DIR", OPTION_TEXT, AT(known), 0, 0,
     "the known issues that belong to the corpus (default: corpus/known)"},
#undef AT
};

static const struct option_program line = {
    .name = "rundown replay",
    .version = RUNDOWN_VERSION,
    .synopsis = "[OPTION...] [PATH...]",
    .summary =
        "run programs, inputs of any driver and saved findings, each in a process of its own",
    ROWS(rows),
    .closing = "A PATH is a file of any kind, a folder of them, a saved finding, or a folder of "
               "those. Without "
               "PATH it runs the whole corpus. A program with a reason, an owner and a date in its "
               "head is a "
               "known issue: it has to fail as its head says.",
};

static struct tally {
    unsigned run, failed, known;
} tally;

/* One item with its content. */
struct content {
    const struct replayed *item;
    const struct saving_driver *driver; /* NULL: a program */
    struct program program;
    uint8_t *bytes;
    size_t n;
};

static void complain(const struct content *c, const char *why)
{
    printf("FAILED %s: %s\n", c->item->path, why);
    tally.failed++;
}

static void run_aloud(void *context)
{
    const struct content *c = context;
    if (c->driver != NULL)
        c->driver->run(c->bytes, c->n);
    else
        explain_aloud(&c->program, c->item->path);
}

/* Runs it again, so that all can be read that is said of it. */
static void show(struct content *c)
{
    tally.failed++;
    if (c->driver != NULL)
        printf("FAILED %s (%s)\n", c->item->path, c->driver->name);
    fflush(stdout);
    trial_child(run_aloud, c, STDOUT_FILENO, 2 * SECONDS);
}

static void judge_known(struct content *c, const struct known *k, const struct trial_end *end)
{
    tally.known++;
    if (k->missing != NULL) {
        printf("FAILED %s: a known issue needs %s\n", c->item->path, k->missing);
        tally.failed++;
    } else if (!end->finding) {
        complain(c, "is a known issue, and passes: if it is mended, move it to corpus/regressions");
    } else if (!signatures_have(&end->signatures, k->signature)) {
        printf("%s: is known for %s, and shows something else\n", c->item->path, k->signature);
        show(c);
    }
}

static void judge(struct content *c, const struct known *k, const struct trial_end *end)
{
    char why[64];
    unsigned failed = tally.failed;
    tally.run++;
    if (k->is_known || c->item->must_be_known) {
        judge_known(c, k, end);
    } else if (end->untried[0] != '\0') {
        complain(c, end->untried);
    } else if (end->finding) {
        show(c);
    } else if (end->report.idle_fault >= 0) {
        snprintf(why, sizeof why, "a fault of call %d never fires", end->report.idle_fault + 1);
        complain(c, why);
    }
    if (settings.verbose && tally.failed == failed)
        printf("%s  %s\n", k->is_known ? "known" : "ok   ", c->item->path);
}

/* False: *why; nothing is to be freed. */
static bool load(const struct replayed *item, struct content *c, struct known *known,
                 const char **why)
{
    *why = item->why;
    *known = (struct known){0};
    c->item = item;
    if (item->driver == NULL || !input_read(item->path, MOST_BYTES, &c->bytes, &c->n, why))
        return false;
    c->driver = inputs_driver(item->driver);
    if (item->is_text)
        known_read((const char *)c->bytes, c->n, known);
    if (c->driver != NULL || files_load(item->path, &c->program))
        return true;
    free(c->bytes);
    *why = "cannot be run";
    return false;
}

static void replay_one(const struct replayed *item)
{
    static struct content c;
    struct known known;
    const char *why;
    if (!load(item, &c, &known, &why)) {
        complain(&c, why);
        return;
    }
    if (c.driver != NULL)
        judge(&c, &known, saving_try(c.driver, c.bytes, c.n, SECONDS));
    else
        judge(&c, &known, trial_program(&c.program, SECONDS));
    free(c.bytes);
}

/* Many in one process, because nearly all pass: what does not, or is not as simple, is run by
   itself. The processes share it. */
struct batch {
    const struct replayed_list *list;
    size_t at; /* the item that is being run */
    bool passed[];
};

static void run_batch(void *context)
{
    static struct content c;
    static struct run_report r;
    struct batch *b = context;
    struct known known;
    const char *why;
    for (; b->at < b->list->count; b->at++) {
        trial_limit(SECONDS);
        if (!load(&b->list->items[b->at], &c, &known, &why))
            continue;
        r.idle_fault = -1;
        bool clean = true;
        if (c.driver != NULL)
            c.driver->run(c.bytes, c.n);
        else
            clean = run_program_twice(&c.program, NULL, &r);
        b->passed[b->at] = clean && r.idle_fault < 0 && !known.is_known && !c.item->must_be_known;
        free(c.bytes);
    }
}

static struct batch *open_batch(const struct replayed_list *list)
{
    size_t bytes = sizeof(struct batch) + list->count * sizeof(bool);
    struct batch *b = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (b == MAP_FAILED)
        abort();
    b->list = list;
    /* A process that dies leaves out the item that it died of. */
    for (; b->at < list->count; b->at++)
        trial_child(run_batch, b, -1, SECONDS);
    return b;
}

/* The items of one path. */
static void replay(const char *name, struct replayed_list *list)
{
    struct tally before = tally;
    struct batch *b = open_batch(list);
    for (size_t i = 0; i < list->count; i++) {
        if (!b->passed[i]) {
            replay_one(&list->items[i]);
            continue;
        }
        tally.run++;
        if (settings.verbose)
            printf("ok     %s\n", list->items[i].path);
    }
    munmap(b, sizeof *b + list->count * sizeof(bool));
    if (list->count > 0)
        printf("%-24s %5u replayed, %u failed\n", name, tally.run - before.run,
               tally.failed - before.failed);
    replayed_free(list);
}

static void replay_corpus(void)
{
    static const char *const folders[] = {"session",    "regressions", "handle",
                                          "server_pdu", "client_pdu",  "ndr"};
    struct replayed_list list = {0};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[64];
        snprintf(path, sizeof path, "corpus/%s", folders[i]);
        replayed_add(&list, path, NULL);
        replay(path, &list);
    }
    replayed_add_known(&list, settings.known);
    replay(settings.known, &list);
}

static int run(int count, char **paths)
{
    struct replayed_list list = {0};
    const char *driver = settings.driver != INPUTS_ANY ? inputs_driver_name(settings.driver) : NULL;
    for (int i = 0; i < count; i++) {
        replayed_add(&list, paths[i], driver);
        replay(paths[i], &list);
    }
    if (count == 0)
        replay_corpus();
    if (tally.run < settings.least)
        printf("FAILED: %u replayed, at least %" PRIu32 " were expected\n", tally.run,
               settings.least);
    printf("%u replayed, %u failed, known: %u\n", tally.run, tally.failed, tally.known);
    return tally.failed > 0 || tally.run < settings.least ? EXIT_FAILURE : EXIT_SUCCESS;
}

const struct rundown_command command_replay = {
    .program = &line,
    .settings = &settings,
    .word = "[PATH...]",
    .most = ANY_NUMBER,
    .run = run,
};
