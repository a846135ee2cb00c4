/* SPDX-License-Identifier: Apache-2.0 */
#include "preload_findings.h"

#include "fuzz/search/saving.h"
#include "fuzz/search/told.h"
#include "inputs.h"
#include "preload_fault.h"
#include "preload_input.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct finding {
    char signature[SIGNATURE_BYTES], message[PRELOAD_MESSAGE];
    const char *verdict;
    char point[PRELOAD_NAME], fault[PRELOAD_FAULT_TEXT];
    char *again;
    uint64_t seen;
    bool saved;
} * all; /* by number */
static struct told told;
static const char *directory;
static uint64_t seen;

bool preload_findings_open(const char *folder)
{
    directory = folder;
    all = calloc(TOLD_MOST, sizeof *all);
    if (all == NULL)
        abort();
    if (saved_can(folder))
        return true;
    fprintf(stderr, "rundown: findings cannot be saved in %s: %s\n", folder, strerror(errno));
    return false;
}

/* The fault at its point, if that shows the same: it outlives changes of the program. Otherwise the
   nth call of its class, as it was found. */
static void write_fault(const struct preload_watched *w, const struct fault *f, struct finding *out)
{
    static struct preload_judged again;
    struct preload_fault bound;
    uint32_t at = 0;
    const char *point = preload_fault_point(w, (uint16_t)f->class, f->nth, &at);
    snprintf(out->point, sizeof out->point, "%s", point);
    if (at > 0) {
        preload_fault_write(f, point, at, out->fault);
        if (preload_fault_read(w, out->fault, &bound) == NULL) {
            struct preload_result r = preload_run(&w->program, &bound);
            preload_judge(w, &r, &again);
            if (signatures_have(&again.signatures, out->signature))
                return;
        }
    }
    preload_fault_write(f, NULL, f->nth, out->fault);
}

static void save(const struct preload_watched *w, const struct preload_input *input,
                 struct finding *x)
{
    static struct saving_outcome o;
    const struct saving how = {directory, "preload", w->program.path, -1};
    size_t n;
    uint8_t *bytes = preload_input_encode(input, &n);
    saving_input(&how, inputs_driver("preload"), bytes, n, x->signature, &o);
    x->saved = o.what != SAVING_FAILED;
    if (o.what == SAVING_KNOWN)
        printf("  known since %s\n", o.since);
    if (x->saved)
        printf("  saved: %s\n", o.folder);
    else
        printf("  cannot be saved: %s: %s\n", o.folder, o.why);
    free(o.report);
    free(bytes);
}

static void tell(const struct preload_watched *w, const struct preload_judged *j, unsigned i,
                 const struct fault *f, struct finding *x)
{
    snprintf(x->signature, sizeof x->signature, "%s", j->signatures.texts[i]);
    preload_judged_message(j, i, x->message);
    x->verdict = verdict_name(j->report.verdict);
    write_fault(w, f, x);
    const struct preload_input input = {w->program.seconds, preload_standard_input(), x->fault,
                                        x->point, w->program.words};
    x->again = preload_input_command(&input);
    preload_judged_print(j, i, x->fault, x->again);
    save(w, &input, x);
}

void preload_findings_add(const struct preload_watched *w, const struct preload_judged *j,
                          const struct fault *f)
{
    bool is_new;
    for (unsigned i = 0; i < j->signatures.count; i++) {
        seen++;
        int number = told_enter(&told, j->signatures.texts[i], &is_new);
        if (number < 0)
            return;
        all[number].seen++;
        if (is_new)
            tell(w, j, i, f, &all[number]);
    }
}

uint64_t preload_findings_seen(void)
{
    return seen;
}

unsigned preload_findings_count(void)
{
    return (unsigned)told_count(&told);
}

bool preload_findings_end(void)
{
    bool good = true;
    for (unsigned i = 0; i < preload_findings_count(); i++) {
        const struct finding *x = &all[i];
        good = good && x->saved;
        if (x->saved)
            saving_count(directory, x->signature, x->seen - 1);
        printf("%s %s: seen %" PRIu64 " time%s\n", i == 0 ? "findings:\n " : " ", x->signature,
               x->seen, x->seen == 1 ? "" : "s");
    }
    return good;
}

json_t *preload_findings_json(void)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < preload_findings_count(); i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:s}", "signature",
                                              all[i].signature, "verdict", all[i].verdict,
                                              "message", all[i].message, "point", all[i].point,
                                              "fault", all[i].fault, "seen",
                                              (json_int_t)all[i].seen, "again", all[i].again));
    return list;
}
