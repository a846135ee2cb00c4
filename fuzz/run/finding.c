/* SPDX-License-Identifier: Apache-2.0 */
#include "finding.h"

#include "faults/fault/fault.h"
#include "faults/fault/site.h"
#include "faults/world/ledger.h"
#include "faults/world/symbol.h"
#include "faults/world/world.h"
#include "finding_held.h"
#include "fuzz/model/allowed.h"
#include "fuzz/program/codes.h"
#include "fuzz/program/program_text.h"
#include "judge.h"
#include "reproduce.h"
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool add_frames(const void *address, struct finding_stack *out)
{
    struct symbol_source sources[SYMBOL_INLINED_MOST];
    unsigned count = symbol_frames(address, sources);
    if (count == 0 || !symbol_is_target(&sources[0]))
        return false;
    for (unsigned i = 0; i < count && out->count < FINDING_FRAMES; i++) {
        struct finding_frame *f = &out->frames[out->count++];
        const char *colon = strrchr(sources[i].place, ':');
        size_t n = colon != NULL ? (size_t)(colon - sources[i].place) : strlen(sources[i].place);
        snprintf(f->function, sizeof f->function, "%s", sources[i].function);
        snprintf(f->file, sizeof f->file, "%.*s", (int)n, sources[i].place);
        f->line = colon != NULL ? (unsigned)strtoul(colon + 1, NULL, 10) : 0;
    }
    return true;
}

/* The world's own frames come before those of the target, the harness's after them: a stack of the
   server continues in the client's, which is no part of it. */
void finding_stack_of(void *const *addresses, unsigned most, struct finding_stack *out)
{
    bool begun = false;
    out->count = 0;
    for (unsigned i = 0; i < most && addresses[i] != NULL; i++) {
        bool target = add_frames(addresses[i], out);
        if (begun && !target)
            return;
        begun |= target;
    }
}

int finding_call_of(uint32_t call)
{
    return call == WORLD_CALL_SET_UP             ? FINDING_CALL_SET_UP
           : call >= (uint32_t)PROGRAM_MAX_CALLS ? FINDING_CALL_CLEAN_UP
                                                 : (int)call + 1;
}

static void gather_faults(struct finding *f)
{
    const struct fault_summary *s = fault_report();
    f->faults_fired = s->fired;
    for (; f->fault_count < s->fired && f->fault_count < FINDING_FAULTS &&
           f->fault_count < FAULT_FIRINGS_KEPT;
         f->fault_count++) {
        const struct fault_firing *from = &s->first[f->fault_count];
        struct finding_fault *to = &f->faults[f->fault_count];
        if (from->site >= 0)
            snprintf(to->point, sizeof to->point, "%s", site_name((unsigned)from->site));
        to->class = fault_class_name(from->class);
        to->kind = fault_kind_name(from->class, from->kind);
        bool wire = from->class >= FAULT_RPC_BIND;
        to->side = wire ? "wire" : from->side == WORLD_SERVER ? "server" : "client";
        to->call = finding_call_of(from->call);
        finding_stack_of(from->stack, FAULT_FRAMES, &to->stack);
    }
}

/* Codes -------------------------------------------------------------------------------------- */

static void expect(struct finding *f, const char *code)
{
    for (unsigned i = 0; i < f->expected_count; i++)
        if (strcmp(f->expected[i], code) == 0)
            return;
    if (f->expected_count < FINDING_CODES)
        snprintf(f->expected[f->expected_count++], sizeof f->expected[0], "%s", code);
}

/* What the faults of the call allow. */
static void expect_failures(struct finding *f, enum api_shape shape)
{
    const struct fault_summary *s = fault_report();
    int32_t codes[ALLOWED_CODES];
    for (uint32_t i = 0; i < s->fired && i < FAULT_FIRINGS_KEPT; i++) {
        const struct fault_firing *firing = &s->first[i];
        const struct allowance *a = allowed_find(firing, allowed_when_of(shape));
        if ((int)firing->call + 1 != f->call || a == NULL)
            continue;
        unsigned count = allowed_codes(a, firing, codes);
        for (unsigned c = 0; c < count; c++)
            expect(f, codes[c] == CODE_ANY_FAILURE ? "any failure" : code_text(codes[c]));
    }
}

/* Which codes were right, where a code is the matter. */
static void gather_codes(struct finding *f, const struct program *p, const struct run_report *r)
{
    const struct call *c = &p->calls[r->call];
    switch (r->verdict) {
    case VERDICT_CODE:
        expect(f, code_text(r->rulings[r->call].code));
        f->without_fault = 1;
        expect_failures(f, api_functions[c->function].shape);
        break;
    case VERDICT_SWALLOWED:
        expect_failures(f, api_functions[c->function].shape);
        break;
    case VERDICT_ASSERTED_CODE:
        expect(f, code_text(c->expected));
        f->without_fault = 1;
        break;
    case VERDICT_INVALID_HANDLE_ACCEPTED:
        expect(f, "ERROR_INVALID_PARAMETER");
        f->without_fault = 1;
        break;
    default:
        return;
    }
    snprintf(f->got, sizeof f->got, "%s",
             code_text(r->other != NULL ? r->got : r->results[r->call]));
}

/* Verdicts about what a call returned, each with the rule that it watches; CONTRACT_NONE: the one
   that the model applied to the call. */
