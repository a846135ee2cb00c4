/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown preload: a program as it is, with the calls that it makes failing.
 */
#include "fuzz/search/search_json.h"
#include "preload_findings.h"
#include "preload_run.h"
#include "rundown.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct preload_settings {
    const char *fault, *json;
    bool sweep, anew;
    uint32_t seconds;
} settings = {.seconds = 10};

static const struct option_row rows[] = {
#define AT(member) offsetof(struct preload_settings, member)
    {"fault", "FAULT", OPTION_TEXT, AT(fault), 0, 0,
     "run once with this fault: 'POINT KIND [at N] [SHAPE]', or a class for the point"},
    {"sweep", NULL, OPTION_FLAG, AT(sweep), 0, 0,
     "run with each fault at each call that a run without faults makes"},
    {"anew", NULL, OPTION_FLAG, AT(anew), 0, 0,
     "start the program anew for each run; otherwise a sweep starts it once, and forks the runs"},
    {"seconds", "N", OPTION_NUMBER, AT(seconds), 1, 3600,
     "a run that takes longer hangs (default: 10)"},
    ROW_JSON(AT(json)),
#undef AT
};

static const struct option_program line = {
    .name = "rundown preload",
    .version = RUNDOWN_VERSION,
    .synopsis = "[OPTION...] -- PROGRAM [ARGUMENT...]",
    .summary = "make the calls of a program fail, as it is (LD_PRELOAD)",
    ROWS(rows),
    .closing = "Without --fault and --sweep it lists the fault points. Exit code 1: there is a "
               "finding (docs/your-library.md); 2: the program cannot be watched.",
};

static struct {
    struct preload_program program;
    struct preload_shared base; /* of the run without faults */
    struct preload_result base_result;
    char names[PRELOAD_PLACES][PRELOAD_NAME];
    char verdict[160]; /* of the latest run; "": none */
    struct preload_fault fault;
    uint64_t swallowed, in_the_middle;
    const char *not_served; /* why each run starts the program anew; NULL: not each */
    struct sweep_totals totals;
} all;

static struct preload_fault translate(const struct fault *f)
{
    uint32_t parts[FAULT_PARTS];
    struct preload_fault p = {.armed = true, .class = (uint16_t)f->class, .nth = f->nth};
    fault_kind_parts(f->class, f->kind, parts);
    for (int i = 0; i < FAULT_PARTS; i++)
        p.effects[i] = fault_kind_effect(f->class, parts[i]);
    p.limit = f->shape == FAULT_ONE_SHOT         ? 1 + (parts[0] != parts[1])
              : f->shape == FAULT_BURST          ? FAULT_BURST_LENGTH
              : fault_is_transient(p.effects[1]) ? FAULT_TRANSIENT_LIMIT
                                                 : UINT32_MAX;
    return p;
}

static uint32_t held_at_base(const struct preload_shared *s, const struct preload_place *place)
{
    for (uint32_t i = 0; i < all.base.places; i++) {
        const struct preload_place *b = &all.base.place[i];
        if (b->class == place->class && b->offset == place->offset &&
            strcmp(all.base.object[b->object], s->object[place->object]) == 0)
            return b->held;
    }
    return 0;
}

/* A program that ends by exit() leaves what it holds at that place: that is not judged. */
static void judge_left_behind(const struct preload_shared *s)
{
    char name[PRELOAD_NAME];
    for (uint32_t i = 0; i < s->places; i++)
        if (s->place[i].held > held_at_base(s, &s->place[i])) {
            if (!s->returned) {
                all.in_the_middle++;
                return;
            }
            preload_name(&all.program, s, i, name);
            snprintf(all.verdict, sizeof all.verdict, "left-behind (of %.100s)", name);
            return;
        }
}

static struct sweep_outcome judge(const struct preload_result *r)
{
    const struct preload_shared *s = preload_memory();
    bool same = r->code == all.base_result.code && r->output == all.base_result.output;
    all.verdict[0] = '\0';
    if (r->hung)
        snprintf(all.verdict, sizeof all.verdict, "hang (more than %u s)", all.program.seconds);
    else if (r->signal != 0 && !s->killed)
        snprintf(all.verdict, sizeof all.verdict, "crash (%s)", strsignal(r->signal));
    else if (r->signal == 0)
        judge_left_behind(s);
    bool wrong = all.verdict[0] != '\0';
    bool swallowed = s->fired > 0 && !wrong && same && r->signal == 0 && r->code == 0;
    all.swallowed += swallowed;
    uint64_t trace = r->output ^ (uint64_t)r->code << 8 ^ (uint64_t)r->signal;
    return (struct sweep_outcome){s->fired, swallowed, trace, wrong};
}

