/* SPDX-License-Identifier: Apache-2.0 */
#include "timeline.h"

#include "faults/fault/site.h"
#include "faults/world/ledger.h"
#include "faults/world/symbol.h"
#include "finding_held.h"
#include "finding_print.h"
#include "fuzz/program/codes.h"
#include "fuzz/program/program_text.h"
#include "paragraph.h"
#include "run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Moments: 0 is the set-up, then each call, then the clean-up, then the stop of the service. */
enum { NEVER = -1 };

struct life {
    struct ledger_resource resource;
    void *stack[LEDGER_FRAMES];
    int acquired, released; /* moments */
};

struct lives {
    struct life *all;
    size_t count, room;
    int calls;
};

static int moment_of(const struct lives *l, uint32_t call)
{
    return call == WORLD_CALL_SET_UP     ? 0
           : call == WORLD_CALL_CLEAN_UP ? l->calls + 1
           : call > (uint32_t)l->calls   ? l->calls + 2
                                         : (int)call + 1;
}

static void on_event(bool acquired, const struct ledger_resource *r, void *context)
{
    struct lives *l = context;
    int now = moment_of(l, world_call());
    for (size_t i = l->count; !acquired && i-- > 0;) {
        struct life *x = &l->all[i];
        if (x->released != NEVER || x->resource.id != r->id || x->resource.kind != r->kind)
            continue;
        x->released = now;
        return;
    }
    if (!acquired)
        return;
    if (l->count == l->room) {
        l->room = l->room > 0 ? 2 * l->room : 256;
        l->all = realloc(l->all, l->room * sizeof *l->all);
        if (l->all == NULL)
            abort();
    }
    struct life *x = &l->all[l->count++];
    *x = (struct life){.resource = *r, .acquired = now, .released = NEVER};
    memcpy(x->stack, r->stack, sizeof x->stack);
}

/* Its stack is stored beside it; lives move when there are more of them. */
static struct ledger_resource resource_of(const struct life *x)
{
    struct ledger_resource r = x->resource;
    r.stack = (void *const *)x->stack;
    return r;
}

static void name_moment(const struct lives *l, int moment, char out[32])
{
    if (moment == 0)
        snprintf(out, 32, "the set-up");
    else if (moment > l->calls)
        snprintf(out, 32, moment == l->calls + 1 ? "the clean-up" : "the service's stop");
    else
        snprintf(out, 32, "call %d", moment);
}

/* Printed together. */
static bool is_like(const struct life *a, const struct life *b)
{
    return a->acquired == b->acquired && a->released == b->released &&
           a->resource.side == b->resource.side && a->resource.kind == b->resource.kind &&
           a->resource.site == b->resource.site &&
           (a->resource.site >= 0 || a->resource.caller == b->resource.caller);
}

static bool lives_on(const struct life *x)
{
    return x->released != x->acquired;
}

/* "2 descriptors", "3 blocks of memory, 1024 bytes" */
static void count_likes(const struct lives *l, size_t from, char out[96])
{
    uint64_t bytes = 0;
    unsigned n = 0;
    for (size_t i = from; i < l->count; i++) {
        if (!is_like(&l->all[from], &l->all[i]))
            continue;
        n++;
        bytes += l->all[i].resource.bytes;
    }
    if (l->all[from].resource.kind == LEDGER_MEMORY)
        snprintf(out, 96, n > 1 ? "%" PRIu64 " bytes in %u blocks" : "%" PRIu64 " bytes", bytes, n);
    else
        snprintf(out, 96, "%u %s%s", n, ledger_kind_name(l->all[from].resource.kind),
                 n > 1 ? "s" : "");
}

static bool is_first(const struct lives *l, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (is_like(&l->all[k], &l->all[i]))
            return false;
    return true;
}

