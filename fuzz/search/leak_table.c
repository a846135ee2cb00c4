/* SPDX-License-Identifier: Apache-2.0 */
#include "leak_table.h"

#include "faults/fault/fault.h"
#include "faults/fault/site.h"
#include "faults/world/leak_roots.h"
#include "fuzz/run/finding_held.h"
#include "fuzz/run/paragraph.h"
#include "fuzz/run/run.h"
#include "sweep.h"

#include <inttypes.h>
#include <string.h>

struct looking {
    struct leak_table *table;
    const char *origin;
    size_t order;
};

static const char *place_of(const struct finding_held *h)
{
    return h->point[0] != '\0' ? h->point : h->stack.count > 0 ? h->stack.frames[0].function : "?";
}

/* Without the A or W: both forms are one function. */
static size_t length_of(const char *function)
{
    size_t n = strlen(function);
    return n > 0 && (function[n - 1] == 'A' || function[n - 1] == 'W') ? n - 1 : n;
}

static bool is_same_leak(const struct finding_held *a, const struct finding_held *b)
{
    return strcmp(a->side, b->side) == 0 && strcmp(place_of(a), place_of(b)) == 0 &&
           length_of(a->release) == length_of(b->release) &&
           memcmp(a->release, b->release, length_of(a->release)) == 0;
}

/* A run without a fault shows more than one with a fault; of equal ones the earlier program stays.
 */
static bool is_better(const struct leak_row *a, const struct leak_row *b)
{
    bool alone = a->fault[0] == '\0', other = b->fault[0] == '\0';
    return alone != other ? alone : a->order < b->order;
}

static void add_leak(struct leak_table *t, const struct leak_row *row)
{
    for (unsigned i = 0; i < t->leak_count; i++) {
        struct leak_row *r = &t->leaks[i];
        if (!is_same_leak(&r->held, &row->held))
            continue;
        uint64_t seen = r->seen + row->seen;
        if (is_better(row, r))
            *r = *row;
        r->seen = seen;
        return;
    }
    if (t->leak_count < LEAK_ROWS)
        t->leaks[t->leak_count++] = *row;
}

static void add_growth(struct leak_table *t, const struct growth_row *row)
{
    for (unsigned i = 0; i < t->growth_count; i++) {
        struct growth_row *r = &t->growths[i];
        if (strcmp(r->growth.side, row->growth.side) != 0 ||
            strcmp(r->growth.what, row->growth.what) != 0)
            continue;
        if (row->order < r->order)
            *r = *row;
        return;
    }
    if (t->growth_count < LEAK_ROWS)
        t->growths[t->growth_count++] = *row;
}

static void name_fault(char out[96])
{
    const struct fault_summary *s = fault_report();
    out[0] = '\0';
    if (s->fired > 0)
        snprintf(out, 96, "%s%s%s", fault_kind_name(s->first[0].class, s->first[0].kind),
                 s->first[0].site >= 0 ? " at " : "",
                 s->first[0].site >= 0 ? site_name((unsigned)s->first[0].site) : "");
}

/* What the run that has just ended has left. */
static void look_at_ledger(const struct looking *l, const struct program *p,
                           const struct run_report *r)
{
    static struct ledger_resource roots[LEAK_RESOURCES_MOST];
    static struct leak_row row;
    unsigned count = leak_roots(roots);
    for (unsigned i = 0; i < count; i++) {
        row = (struct leak_row){.order = l->order, .seen = 1};
        finding_hold(p, r, &roots[i], &row.held);
        snprintf(row.origin, sizeof row.origin, "%s", l->origin);
        name_fault(row.fault);
        add_leak(l->table, &row);
    }
}

static void found(const struct program *p, const struct run_report *r,
                  const struct fault *in_clean_up, void *context)
{
    (void)in_clean_up;
    look_at_ledger(context, p, r);
}

static void look_at_growth(const struct looking *l, const struct program *p, unsigned n)
{
    static struct growth grown[GROWTHS_MOST];
    static struct growth_row row;
    unsigned count = timeline_growth(p, n, grown);
    for (unsigned i = 0; i < count; i++) {
        row = (struct growth_row){.growth = grown[i], .repetitions = n, .order = l->order};
        snprintf(row.origin, sizeof row.origin, "%s", l->origin);
        add_growth(l->table, &row);
    }
}

void leak_table_look(struct leak_table *t, const struct program *p, const char *origin,
                     size_t order, bool sweep, unsigned repetitions)
{
    static struct run_report report;
    static struct sweep_totals totals;
    struct looking l = {t, origin, order};
    struct run_options run = {.origin = origin};
    if (!sweep_goes_on()) {
        run_program(p, &run, &report);
        look_at_ledger(&l, p, &report);
        t->programs++;
        t->runs++;
        if (repetitions > 0)
            look_at_growth(&l, p, repetitions);
    }
    if (!sweep)
        return;
    memset(&totals, 0, sizeof totals);
    sweep_program(p,
                  &(struct sweep_options){.calls = {0, SWEEP_TO_THE_END},
                                          .part = {0, 1},
                                          .found = found,
                                          .context = &l,
                                          .origin = origin},
                  &totals);
    t->runs += totals.runs;
}