static struct sweep_outcome run_armed(const struct sweep_armed *armed, void *context)
{
    (void)context;
    all.fault = translate(&armed->faults[0]);
    struct preload_result r = preload_run(&all.program, &all.fault);
    return judge(&r);
}

static void complain(const struct sweep_armed *armed, const char *what, void *context)
{
    (void)armed;
    (void)context;
    snprintf(all.verdict, sizeof all.verdict, "differs (%s)", what);
}

/* The fault point of the nth call of the class in the run without faults. */
static const char *name_of(const struct fault *f)
{
    uint32_t nth = 0;
    for (uint32_t i = 0; i < all.base.crossings && i < PRELOAD_CROSSINGS; i++)
        if (all.base.place[all.base.crossing[i]].class == f->class && ++nth == f->nth)
            return all.names[all.base.crossing[i]];
    return "the end";
}

static void found(const struct sweep_armed *armed, void *context)
{
    (void)context;
    const struct fault *f = &armed->faults[0];
    preload_findings_add(&all.program, all.verdict, name_of(f), f);
}

static int sweep(void)
{
    static struct sweep_point points[PRELOAD_CROSSINGS];
    uint32_t nth[FAULT_CLASSES] = {0};
    uint32_t count =
        all.base.crossings < PRELOAD_CROSSINGS ? all.base.crossings : PRELOAD_CROSSINGS;
    for (uint32_t i = 0; i < count; i++) {
        enum fault_class class = (enum fault_class)all.base.place[all.base.crossing[i]].class;
        points[i] = (struct sweep_point){1, class, ++nth[class], -1};
    }
    all.not_served = settings.anew ? "as --anew asks" : preload_start_server(&all.program);
    struct sweep_subject subject = {run_armed, complain, found, NULL};
    struct sweep_outcome base = judge(&all.base_result);
    sweep_points(&subject, &base, points, count, (struct sweep_part){0, 1}, false, &all.totals);
    preload_end_server();
    uint64_t findings = preload_findings_seen();
    printf("%ju runs, %u calls at %u fault points, %ju faults fired, %ju swallowed, %ju findings, "
           "%u distinct\n",
           (uintmax_t)all.totals.runs, count, all.base.places, (uintmax_t)all.totals.fired,
           (uintmax_t)all.swallowed, (uintmax_t)findings, preload_findings_count());
    if (all.not_served != NULL)
        printf("each run starts the program anew: %s\n", all.not_served);
    else
        printf("%ju of the runs begin at main(), in a copy of one process that has come there\n",
               (uintmax_t)preload_served());
    return findings > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Binds it to the fault point of that name; a name without "@" is a class, at whatever point. */
static bool read_point(const char *name, struct fault *f, struct preload_fault *out)
{
    int class = strchr(name, '@') == NULL ? fault_class_find(name, strlen(name)) : -1;
    if (class >= 0) {
        f->class = (enum fault_class) class;
        return true;
    }
    for (uint32_t i = 0; i < all.base.places; i++) {
        const struct preload_place *place = &all.base.place[i];
        if (strcmp(name, all.names[i]) != 0)
            continue;
        f->class = (enum fault_class)place->class;
        out->bound = true;
        out->offset = place->offset;
        memcpy(out->object, all.base.object[place->object], sizeof out->object);
        return true;
    }
    fprintf(stderr, "rundown preload: the run without faults does not pass '%s'\n", name);
    return false;
}

static bool read_shape(const char *word, enum fault_shape *out)
{
    for (int s = 0; s < FAULT_SHAPES; s++)
        if (strcmp(word, fault_shape_name((enum fault_shape)s)) == 0) {
            *out = (enum fault_shape)s;
            return true;
        }
    return false;
}

/* The fault that a text says, "POINT KIND [at N] [SHAPE]". False: said on stderr. */
static bool read_fault(const char *text, struct preload_fault *out)
{
    char name[PRELOAD_NAME] = "", kind[32] = "", rest[64] = "", word[32];
    struct fault f = {.nth = 1, .shape = FAULT_ONE_SHOT};
    struct preload_fault point = {0};
    sscanf(text, "%383s %31s %63[^\n]", name, kind, rest);
    if (!read_point(name, &f, &point))
        return false;
    int number = fault_kind_find(f.class, kind, strlen(kind)), used = 0;
    bool good = number >= 0;
    for (const char *at = rest; good && sscanf(at, "%31s%n", word, &used) == 1; at += used) {
        if (strcmp(word, "at") != 0) {
            good = read_shape(word, &f.shape);
            continue;
        }
        at += used;
        good = sscanf(at, " %9[0-9]%n", word, &used) == 1 && (f.nth = (uint32_t)atoi(word)) > 0;
    }
    if (!good) {
        fprintf(stderr, "rundown preload: '%s' has no such kind, number or shape: rundown faults\n",
                text);
        return false;
    }
    f.kind = (uint32_t)number;
    *out = translate(&f);
    out->bound = point.bound;
    out->offset = point.offset;
    memcpy(out->object, point.object, sizeof out->object);
    return true;
}

static int run_once(void)
{
    struct preload_fault f;
    if (!read_fault(settings.fault, &f))
        return EXIT_USAGE;
    struct preload_result r = preload_run(&all.program, &f);
    struct sweep_outcome o = judge(&r);
    printf("%s: fired %u times, exit code %d: %s\n", settings.fault, o.fired, r.code,
           o.wrong        ? all.verdict
           : o.benign > 0 ? "swallowed"
                          : "handled");
    return o.wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Of the run without faults: calls beyond those that are counted one by one. */
static unsigned further_calls(void)
{
    return all.base.crossings > PRELOAD_CROSSINGS ? all.base.crossings - PRELOAD_CROSSINGS : 0;
}

static void say_unseen(void)
{
    const struct preload_shared *s = &all.base;
    const struct {
        unsigned count;
        const char *what;
    } unseen[] = {{s->inside_libc, "calls of libc itself"},
                  {s->programs, "programs started"},
                  {s->children, "child processes"},
                  {further_calls(), "calls beyond those that are counted one by one"},
                  {s->lost_places, "calls at further places"},
                  {s->lost_blocks, "blocks"}};
    const char *before = " ";
    printf("not seen, in the run without faults:");
    for (unsigned i = 0; i < sizeof unseen / sizeof *unseen; i++) {
        if (unseen[i].count == 0)
            continue;
        printf("%s%u %s", before, unseen[i].count, unseen[i].what);
        before = ", ";
    }
    puts(*before == ' ' ? " nothing" : "");
    if (all.in_the_middle > 0)
        printf(
            "not judged: what is held after an exit() that is no return of main(), in %ju runs\n",
            (uintmax_t)all.in_the_middle);
}

/* "calls": of the run without faults, and "unseen" what of it goes beyond the library. */
static json_t *as_json(void)
{
    const struct preload_shared *s = &all.base;
    json_t *head = search_json_head("rundown-preload"), *words = json_array(),
           *points = json_array();
    for (char *const *word = all.program.words; *word != NULL; word++)
        json_array_append_new(words, json_string(*word));
    for (uint32_t i = 0; i < s->places; i++)
        json_array_append_new(points, json_string(all.names[i]));
    json_object_update_new(
        head,
        json_pack("{s:o, s:o, s:I, s:I, s:I, s:I, s:o, s:I, s:{s:I, s:I, s:I, s:I, s:I, s:I}}",
                  "program", words, "points", points, "calls", (json_int_t)s->crossings, "runs",
                  (json_int_t)all.totals.runs, "fired", (json_int_t)all.totals.fired, "swallowed",
                  (json_int_t)all.swallowed, "findings", preload_findings_json(), "not_judged",
                  (json_int_t)all.in_the_middle, "unseen", "inside_libc",
                  (json_int_t)s->inside_libc, "programs", (json_int_t)s->programs, "children",
                  (json_int_t)s->children, "calls", (json_int_t)further_calls(), "places",
                  (json_int_t)s->lost_places, "blocks", (json_int_t)s->lost_blocks));
    return head;
}

static int run(int count, char **words)
{
    int status = EXIT_SUCCESS;
    words[count] = NULL; /* the parser leaves words behind that it has moved */
    all.program.seconds = settings.seconds;
    if (!preload_open(&all.program, words))
        return EXIT_USAGE;
    all.base_result = preload_run(&all.program, NULL);
    memcpy(&all.base, preload_memory(), sizeof all.base);
    if (all.base.owner == 0 || all.base_result.hung || all.base_result.signal != 0) {
        fprintf(stderr, "rundown preload: %s: %s\n", all.program.path,
                all.base.owner == 0    ? "the library was not loaded into it"
                : all.base_result.hung ? "it hangs without a fault"
                                       : strsignal(all.base_result.signal));
        return EXIT_USAGE;
    }
    for (uint32_t i = 0; i < all.base.places; i++)
        preload_name(&all.program, &all.base, i, all.names[i]);
    if (settings.fault != NULL)
        status = run_once();
    else if (settings.sweep)
        status = sweep();
    for (uint32_t i = 0; settings.fault == NULL && !settings.sweep && i < all.base.places; i++)
        puts(all.names[i]);
    say_unseen();
    if (settings.json != NULL && !rundown_save_json(as_json(), settings.json))
        return EXIT_FAILURE;
    return status;
}

const struct rundown_command command_preload = {
    .program = &line,
    .settings = &settings,
    .word = "PROGRAM",
    .least = 1,
    .most = ANY_NUMBER,
    .run = run,
};