static void print_life(const struct paragraph *p, const struct lives *l, size_t i, bool acquired,
                       const struct program *program, const struct run_report *r)
{
    const struct life *x = &l->all[i];
    struct ledger_resource resource = resource_of(x);
    struct finding_held h;
    char what[96], when[64], other[32];
    finding_hold(program, r, &resource, &h);
    count_likes(l, i, what);
    name_moment(l, acquired ? x->released : x->acquired, other);
    if (!acquired)
        snprintf(when, sizeof when, "acquired in %s", other);
    else if (x->released == NEVER)
        snprintf(when, sizeof when, "NEVER RELEASED; %s should have", h.release);
    else
        snprintf(when, sizeof when, "released in %s", other);
    const char *place = h.point[0] != '\0'  ? h.point
                        : h.stack.count > 0 ? h.stack.frames[0].function
                                            : "?";
    paragraph(p, 2, acquired ? "+" : "-", "%s: %s, %s, %s", h.side, place, what, when);
}

static void print_held(const struct paragraph *p, const struct lives *l, int moment)
{
    uint64_t bytes[WORLD_SIDES] = {0};
    unsigned count[WORLD_SIDES] = {0}, passing = 0;
    for (size_t i = 0; i < l->count; i++) {
        const struct life *x = &l->all[i];
        passing += x->acquired == moment && x->released == moment;
        if (x->acquired > moment || (x->released != NEVER && x->released <= moment))
            continue;
        count[x->resource.side]++;
        bytes[x->resource.side] += x->resource.bytes;
    }
    if (passing > 0)
        paragraph(p, 2, NULL, "and %u acquired and released again", passing);
    paragraph(p, 2, "=", "held: client %u (%" PRIu64 " bytes), server %u (%" PRIu64 " bytes)",
              count[WORLD_CLIENT], bytes[WORLD_CLIENT], count[WORLD_SERVER], bytes[WORLD_SERVER]);
}

static void print_moment(const struct paragraph *p, const struct lives *l, int moment,
                         const struct program *program, const struct run_report *r)
{
    /* The service's own: much, and always the same. */
    bool own = moment == 0 || moment == l->calls + 2;
    for (size_t i = 0; i < l->count; i++) {
        const struct life *x = &l->all[i];
        if (!lives_on(x) || !is_first(l, i))
            continue;
        if (x->acquired == moment && (!own || x->released == NEVER))
            print_life(p, l, i, true, program, r);
        if (x->released == moment && !own)
            print_life(p, l, i, false, program, r);
    }
    print_held(p, l, moment);
}

unsigned timeline_print(const struct program *p, struct run_report *r, FILE *out, bool colour)
{
    struct lives l = {.calls = (int)p->call_count};
    struct paragraph text = {out, colour};
    char name[32], *line;
    size_t n;
    unsigned never = 0;
    ledger_watch(on_event, &l);
    run_program(p, NULL, r);
    ledger_watch(NULL, NULL);
    for (int moment = 0; moment <= l.calls + 2; moment++) {
        bool is_call = moment > 0 && moment <= l.calls;
        if (is_call && (size_t)moment > r->call_count)
            continue;
        name_moment(&l, moment, name);
        size_t end = strlen(name);
        snprintf(name + end, sizeof name - end, ":");
        FILE *call = open_memstream(&line, &n);
        if (call == NULL)
            abort();
        if (is_call) {
            program_print_call(p, (size_t)moment - 1, call);
            fprintf(call, "  # %s", code_text(r->results[moment - 1]));
        }
        fclose(call);
        paragraph_line(&text, 0, name, line);
        free(line);
        print_moment(&text, &l, moment, p, r);
    }
    for (size_t i = 0; i < l.count; i++)
        never += l.all[i].released == NEVER;
    free(l.all);
    if (!r->finding)
        r->verdict = VERDICT_LEFT_ON_CLIENT;
    struct finding *f = finding_gather(p, r, NULL);
    finding_print_held(f, out, colour);
    finding_destroy(f);
    return never;
}
