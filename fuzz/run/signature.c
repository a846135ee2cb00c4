/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/run/signature.h"

#include "faults/fault/fault.h"
#include "faults/fault/hash.h"
#include "faults/fault/site.h"
#include "faults/world/clock.h"
#include "faults/world/leak_roots.h"
#include "faults/world/ledger.h"
#include "faults/world/symbol.h"
#include "faults/world/world.h"
#include "fuzz/run/frames.h"
#include "fuzz/run/judge.h"
#include "fuzz/run/signature_code.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

/* What a signature says behind the verdict. */
enum form {
    BY_VERDICT,   /* the function of the call, if there is one */
    BY_CODE,      /* the function, what was expected and what came */
    BY_HANDLE,    /* how it is invalid; or, if it was refused, the code */
    BY_STATE,     /* what differs; and the function, if that is its doing */
    BY_WAIT,      /* the place that waits or goes round */
    BY_FAULT,     /* the fault point of the fault */
    BY_LEAK,      /* each leak by what acquired it */
    BY_VIOLATION, /* what acquired the resource */
    BY_CRASH,     /* its kind, and the function by which the innermost file was entered */
    BY_DETAIL,    /* what it is about, or what was seen; without its numbers */
    BY_TABLE,     /* nothing: one table serves all functions */
};

static const enum form forms[VERDICTS] = {
    [VERDICT_CODE] = BY_CODE,
    [VERDICT_ASSERTED_CODE] = BY_CODE,
    [VERDICT_INVALID_HANDLE_ACCEPTED] = BY_HANDLE,
    [VERDICT_HANDLE_ISSUED_TWICE] = BY_TABLE,
    [VERDICT_END_KEPT_HANDLE] = BY_TABLE,
    [VERDICT_STATE] = BY_STATE,
    [VERDICT_TIME] = BY_WAIT,
    [VERDICT_SWALLOWED] = BY_FAULT,
    [VERDICT_LEFT_ON_CLIENT] = BY_LEAK,
    [VERDICT_LEFT_ON_SERVER] = BY_LEAK,
    [VERDICT_LEFT_BEHIND] = BY_LEAK,
    [VERDICT_DOUBLE_RELEASE] = BY_VIOLATION,
    [VERDICT_NEVER_ACQUIRED] = BY_VIOLATION,
    [VERDICT_USE_AFTER_RELEASE] = BY_VIOLATION,
    [VERDICT_SECRET_RELEASED] = BY_VIOLATION,
    [VERDICT_SECRET_LEFT] = BY_VIOLATION,
    [VERDICT_SECRET_SENT] = BY_VIOLATION,
    [VERDICT_WRITTEN_BEYOND] = BY_VIOLATION,
    [VERDICT_LOCKED_TWICE] = BY_VIOLATION,
    [VERDICT_UNLOCKED_FREE] = BY_VIOLATION,
    [VERDICT_DESTROYED_LOCKED] = BY_VIOLATION,
    [VERDICT_WAIT_WITHOUT_END] = BY_VIOLATION,
    [VERDICT_CRASH] = BY_CRASH,
    [VERDICT_WRONG_ANSWER] = BY_DETAIL,
    [VERDICT_MALFORMED_OUTPUT] = BY_DETAIL,
    [VERDICT_WRONG_COUNTS] = BY_DETAIL,
    [VERDICT_MEMORY] = BY_DETAIL,
    [VERDICT_STATUS] = BY_DETAIL,
    [VERDICT_FIXED_POINT] = BY_DETAIL,
    [VERDICT_NO_RESTART] = BY_DETAIL,
};

