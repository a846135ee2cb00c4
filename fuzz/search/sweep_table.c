/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_table.h"

#include "faults/fault/site.h"
#include "fuzz/model/allowed.h"
#include "fuzz/program/input.h"
#include "fuzz/program/output.h"
#include "unreached.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_BYTES = 1 << 28 };

void sweep_add(struct sweep_totals *to, const struct sweep_totals *from)
{
    to->subjects += from->subjects;
    to->points += from->points;
    to->runs += from->runs;
    to->fired += from->fired;
    to->findings += from->findings;
    to->unnamed += from->unnamed;
    for (unsigned i = 0; i < SWEEP_SITES; i++) {
        to->sites[i].reached += from->sites[i].reached;
        to->sites[i].fired += from->sites[i].fired;
        to->sites[i].handled += from->sites[i].handled;
        to->sites[i].benign += from->sites[i].benign;
        if (to->sites[i].benign_kind == 0)
            to->sites[i].benign_kind = from->sites[i].benign_kind;
    }
}

/* The state ---------------------------------------------------------------------------------- */

bool sweep_state_append(const char *path, uint64_t key, const struct sweep_totals *t,
                        const char **why)
{
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    if (out == NULL)
        abort();
    fprintf(out,
            "\ndone %016" PRIx64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
            " %" PRIu64 "\n",
            key, t->subjects, t->points, t->runs, t->fired, t->findings, t->unnamed);
    for (unsigned i = 0; i < site_count(); i++) {
        const struct sweep_site *s = &t->sites[i];
        if (s->reached + s->fired > 0)
            fprintf(out, "site %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
                    site_name(i), s->reached, s->fired, s->handled, s->benign, s->benign_kind);
    }
    fputs("end\n", out);
    fclose(out);
    int fd = output_open(path, O_APPEND, why);
    bool good = fd >= 0 && output_write(fd, text, n);
    if (fd >= 0) {
        good = close(fd) == 0 && good;
        *why = good ? NULL : strerror(errno);
    }
    free(text);
    return good;
}

static bool read_site(const char *line, struct sweep_totals *t)
{
    char name[128], after;
    struct sweep_site s;
    if (sscanf(line, "site %127s %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 "%c",
               name, &s.reached, &s.fired, &s.handled, &s.benign, &s.benign_kind, &after) != 6)
        return false;
    int site = site_find(name, strlen(name));
    if (site >= 0)
        t->sites[site] = s;
    return true;
}

static bool read_head(const char *line, uint64_t *key, struct sweep_totals *t)
{
    char after;
    memset(t, 0, sizeof *t);
    return sscanf(line,
                  "done %" SCNx64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
                  " %" SCNu64 "%c",
                  key, &t->subjects, &t->points, &t->runs, &t->fired, &t->findings, &t->unnamed,
                  &after) == 7;
}

/* A record that was cut off, by a crash or a full disk, is ignored and does not spoil the next one,
   because each begins with an empty line. */
static void read_records(char *text, sweep_wants *wants, void *context, struct sweep_totals *to)
{
    static struct sweep_totals block;
    uint64_t key = 0;
    bool inside = false;
    for (char *line; (line = strsep(&text, "\n")) != NULL;) {
        if (strncmp(line, "done ", 5) == 0) {
            inside = read_head(line, &key, &block);
        } else if (inside && strcmp(line, "end") == 0) {
            if (wants(key, context))
                sweep_add(to, &block);
            inside = false;
        } else if (inside) {
            inside = read_site(line, &block);
        }
    }
}

/* Does not append to a file that is not the state of a sweep. The very first record may have been
   cut off as well. */
static bool is_state(const char *text)
{
    const char *line = text + strspn(text, "\n");
    size_t n = strcspn(line, "\n"), most = strlen("done ");
    return strncmp(line, "done ", n < most ? n : most) == 0;
}

bool sweep_state_read(const char *path, sweep_wants *wants, void *context, struct sweep_totals *to,
                      const char **why)
{
    uint8_t *bytes;
    size_t n;
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return true;
    if (!input_read(path, MOST_BYTES, &bytes, &n, why))
        return false;
    char *text = malloc(n + 1);
    if (text == NULL)
        abort();
    memcpy(text, bytes, n);
    text[n] = '\0';
    free(bytes);
    bool good = strlen(text) == n && is_state(text);
    if (good)
        read_records(text, wants, context, to);
    else
        *why = "is not the state of a sweep";
    free(text);
    return good;
}

/* The table ---------------------------------------------------------------------------------- */

const char *sweep_complaint(const struct sweep_site *s, const char *reason, bool strict)
{
    if (s->reached == 0)
        return strict && reason == NULL ? "never reached, without a reason" : NULL;
    if (s->fired == 0)
        return "never fired";
    if (s->handled != s->fired)
        return "not handled";
    return strict && reason != NULL ? "reached, although listed as unreached" : NULL;
}

static bool print_site(const struct sweep_totals *t, unsigned i, const struct unreached *r,
                       bool strict, FILE *out)
{
    const struct sweep_site *s = &t->sites[i];
    int length = 0;
    const char *reason = unreached_reason(r, site_name(i), &length);
    const char *complaint = sweep_complaint(s, reason, strict);
    fprintf(out, "%-58s", site_name(i));
    if (s->reached == 0) {
        fprintf(out, " never reached");
        if (reason != NULL)
            fprintf(out, ": %.*s", length, reason);
        fputc('\n', out);
        return complaint == NULL;
    }
    fprintf(out, " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64, s->reached, s->fired,
            s->handled, s->benign);
    if (s->benign_kind > 0) {
        uint32_t kind = (uint32_t)s->benign_kind - 1;
        fprintf(out, "  %s: %s", fault_kind_name(site_class(i), kind),
                allowed_why(site_class(i), kind));
    }
    fprintf(out, "%s%s\n", complaint != NULL ? "  " : "", complaint != NULL ? complaint : "");
    return complaint == NULL;
}

unsigned sweep_print(const struct sweep_totals *t, const char *reasons, FILE *out)
{
    struct unreached r;
    unsigned bad = 0, fired = 0, reached = 0;
    const char *why;
    if (!unreached_read(reasons, &r, &why)) {
        fprintf(out, "FAILED: %s: %s\n", reasons, why);
        return 1;
    }
    fprintf(out, "%-58s %9s %9s %9s %9s\n", "fault point", "reached", "fired", "handled", "benign");
    for (unsigned i = 0; i < site_count(); i++) {
        bad += !print_site(t, i, &r, reasons != NULL, out);
        reached += t->sites[i].reached > 0;
        fired += t->sites[i].fired > 0 && t->sites[i].fired == t->sites[i].handled;
    }
    unreached_free(&r);
    fprintf(out,
            "%u fault points: %u reached, %u fired and handled, %u never reached\n"
            "%" PRIu64 " programs, %" PRIu64 " points, %" PRIu64 " runs, %" PRIu64
            " faults fired, %" PRIu64 " findings\n",
            site_count(), reached, fired, site_count() - reached, t->subjects, t->points, t->runs,
            t->fired, t->findings);
    if (t->unnamed > 0) {
        fprintf(out, "%" PRIu64 " fault points have no name\n", t->unnamed);
        bad++;
    }
    return bad;
}
