/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown preload: a program as it is, with the calls that it makes failing.
 */
#include "fuzz/search/search_json.h"
#include "preload_fault.h"
#include "preload_findings.h"
#include "rundown.h"

#include <stdio.h>
#include <stdlib.h>

static struct preload_settings {
    const char *fault, *json, *findings;
    bool sweep, anew;
    uint32_t seconds;
} settings = {.seconds = 10, .findings = "findings"};

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
    ROW_FINDINGS(AT(findings)),
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
    struct preload_watched watched;
    struct preload_judged judged; /* the latest run */
    uint64_t swallowed, not_judged;
    const char *not_served; /* why each run starts the program anew; NULL: not each */
    struct sweep_totals totals;
} all;

static struct sweep_outcome outcome_of(const struct preload_result *r)
{
    const struct preload_judged *j = &all.judged;
    preload_judge(&all.watched, r, &all.judged);
    all.swallowed += j->swallowed;
    all.not_judged += j->not_judged;
    return (struct sweep_outcome){j->fired, j->swallowed, j->trace, j->report.finding};
}

static struct sweep_outcome run_armed(const struct sweep_armed *armed, void *context)
{
    (void)context;
    struct preload_fault fault = preload_fault_of(&armed->faults[0]);
    struct preload_result r = preload_run(&all.watched.program, &fault);
    return outcome_of(&r);
}

static void complain(const struct sweep_armed *armed, const char *what, void *context)
{
    (void)armed;
    (void)context;
    preload_judge_differs(&all.judged, what);
}

static void found(const struct sweep_armed *armed, void *context)
{
    (void)context;
    preload_findings_add(&all.watched, &all.judged, &armed->faults[0]);
}

static int sweep(void)
{
    static struct sweep_point points[PRELOAD_CROSSINGS];
    uint32_t nth[FAULT_ALL_CLASSES] = {0};
    const struct preload_shared *base = &all.watched.base;
    uint32_t count = base->crossings < PRELOAD_CROSSINGS ? base->crossings : PRELOAD_CROSSINGS;
    for (uint32_t i = 0; i < count; i++) {
        enum fault_class class = (enum fault_class)base->place[base->crossing[i]].class;
        points[i] = (struct sweep_point){1, class, ++nth[class], -1};
    }
    if (!preload_findings_open(settings.findings))
        return EXIT_FAILURE;
    all.not_served = settings.anew ? "as --anew asks" : preload_start_server(&all.watched.program);
    struct sweep_subject subject = {run_armed, complain, found, NULL, 0};
    struct sweep_outcome without = outcome_of(&all.watched.base_result);
    sweep_points(&subject, &without, points, count, (struct sweep_part){0, 1}, false, &all.totals);
    preload_end_server();
    bool saved = preload_findings_end();
    uint64_t findings = preload_findings_seen();
    printf("%ju runs, %u calls at %u fault points, %ju faults fired, %ju swallowed, %ju findings, "
           "%u distinct\n",
           (uintmax_t)all.totals.runs, count, base->places, (uintmax_t)all.totals.fired,
           (uintmax_t)all.swallowed, (uintmax_t)findings, preload_findings_count());
    if (all.not_served != NULL)
        printf("each run starts the program anew: %s\n", all.not_served);
    else
        printf("%ju of the runs begin at main(), in a copy of one process that has come there\n",
               (uintmax_t)preload_served());
    return findings > 0 || !saved ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run_once(void)
{
    struct preload_fault f;
    const char *why = preload_fault_read(&all.watched, settings.fault, &f);
    if (why != NULL) {
        fprintf(stderr, "rundown preload: %s\n", why);
        return EXIT_USAGE;
    }
    struct preload_result r = preload_run(&all.watched.program, &f);
    struct sweep_outcome o = outcome_of(&r);
    const struct run_report *report = &all.judged.report;
    printf("%s: fired %u times, exit code %d: %s%s%s\n", settings.fault, o.fired, r.code,
           o.wrong        ? verdict_name(report->verdict)
           : o.benign > 0 ? "swallowed"
                          : "handled",
           o.wrong ? ": " : "", report->detail);
    signatures_print(&all.judged.signatures, stdout);
    return o.wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Of the run without faults: calls beyond those that are counted one by one. */
static unsigned further_calls(void)
{
    uint32_t crossings = all.watched.base.crossings;
    return crossings > PRELOAD_CROSSINGS ? crossings - PRELOAD_CROSSINGS : 0;
}

static void say_unseen(void)
{
    const struct preload_shared *s = &all.watched.base;
    const struct {
        unsigned count;
        const char *what;
    } unseen[] = {{s->inside_libc, "calls of libc itself"},
                  {s->programs, "programs started"},
                  {s->statics, "static programs started"},
                  {s->privileged, "set-user-ID or set-group-ID programs started"},
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
    if (s->children > 0)
        printf("a child process begins with a copy of what is held: at most %u blocks and %u "
               "descriptors\n",
               s->inherited_blocks, s->inherited_descriptors);
    if (all.not_judged > 0)
        printf(
            "not judged: what is held after an exit() that is no return of main(), in %ju runs\n",
            (uintmax_t)all.not_judged);
}

/* "calls": of the run without faults, and "unseen" what of it goes beyond the library. */
static json_t *as_json(void)
{
    const struct preload_shared *s = &all.watched.base;
    json_t *head = search_json_head("rundown-preload"), *words = json_array(),
           *points = json_array();
    for (char *const *word = all.watched.program.words; *word != NULL; word++)
        json_array_append_new(words, json_string(*word));
    for (uint32_t i = 0; i < s->places; i++)
        json_array_append_new(points, json_string(all.watched.names[i]));
    json_object_update_new(
        head,
        json_pack("{s:o, s:o, s:I, s:I, s:I, s:I, s:o, s:I, s:{s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
                  "s:I, s:I, s:I}}",
                  "program", words, "points", points, "calls", (json_int_t)s->crossings, "runs",
                  (json_int_t)all.totals.runs, "fired", (json_int_t)all.totals.fired, "swallowed",
                  (json_int_t)all.swallowed, "findings", preload_findings_json(), "not_judged",
                  (json_int_t)all.not_judged, "unseen", "inside_libc", (json_int_t)s->inside_libc,
                  "programs", (json_int_t)s->programs, "static_programs", (json_int_t)s->statics,
                  "privileged_programs", (json_int_t)s->privileged, "children",
                  (json_int_t)s->children, "calls", (json_int_t)further_calls(), "places",
                  (json_int_t)s->lost_places, "blocks", (json_int_t)s->lost_blocks,
                  "inherited_blocks", (json_int_t)s->inherited_blocks, "inherited_descriptors",
                  (json_int_t)s->inherited_descriptors));
    return head;
}

static int run(int count, char **words)
{
    int status = EXIT_SUCCESS;
    words[count] = NULL; /* the parser leaves words behind that it has moved */
    const char *why = preload_watch(&all.watched, words, settings.seconds);
    if (why != NULL) {
        fprintf(stderr, "rundown preload: %s\n", why);
        return EXIT_USAGE;
    }
    if (settings.fault != NULL)
        status = run_once();
    else if (settings.sweep)
        status = sweep();
    for (uint32_t i = 0; settings.fault == NULL && !settings.sweep && i < all.watched.base.places;
         i++)
        puts(all.watched.names[i]);
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