void leak_table_add(struct leak_table *t, const struct leak_table *more)
{
    t->programs += more->programs;
    t->runs += more->runs;
    for (unsigned i = 0; i < more->leak_count; i++)
        add_leak(t, &more->leaks[i]);
    for (unsigned i = 0; i < more->growth_count; i++)
        add_growth(t, &more->growths[i]);
}

/* For people and machines --------------------------------------------------------------------- */

static void print_row(FILE *out, const char *what, const char *side, uint64_t bytes,
                      const struct finding_stack *s)
{
    fprintf(out, "%-34s %-6s %9" PRIu64, what, side, bytes);
    if (s->count > 0)
        fprintf(out, "  %s:%u", s->frames[0].file, s->frames[0].line);
    fputc('\n', out);
}

static void print_leaks(const struct leak_table *t, const struct paragraph *p)
{
    if (t->leak_count > 0)
        fprintf(p->out, "%-34s %-6s %9s  %s\n", "leak", "side", "bytes", "acquired at");
    for (unsigned i = 0; i < t->leak_count; i++) {
        const struct leak_row *r = &t->leaks[i];
        print_row(p->out, place_of(&r->held), r->held.side, r->held.bytes, &r->held.stack);
        paragraph(p, 4, NULL, "seen %" PRIu64 " times, first in %s", r->seen, r->origin);
        paragraph(p, 4, NULL, "fault needed: %s", r->fault[0] != '\0' ? r->fault : "no");
        paragraph(p, 4, NULL, "%s should have released it", r->held.release);
    }
}

static void print_growths(const struct leak_table *t, const struct paragraph *p)
{
    if (t->growth_count > 0)
        fprintf(p->out, "\n%-34s %-6s %9s  %s\n", "grows, though the end may free it", "side",
                "bytes", "acquired at");
    for (unsigned i = 0; i < t->growth_count; i++) {
        const struct growth_row *r = &t->growths[i];
        const struct growth *g = &r->growth;
        print_row(p->out, g->what, g->side, g->after[1] - g->before[1], &g->stack);
        paragraph(p, 4, NULL, "%" PRIu64 " after %u times, %" PRIu64 " after %u, first in %s",
                  g->before[0], r->repetitions, g->after[0], 2 * r->repetitions, r->origin);
    }
}

void leak_table_print(const struct leak_table *t, FILE *out, bool colour)
{
    struct paragraph p = {out, colour};
    print_leaks(t, &p);
    print_growths(t, &p);
    fprintf(out, "%" PRIu64 " programs, %" PRIu64 " runs, %u leaks, %u things that grow\n",
            t->programs, t->runs, t->leak_count, t->growth_count);
}

static json_t *place(const struct finding_stack *s)
{
    return s->count == 0 ? json_null()
                         : json_pack("{s:s, s:s, s:i}", "function", s->frames[0].function, "file",
                                     s->frames[0].file, "line", (int)s->frames[0].line);
}

void leak_table_json(const struct leak_table *t, json_t *object)
{
    json_t *leaks = json_array(), *growths = json_array();
    for (unsigned i = 0; i < t->leak_count; i++) {
        const struct leak_row *r = &t->leaks[i];
        const struct finding_held *h = &r->held;
        json_array_append_new(
            leaks,
            json_pack("{s:s, s:s, s:s, s:I, s:o, s:s, s:s, s:s?, s:I}", "leak", place_of(h), "side",
                      h->side, "kind", h->kind, "bytes", (json_int_t)h->bytes, "acquired",
                      place(&h->stack), "release", h->release, "program", r->origin, "fault",
                      r->fault[0] != '\0' ? r->fault : NULL, "seen", (json_int_t)r->seen));
    }
    for (unsigned i = 0; i < t->growth_count; i++) {
        const struct growth_row *r = &t->growths[i];
        const struct growth *g = &r->growth;
        json_array_append_new(
            growths, json_pack("{s:s, s:s, s:i, s:[I,I], s:[I,I], s:o, s:s}", "what", g->what,
                               "side", g->side, "repetitions", (int)r->repetitions, "count",
                               (json_int_t)g->before[0], (json_int_t)g->after[0], "bytes",
                               (json_int_t)g->before[1], (json_int_t)g->after[1], "acquired",
                               place(&g->stack), "program", r->origin));
    }
    json_object_set_new(object, "programs", json_integer((json_int_t)t->programs));
    json_object_set_new(object, "runs", json_integer((json_int_t)t->runs));
    json_object_set_new(object, "leaks", leaks);
    json_object_set_new(object, "growth", growths);
}