static const struct {
    enum verdict verdict;
    enum contract_rule rule;
} watched[] = {
    {VERDICT_CODE, CONTRACT_NONE},
    {VERDICT_ASSERTED_CODE, CONTRACT_NONE},
    {VERDICT_SWALLOWED, CONTRACT_NONE},
    {VERDICT_INVALID_HANDLE_ACCEPTED, CONTRACT_NONE},
    {VERDICT_OUTPUT_TOUCHED, CONTRACT_HANDLE_NO_SIDE_EFFECT},
    {VERDICT_SIDE_EFFECT, CONTRACT_HANDLE_NO_SIDE_EFFECT},
    {VERDICT_OUTPUT_NOT_CLEARED, CONTRACT_SESSION_FAILED_CALL},
    {VERDICT_HANDLE_ISSUED_TWICE, CONTRACT_HANDLE_UNIQUE},
    {VERDICT_END_KEPT_HANDLE, CONTRACT_END_CONSUMES},
};

/* The broken rule of docs/contract.md; none if it is not a single one. */
static void gather_rules(struct finding *f, const struct run_report *r)
{
    for (size_t i = 0; i < sizeof watched / sizeof *watched; i++) {
        struct model_ruling by = r->rulings[r->call];
        if (watched[i].verdict != r->verdict)
            continue;
        if (watched[i].rule != CONTRACT_NONE)
            by = (struct model_ruling){watched[i].rule, CONTRACT_NONE, 0};
        f->rules[0] = by.rule;
        f->rules[1] = by.failure;
        f->rule_count = by.failure != CONTRACT_NONE ? 2 : by.rule != CONTRACT_NONE;
    }
}

/* Where to look ------------------------------------------------------------------------------ */

static void locate(struct finding *f, const struct finding_stack *s)
{
    f->has_location = s->count > 0;
    if (f->has_location)
        f->location = s->frames[0];
}

/* A violation of the ledger has a stack of its own. */
static bool is_violation(const struct run_report *r)
{
    return ledger_summary().violations > 0 && judge_violation(0) == r->verdict;
}

/* The fault of the call that the finding is in, otherwise the last one. */
static const struct finding_fault *fault_to_blame(const struct finding *f)
{
    const struct finding_fault *found = NULL;
    for (unsigned i = 0; i < f->fault_count; i++)
        if (found == NULL || found->call != f->call)
            found = &f->faults[i];
    return found;
}

static void blame_violation(struct finding *f)
{
    int site = ledger_violation_site(0);
    finding_stack_of(ledger_violation_stack(0), LEDGER_FRAMES, &f->stack);
    snprintf(f->blamed, sizeof f->blamed, "%s%s%s, by", ledger_violation_name(0),
             site >= 0 ? " of what was acquired by " : "",
             site >= 0 ? site_name((unsigned)site) : "");
}

static void gather_places(struct finding *f, const struct run_report *r)
{
    const struct finding_fault *fault = fault_to_blame(f);
    finding_stack_of(r->stack, REPORT_FRAMES, &f->stack);
    if (f->stack.count > 0)
        snprintf(f->blamed, sizeof f->blamed, "the stack, innermost first:");
    else if (is_violation(r))
        blame_violation(f);
    if (f->stack.count > 0)
        locate(f, &f->stack);
    else if (f->held_count > 0)
        locate(f, &f->held[0].stack);
    else if (fault != NULL)
        locate(f, &fault->stack);
}

/* All ---------------------------------------------------------------------------------------- */

static void gather_found(struct finding_found *found)
{
    time_t now = time(NULL);
    struct tm utc;
    found->seen = 1;
    found->flavour = reproduce_flavour();
    found->commit = reproduce_commit();
    if (gmtime_r(&now, &utc) != NULL)
        strftime(found->date, sizeof found->date, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

static void gather_program(struct finding *f, const struct program *p, const struct run_report *r)
{
    size_t size;
    FILE *out = open_memstream(&f->program, &size);
    if (out == NULL)
        abort();
    if (p != NULL)
        program_print(p, out, -1, NULL, 0);
    fclose(out);
    if (f->program == NULL)
        abort();
    if (p == NULL || r->call < 0)
        return;
    f->call = r->call + 1;
    f->function = api_functions[p->calls[r->call].function].name;
    if (r->other != NULL) {
        snprintf(f->other, sizeof f->other, "%s of another thread meanwhile", r->other);
        f->function = f->other;
    }
    gather_codes(f, p, r);
    gather_rules(f, r);
}

struct finding *finding_gather(const struct program *p, const struct run_report *r,
                               const char *signature)
{
    struct finding *f = calloc(1, sizeof *f);
    if (f == NULL)
        abort();
    f->ran = p;
    f->report = r;
    f->verdict = r->verdict;
    f->driver = "session";
    snprintf(f->message, sizeof f->message, "%s", r->detail);
    signatures_of(p, r, &f->signatures);
    snprintf(f->signature, sizeof f->signature, "%s",
             signature != NULL ? signature : f->signatures.texts[0]);
    gather_program(f, p, r);
    gather_faults(f);
    /* Resources held in a run that did not end are not leaks: neither in one that has crashed, nor
       where an input was judged before its end. */
    bool left = r->verdict == VERDICT_LEFT_ON_CLIENT || r->verdict == VERDICT_LEFT_ON_SERVER ||
                r->verdict == VERDICT_LEFT_BEHIND;
    bool ended = r->verdict != VERDICT_CRASH && run_current()->program == NULL;
    ended = ended && (p != NULL || left);
    if (ended)
        finding_gather_held(f);
    gather_places(f, r);
    gather_found(&f->found);
    return f;
}

void finding_comes_from(struct finding *f, const char *by, const char *path)
{
    f->found.by = by;
    f->found.origin = path;
    if (path != NULL)
        reproduce_command("run", path, f->reproduce, sizeof f->reproduce);
}

void finding_destroy(struct finding *f)
{
    if (f != NULL)
        free(f->program);
    free(f);
}