__attribute__((format(printf, 2, 3))) static void add(struct signatures *s, const char *format, ...)
{
    char text[SIGNATURE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (s->count < SIGNATURES_MOST && !signatures_have(s, text))
        memcpy(s->texts[s->count++], text, sizeof text);
}

/* Its name without the A or W: both forms are one function. "" : after the last call. */
static const char *function_of(const struct program *p, const struct run_report *r)
{
    static char name[64];
    name[0] = '\0';
    if (r->other != NULL)
        snprintf(name, sizeof name, "%s meanwhile", r->other);
    else if (p != NULL && r->call >= 0)
        snprintf(name, sizeof name, "%s", api_functions[p->calls[r->call].function].name);
    size_t n = strlen(name);
    if (n > 0 && (name[n - 1] == 'A' || name[n - 1] == 'W'))
        name[n - 1] = '\0';
    return name;
}

/* Each number, and what is written like one, becomes '#'. */
static void without_numbers(const char *from, char out[SIGNATURE_BYTES])
{
    size_t n = 0;
    while (*from != '\0' && n + 1 < SIGNATURE_BYTES) {
        if (!isdigit((unsigned char)*from)) {
            out[n++] = *from++;
            continue;
        }
        out[n++] = '#';
        while (isalnum((unsigned char)*from))
            from++;
    }
    out[n] = '\0';
}

/* A fault point, or where there is none the source function. */
static const char *place_of(int site, const void *caller)
{
    static struct symbol_source source;
    if (site >= 0)
        return site_name((unsigned)site);
    return caller != NULL && symbol_source(caller, &source) ? source.function : "?";
}

/* The fault of the call that the finding is in; NULL: none fired in it. */
static const struct fault_firing *fault_in_call(const struct run_report *r)
{
    const struct fault_summary *f = fault_report();
    for (uint32_t i = 0; i < f->fired && i < FAULT_FIRINGS_KEPT; i++)
        if (r->call >= 0 && f->first[i].call == (uint32_t)r->call)
            return &f->first[i];
    return NULL;
}

static bool is_on_wire(enum fault_class class)
{
    return class >= FAULT_RPC_BIND;
}

/* A fault point. On the wire there is one for each operation, but one runtime reads all PDUs. */
static void add_swallowed(struct signatures *s, const struct run_report *r)
{
    const struct fault_summary *f = fault_report();
    const struct fault_firing *firing = fault_in_call(r);
    if (firing == NULL && f->fired > 0)
        firing = &f->last;
    if (firing != NULL)
        add(s, "%s:%s", verdict_name(r->verdict),
            firing->site < 0 || is_on_wire(firing->class) ? fault_class_name(firing->class)
                                                          : site_name((unsigned)firing->site));
}

static void add_code(struct signatures *s, const struct program *p, const struct run_report *r)
{
    char text[SIGNATURE_BYTES];
    /* The faults of a call are not to blame for what another thread's End returns. */
    bool own = p != NULL && r->other == NULL;
    signature_code(p, r, function_of(p, r), own ? fault_in_call(r) : NULL, text);
    add(s, "%s:%s", verdict_name(VERDICT_CODE), text);
}

/* One table of handles serves all functions. */
static void add_handle(struct signatures *s, const struct run_report *r)
{
    const char *name = verdict_name(r->verdict);
    if (r->cause[0] != '\0')
        add(s, "%s:%s", name, r->cause);
    else
        add(s, "%s:got %s", name, signature_code_shown(r->got));
}

/* Each thing that differs. Sessions and open files go with their connection: whichever call shows
   it. The store and the interlock are changed by certain functions alone. */
static void add_state(struct signatures *s, const struct program *p, const struct run_report *r)
{
    static const char also[] = " and ";
    for (const char *aspect = r->cause, *end; *aspect != '\0'; aspect = end) {
        end = strstr(aspect, also);
        int n = end != NULL ? (int)(end - aspect) : (int)strlen(aspect);
        char text[64];
        snprintf(text, sizeof text, "%.*s", n, aspect);
        bool by_function = strstr(text, "current log") != NULL ||
                           strstr(text, "the store") != NULL || strstr(text, "interlock") != NULL;
        add(s, "%s:%s%s%s", verdict_name(r->verdict), by_function ? function_of(p, r) : "",
            by_function ? ":" : "", text);
        end = end != NULL ? end + strlen(also) : aspect + n;
    }
}

/* Of a process that did not end: what was found when it was stopped. */
static void add_wait(struct signatures *s, const struct run_report *r)
{
    const void *at = fault_report()->exhausted_at;
    if (at == NULL)
        at = clock_waiter();
    if (r->cause[0] != '\0')
        add(s, "%s:%s", verdict_name(r->verdict), r->cause);
    else if (at != NULL)
        add(s, "%s:%s", verdict_name(r->verdict), place_of(site_of_address(at), at));
}

static const char *const kind_names[LEDGER_KINDS] = {
    [LEDGER_MEMORY] = "memory",       [LEDGER_DESCRIPTOR] = "descriptor",
    [LEDGER_MAPPING] = "mapping",     [LEDGER_DIRECTORY] = "directory",
    [LEDGER_ADDRESSES] = "addresses", [LEDGER_MUTEX] = "mutex",
};

/* Whether the call that acquired it failed: then only that call could have released it. */
static bool call_failed(const struct run_report *r, uint32_t call)
{
    return call < r->call_count && r->results[call] != 0;
}

/* What acquired it, and what that was called by: a helper acquires for many. */
static void show_acquisition(const struct ledger_resource *l, char out[SIGNATURE_BYTES])
{
    struct frames f = {.count = 0};
    char pair[FRAMES_PAIR_BYTES] = "";
    if (l->stack != NULL)
        frames_read(l->stack, LEDGER_FRAMES, &f);
    const char *caller = f.count > 1 ? strstr(frames_pair(&f, 0, pair), " < ") : NULL;
    snprintf(out, SIGNATURE_BYTES, "%s%s%s%s", l->site < 0 ? kind_names[l->kind] : "",
             l->site < 0 ? "@" : "", place_of(l->site, l->caller), caller != NULL ? caller : "");
}

/* " with descriptor and mutex": what it still holds says how far its release came. */
static void show_reached(const struct ledger_resource *l, char out[64])
{
    unsigned kinds = leak_kinds_reached(l) & ~(1u << LEDGER_MEMORY);
    size_t n = 0;
    out[0] = '\0';
    for (unsigned k = 0; k < LEDGER_KINDS; k++)
        if ((kinds & 1u << k) != 0)
            n += (size_t)snprintf(out + n, 64 - n, "%s%s", n > 0 ? " and " : " with ",
                                  kind_names[k]);
}

static void add_leaks(struct signatures *s, const struct run_report *r)
{
    static struct ledger_resource roots[LEAK_RESOURCES_MOST];
    char acquisition[SIGNATURE_BYTES], reached[64];
    unsigned count = leak_roots(roots);
    for (unsigned i = 0; i < count; i++) {
        const struct ledger_resource *l = &roots[i];
        bool by_failure = l->side == WORLD_CLIENT && call_failed(r, l->call);
        show_acquisition(l, acquisition);
        show_reached(l, reached);
        add(s, "leak:%s%.100s%s%s", l->side == WORLD_SERVER ? "server:" : "", acquisition, reached,
            by_failure ? ":failed" : "");
    }
    if (count == 0 && r->cause[0] != '\0')
        add(s, "%s", r->cause);
}

static void add_violation(struct signatures *s, const struct run_report *r)
{
    if (ledger_summary().violations == 0 || judge_violation(0) != r->verdict)
        return;
    const void *caller = ledger_violation_caller(0);
    enum ledger_kind kind = ledger_violation_kind(0);
    if (kind >= LEDGER_KINDS) {
        add(s, "%s:%s", verdict_name(r->verdict), ledger_kind_name(kind));
        return;
    }
    /* What is waited for is not to blame. */
    int site =
        r->verdict == VERDICT_WAIT_WITHOUT_END ? site_of_address(caller) : ledger_violation_site(0);
    /* What nobody wiped is found where it was released, or later. */
    bool secret = r->verdict == VERDICT_SECRET_RELEASED || r->verdict == VERDICT_SECRET_LEFT;
    add(s, "%s:%s", secret ? "secret" : verdict_name(r->verdict), place_of(site, caller));
}

/* Which function of a source file a load belongs to depends on what a compiler has inlined and
   moved; by which the file was entered does not. */
static void add_crash(struct signatures *s, const struct run_report *r)
{
    struct frames f;
    char pair[FRAMES_PAIR_BYTES];
    frames_read(r->stack, REPORT_FRAMES, &f);
    if (f.count > 0)
        add(s, "%s:%s:%s", verdict_name(r->verdict), r->cause,
            frames_pair(&f, f.of_first_file - 1, pair));
    else if (r->cause[0] != '\0')
        add(s, "%s:%s", verdict_name(r->verdict), r->cause);
}

void signatures_of(const struct program *p, const struct run_report *r, struct signatures *out)
{
    const char *name = verdict_name(r->verdict), *function = function_of(p, r);
    char text[SIGNATURE_BYTES];
    out->count = 0;
    switch (forms[r->verdict]) {
    case BY_CODE:
        add_code(out, p, r);
        break;
    case BY_HANDLE:
        add_handle(out, r);
        break;
    case BY_STATE:
        add_state(out, p, r);
        break;
    case BY_WAIT:
        add_wait(out, r);
        break;
    case BY_FAULT:
        add_swallowed(out, r);
        break;
    case BY_LEAK:
        add_leaks(out, r);
        break;
    case BY_VIOLATION:
        add_violation(out, r);
        break;
    case BY_CRASH:
        add_crash(out, r);
        break;
    case BY_DETAIL:
        add_violation(out, r);
        if (out->count > 0)
            break;
        without_numbers(r->cause[0] != '\0' ? r->cause : r->detail, text);
        add(out, "%s:%s", name, text);
        break;
    case BY_TABLE:
        add(out, "%s", name);
        break;
    case BY_VERDICT:
        if (r->verdict == VERDICT_DATA && r->cause[0] != '\0')
            add(out, "%s:%s:%s", name, function, r->cause);
        break;
    }
    if (out->count == 0)
        add(out, "%s%s%s", name, function[0] != '\0' ? ":" : "", function);
}

void signatures_of_all(const struct program *p, const struct run_report *r, struct signatures *out)
{
    signatures_of(p, r, out);
    signatures_add_all(out, &r->behind);
}

bool signatures_have(const struct signatures *s, const char *text)
{
    for (unsigned i = 0; i < s->count; i++)
        if (strcmp(s->texts[i], text) == 0)
            return true;
    return false;
}

void signatures_add_all(struct signatures *to, const struct signatures *more)
{
    for (unsigned i = 0; i < more->count && to->count < SIGNATURES_MOST; i++)
        if (!signatures_have(to, more->texts[i]))
            memcpy(to->texts[to->count++], more->texts[i], SIGNATURE_BYTES);
}

void signatures_remove_all(struct signatures *from, const struct signatures *these)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < from->count; i++)
        if (!signatures_have(these, from->texts[i]))
            memmove(from->texts[kept++], from->texts[i], SIGNATURE_BYTES);
    from->count = kept;
}

void signatures_print(const struct signatures *s, FILE *out)
{
    for (unsigned i = 0; i < s->count; i++)
        fprintf(out, "SIGNATURE: %s\n", s->texts[i]);
}

uint32_t signature_hash(const char *text)
{
    return hash_32(text, strlen(text)) | 1;
}
