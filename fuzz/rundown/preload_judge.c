/* SPDX-License-Identifier: Apache-2.0 */
#include "preload_judge.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FRAMES_TEXT = 2 * PRELOAD_NAME };

#define LEAK      "leak:"
#define HELD_TEXT "the program ends and holds what %s acquired; without the fault it does not"

const char *preload_watch(struct preload_watched *w, char **words, unsigned seconds)
{
    static char why[PRELOAD_PATH + 128];
    const char *reason;
    w->program.seconds = seconds;
    if (!preload_open(&w->program, words, &reason))
        return reason;
    w->base_result = preload_run(&w->program, NULL);
    memcpy(&w->base, preload_memory(), sizeof w->base);
    reason = w->base.owner == 0           ? "the library was not loaded into it"
             : w->base_result.hung        ? "it hangs without a fault"
             : w->base_result.signal != 0 ? strsignal(w->base_result.signal)
                                          : NULL;
    if (reason != NULL) {
        snprintf(why, sizeof why, "%.*s: %s", PRELOAD_PATH, w->program.path, reason);
        return why;
    }
    for (uint32_t i = 0; i < w->base.places; i++)
        preload_name(&w->program, &w->base, i, w->names[i]);
    return NULL;
}

/* The same place in the run without faults; -1: that does not pass it. */
static int in_base(const struct preload_watched *w, const struct preload_shared *s, uint32_t place)
{
    const struct preload_place *p = &s->place[place];
    for (uint32_t i = 0; i < w->base.places; i++) {
        const struct preload_place *b = &w->base.place[i];
        if (b->class == p->class && b->offset == p->offset &&
            strcmp(w->base.object[b->object], s->object[p->object]) == 0)
            return (int)i;
    }
    return -1;
}

static void name_place(const struct preload_watched *w, const struct preload_shared *s,
                       uint32_t place, char out[PRELOAD_NAME])
{
    int known = in_base(w, s, place);
    if (known < 0)
        preload_name(&w->program, s, place, out);
    else
        memcpy(out, w->names[known], PRELOAD_NAME);
}

/* Of the last fault that fired; "": none did. */
static void name_struck(const struct preload_watched *w, const struct preload_shared *s,
                        char out[PRELOAD_NAME])
{
    out[0] = '\0';
    if (s->struck > 0)
        name_place(w, s, s->struck - 1, out);
}

/* The causes stand in place of what the world would know of them (fuzz/run/signature.c). */
__attribute__((format(printf, 2, 3))) static void say_cause(struct run_report *r,
                                                            const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(r->cause, sizeof r->cause, format, values);
    va_end(values);
}

static void judge_hang(const struct preload_watched *w, const struct preload_shared *s,
                       struct run_report *r)
{
    char name[PRELOAD_NAME];
    name_struck(w, s, name);
    report_find(r, -1, VERDICT_TIME, "the program does not end in %u s%s%s", w->program.seconds,
                name[0] != '\0' ? "; the last fault was at " : "", name);
    say_cause(r, "%s", name);
}

/* Where it was and what called that: the innermost function of the program or its libraries. */
static void judge_crash(const struct preload_watched *w, const struct preload_shared *s, int number,
                        struct run_report *r)
{
    char name[PRELOAD_NAME], where[FRAMES_TEXT + 8] = "";
    for (uint32_t i = 0; i < s->frames; i++) {
        size_t n = strlen(where);
        preload_frame_name(&w->program, s, &s->frame[i], name);
        snprintf(where + n, sizeof where - n, "%s%s", n > 0 ? " < " : "", name);
    }
    name_struck(w, s, name);
    if (name[0] == '\0')
        snprintf(name, sizeof name, "no fault");
    bool known = where[0] != '\0';
    const char *kind = sigabbrev_np(number);
    report_find(r, -1, VERDICT_CRASH, "%s %s %s", strsignal(number), known ? "in" : "after",
                known ? where : name);
    say_cause(r, "%s:%s%s", kind != NULL ? kind : "?", known ? "" : "after ", known ? where : name);
}

/* Each place that acquired something is a finding of its own. A program that ends by exit() leaves
   what it holds at that place: that is not judged. */
static void judge_left_behind(const struct preload_watched *w, const struct preload_shared *s,
                              struct preload_judged *out)
{
    char name[PRELOAD_NAME];
    struct signatures one;
    for (uint32_t i = 0; i < s->places; i++) {
        int known = in_base(w, s, i);
        if (s->place[i].held <= (known >= 0 ? w->base.place[known].held : 0))
            continue;
        out->not_judged = !s->returned;
        if (out->not_judged)
            return;
        name_place(w, s, i, name);
        if (!out->report.finding)
            report_find(&out->report, -1, VERDICT_LEFT_BEHIND, HELD_TEXT, name);
        say_cause(&out->report, LEAK "%s", name);
        signatures_of(NULL, &out->report, &one);
        signatures_add_all(&out->signatures, &one);
    }
}

void preload_judge(const struct preload_watched *w, const struct preload_result *r,
                   struct preload_judged *out)
{
    const struct preload_shared *s = preload_memory();
    bool same = r->code == w->base_result.code && r->output == w->base_result.output;
    memset(out, 0, sizeof *out);
    if (r->hung)
        judge_hang(w, s, &out->report);
    else if (r->signal != 0 && !s->killed)
        judge_crash(w, s, r->signal, &out->report);
    else if (r->signal == 0)
        judge_left_behind(w, s, out);
    if (out->report.finding && out->signatures.count == 0)
        signatures_of(NULL, &out->report, &out->signatures);
    out->fired = s->fired;
    out->swallowed = s->fired > 0 && !out->report.finding && same && r->signal == 0 && r->code == 0;
    out->trace = r->output ^ (uint64_t)r->code << 8 ^ (uint64_t)r->signal;
}

void preload_judge_differs(struct preload_judged *j, const char *what)
{
    report_find(&j->report, -1, VERDICT_NOT_THE_SAME, "%s", what);
    signatures_of(NULL, &j->report, &j->signatures);
}

void preload_judged_message(const struct preload_judged *j, unsigned i, char out[PRELOAD_MESSAGE])
{
    const char *signature = j->signatures.texts[i];
    if (strncmp(signature, LEAK, strlen(LEAK)) == 0)
        snprintf(out, PRELOAD_MESSAGE, HELD_TEXT, signature + strlen(LEAK));
    else
        snprintf(out, PRELOAD_MESSAGE, "%s", j->report.detail);
}

void preload_judged_print(const struct preload_judged *j, unsigned i, const char *fault,
                          const char *again)
{
    char message[PRELOAD_MESSAGE];
    preload_judged_message(j, i, message);
    printf("FINDING %s: %s\nSIGNATURE: %s\n  injected: %s\n  again: %s\n",
           verdict_name(j->report.verdict), message, j->signatures.texts[i], fault, again);
}
