/* SPDX-License-Identifier: Apache-2.0 */
#include "faults/fault/site.h"
#include "faults/world/ledger.h"
#include "findings.h"
#include "isolate.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

const char *place_name(int site)
{
    return site >= 0 ? site_name((unsigned)site) : "no fault point";
}

static struct scenario_finding *find(struct findings *f, const char *signature)
{
    for (unsigned i = 0; i < f->count; i++)
        if (strcmp(f->at[i].signature, signature) == 0)
            return &f->at[i];
    return NULL;
}

/* The entry of that signature, counted; NULL: no room. *out_new tells whether it was made. */
static struct scenario_finding *count_in(struct findings *f, const struct scenario *s,
                                         enum verdict v, const char *cause, bool *out_new)
{
    char signature[SIGNATURE_BYTES];
    snprintf(signature, sizeof signature, "%s:%s", scenario_verdict_name(v), cause);
    struct scenario_finding *known = find(f, signature);
    *out_new = known == NULL;
    if (known == NULL && f->count == FINDINGS_MOST) {
        f->lost++;
        return NULL;
    }
    if (known == NULL) {
        known = &f->at[f->count++];
        *known = (struct scenario_finding){.verdict = v, .scenario = s->name, .site = -1};
        memcpy(known->signature, signature, sizeof signature);
    }
    known->seen++;
    return known;
}

__attribute__((format(printf, 5, 6))) static void add(struct findings *f, const struct judged *j,
                                                      enum verdict v, const char *cause,
                                                      const char *format, ...)
{
    bool is_new;
    struct scenario_finding *x = count_in(f, j->scenario, v, cause, &is_new);
    if (x == NULL || (!is_new && !finding_is_simpler(j->armed->count, j->armed->faults[0], x)))
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(x->detail, sizeof x->detail, format, arguments);
    va_end(arguments);
    x->scenario = j->scenario->name;
    isolate_name_frames(j->outcome->fired_at, FAULT_FRAMES, x->fired_at, sizeof x->fired_at);
    x->faults = j->armed->count;
    x->fault = j->armed->faults[0];
    x->second = j->armed->faults[1];
    x->site = j->site;
    x->nth = j->nth;
    x->warm = j->warm;
    x->crossing = j->crossing;
}

void findings_add(struct findings *f, const struct scenario *s, enum verdict v, const char *cause,
                  const char *detail)
{
    bool is_new;
    struct scenario_finding *x = count_in(f, s, v, cause, &is_new);
    if (x != NULL && is_new)
        snprintf(x->detail, sizeof x->detail, "%s", detail);
}

static void judge_holding(struct findings *f, const struct judged *j)
{
    static struct holding beyond;
    holding_beyond(j->kept, &j->outcome->holding, &beyond);
    for (unsigned i = 0; i < beyond.places; i++) {
        const struct held *h = &beyond.at[i];
        const char *kind = ledger_kind_name((enum ledger_kind)h->kind);
        if (h->kind == LEDGER_MEMORY)
            add(f, j, VERDICT_LEFT_BEHIND, place_name(h->site),
                "%" PRIu32 " of memory, %" PRIu64 " bytes, acquired at %s", h->count, h->bytes,
                place_name(h->site));
        else
            add(f, j, VERDICT_LEFT_BEHIND, place_name(h->site), "%" PRIu32 " %s, acquired at %s",
                h->count, kind, place_name(h->site));
    }
}

static void judge_violation(struct findings *f, const struct judged *j)
{
    const struct outcome *o = j->outcome;
    char cause[SIGNATURE_BYTES], frames[FRAMES_BYTES];
    enum verdict v = o->violation == LEDGER_DOUBLE_RELEASE      ? VERDICT_RELEASED_TWICE
                     : o->violation == LEDGER_USE_AFTER_RELEASE ? VERDICT_USED_AFTER_RELEASE
                     : o->violation == LEDGER_WAIT_WITHOUT_END  ? VERDICT_STUCK
                                                                : VERDICT_MISUSED;
    isolate_name_frames(o->violation_stack, LEDGER_FRAMES, frames, sizeof frames);
    snprintf(cause, sizeof cause, "%.150s, %.150s", place_name(o->violation_site), frames);
    add(f, j, v, cause, "%s: acquired at %s; in %s", o->violation_name,
        place_name(o->violation_site), frames);
}

/* What broke last: a fault that stays breaks others before the one that matters. */
static const char *last_fault(const struct judged *j)
{
    return place_name(j->outcome->fired > 0 ? j->outcome->fired_last : j->site);
}

/* What the scenario came to. Of two faults that are swallowed one is swallowed alone, too, and
 * found so. */
static void judge_result(struct findings *f, const struct judged *j)
{
    const struct outcome *o = j->outcome;
    if (o->result == RUNDOWN_WRONG)
        add(f, j, VERDICT_WRONG, j->site >= 0 ? last_fault(j) : o->claim, "not so: %s", o->claim);
    else if (o->fired > 0 && o->result == RUNDOWN_SUCCESS && !o->goes_away && j->armed->count == 1)
        add(f, j, VERDICT_SWALLOWED, last_fault(j), "the scenario succeeded all the same");
    else if (o->fired == 0 && o->result == RUNDOWN_HANDLED)
        add(f, j, VERDICT_WRONG, "without a fault", "the scenario fails without a fault");
    if (o->result != RUNDOWN_WRONG && !o->recovered)
        add(f, j, VERDICT_NOT_RECOVERED, place_name(j->site),
            "when the fault was gone, the scenario failed in the same process");
}

unsigned findings_judge(struct findings *f, const struct judged *j)
{
    const struct outcome *o = j->outcome;
    unsigned before = 0, after = 0;
    for (unsigned i = 0; i < f->count; i++)
        before += f->at[i].seen;
    const char *where = o->frames[0] != '\0' ? o->frames : place_name(j->site);
    switch (o->ending) {
    case ENDING_DIED:
        if (o->starts_thread)
            add(f, j, VERDICT_NOT_SWEPT, where, "%s starts a thread, and the world has one", where);
        else if (o->sanitized)
            add(f, j, VERDICT_CRASH, where, "a sanitizer has ended it, in %s", where);
        else if (o->signal == 0)
            add(f, j, VERDICT_EXITED, place_name(j->site), "the library ended the process");
        else
            add(f, j, VERDICT_CRASH, where, "%s in %s", strsignal(o->signal), where);
        break;
    case ENDING_STUCK:
        add(f, j, VERDICT_STUCK, where, "it does not end; last seen in %s", where);
        break;
    default:
        if (o->stops_machine)
            break;
        if (o->violations > 0)
            judge_violation(f, j);
        judge_holding(f, j);
        judge_result(f, j);
    }
    for (unsigned i = 0; i < f->count; i++)
        after += f->at[i].seen;
    return after - before;
}
