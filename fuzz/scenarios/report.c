/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include "faults/fault/site.h"
#include "faults/world/ledger.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

void report_findings(const char *program, const struct findings *f)
{
    for (unsigned i = 0; i < f->count; i++) {
        const struct scenario_finding *x = &f->at[i];
        char fault[FAULT_TEXT_BYTES] = "";
        printf("FINDING %s: %s\nSIGNATURE: %s\n", scenario_verdict_name(x->verdict), x->detail,
               x->signature);
        if (x->faults > 0) {
            fault_text(x, fault, sizeof fault);
            printf("  fault: %s, in %s\n  again: %s run %s%s --fault '%s'\n", fault, x->fired_at,
                   program, x->scenario, x->warm ? " --warm" : "", fault);
        } else {
            printf("  without a fault\n");
        }
        printf("  seen %u times%s\n\n", x->seen,
               x->warm ? ", in a process in which it had run before" : "");
    }
    if (f->lost > 0)
        printf("%u findings more, for which there was no room\n", f->lost);
}

void report_unseen(void)
{
    const char *name;
    for (unsigned i = 0; (name = site_unseen(i)) != NULL; i++)
        printf("%s%s", i == 0 ? "passed through, never broken and not in the ledger: " : " ", name);
    if (site_unseen(0) != NULL)
        putchar('\n');
}

void report_kept(const struct scenario *s, const struct baseline *b)
{
    for (unsigned i = 0; i < b->kept.places; i++) {
        const struct held *h = &b->kept.at[i];
        printf("%s: kept for good: %" PRIu32 " %s, %" PRIu64 " bytes, acquired at %s\n", s->name,
               h->count, ledger_kind_name((enum ledger_kind)h->kind), h->bytes,
               place_name(h->site));
    }
}

void report_sum(unsigned scenarios, const struct sweep_report *r, double seconds)
{
    const struct sweep_totals *t = &r->totals;
    unsigned reached = 0;
    for (unsigned i = 0; i < site_count() && i < SWEEP_SITES; i++)
        reached += t->sites[i].reached > 0;
    printf("%u scenario%s, %u of %u fault points reached, %" PRIu64 " crossings, %" PRIu64
           " runs in %.1f s, %u distinct findings\n",
           scenarios, scenarios == 1 ? "" : "s", reached, site_count(), t->points, t->runs, seconds,
           r->findings.count);
}

static json_t *finding_as_json(const struct swept *s, const struct scenario_finding *x)
{
    char fault[FAULT_TEXT_BYTES] = "", again[FAULT_TEXT_BYTES + 256] = "";
    if (x->faults > 0) {
        fault_text(x, fault, sizeof fault);
        snprintf(again, sizeof again, "%.128s run %.64s%s --fault '%s'", s->program, x->scenario,
                 x->warm ? " --warm" : "", fault);
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "scenario", x->scenario, "verdict",
                     scenario_verdict_name(x->verdict), "signature", x->signature, "detail",
                     x->detail, "fault", fault, "fired_at", x->fired_at, "again", again, "seen",
                     (json_int_t)x->seen);
}

static json_t *unseen_as_json(void)
{
    json_t *all = json_array();
    for (unsigned i = 0; site_unseen(i) != NULL; i++)
        json_array_append_new(all, json_string(site_unseen(i)));
    return all;
}

static json_t *scenarios_as_json(const struct swept *s)
{
    json_t *all = json_array();
    for (unsigned i = 0; i < s->count; i++) {
        const struct scenario *x = s->scenarios[i];
        json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:i, s:f}", "name", x->name, "what",
                                             x->what, "file", x->file, "line", x->line, "seconds",
                                             s->seconds[i]));
    }
    return all;
}

static json_t *verdicts_as_json(void)
{
    json_t *all = json_object();
    for (int v = 0; v < VERDICTS; v++)
        json_object_set_new(all, scenario_verdict_name((enum verdict)v),
                            json_string(scenario_verdict_help((enum verdict)v)));
    return all;
}

bool report_json(const char *path, const struct swept *s)
{
    const struct sweep_report *r = s->report;
    json_t *findings = json_array();
    for (unsigned i = 0; i < r->findings.count; i++)
        json_array_append_new(findings, finding_as_json(s, &r->findings.at[i]));
    json_t *all = json_pack("{s:s, s:i, s:s, s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "format",
                            "rundown-scenarios", "version", 1, "program", s->program, "suite",
                            RUNDOWN_VERSION, "runs", (json_int_t)r->totals.runs, "crossings",
                            (json_int_t)r->totals.points, "lost", (json_int_t)r->findings.lost,
                            "scenarios", scenarios_as_json(s), "verdicts", verdicts_as_json(),
                            "findings", findings, "unseen", unseen_as_json());
    bool written = all != NULL && json_dump_file(all, path, JSON_INDENT(2)) == 0;
    json_decref(all);
    if (!written)
        fprintf(stderr, "%s: cannot be written: %s\n", path, strerror(errno));
    return written;
}

static bool read_fault(const char *text, struct fault *out)
{
    char point[160], kind[32], words[3][16] = {"", "", ""};
    int n = sscanf(text, "%159s %31s %15s %15s %15s", point, kind, words[0], words[1], words[2]);
    int site = site_find(point, strlen(point));
    if (n < 2 || site < 0)
        return false;
    *out = (struct fault){.class = site_class((unsigned)site), .site_plus_one = site + 1, .nth = 1};
    int found = fault_kind_find(out->class, kind, strlen(kind));
    if (found < 0)
        return false;
    out->kind = (uint32_t)found;
    int next = 0;
    if (strcmp(words[0], "at") == 0) {
        char *end;
        unsigned long at = strtoul(words[1], &end, 10);
        if (at == 0 || at > UINT32_MAX || *end != '\0')
            return false;
        out->nth = (uint32_t)at;
        next = 2;
    }
    if (words[next][0] == '\0')
        return true;
    for (int shape = 0; shape < FAULT_SHAPES; shape++)
        if (strcmp(words[next], fault_shape_name((enum fault_shape)shape)) == 0) {
            out->shape = (enum fault_shape)shape;
            return n == 2 + next + 1;
        }
    return false;
}

bool faults_read(const char *text, struct sweep_armed *out)
{
    char one[256];
    *out = (struct sweep_armed){0};
    for (const char *next = text; next != NULL && out->count < SWEEP_FAULTS;) {
        const char *plus = strstr(next, " + ");
        int n = plus != NULL ? (int)(plus - next) : (int)strlen(next);
        snprintf(one, sizeof one, "%.*s", n, next);
        if (!read_fault(one, &out->faults[out->count++]))
            return false;
        if (plus == NULL)
            return true;
        next = plus + strlen(" + ");
    }
    return false;
}
