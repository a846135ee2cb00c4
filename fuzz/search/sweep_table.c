/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_table.h"

#include "faults/fault/site.h"
#include "fuzz/model/allowed.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void sweep_add(struct sweep_totals *to, const struct sweep_totals *from)
{
    to->programs += from->programs;
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

bool sweep_state_append(const char *path, uint64_t key, const struct sweep_totals *t)
{
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    if (out == NULL)
        return false;
    fprintf(out,
            "done %016" PRIx64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
            " %" PRIu64 "\n",
            key, t->programs, t->points, t->runs, t->fired, t->findings, t->unnamed);
    for (unsigned i = 0; i < site_count(); i++) {
        const struct sweep_site *s = &t->sites[i];
        if (s->reached + s->fired > 0)
            fprintf(out, "site %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
                    site_name(i), s->reached, s->fired, s->handled, s->benign, s->benign_kind);
    }
    fputs("end\n", out);
    fclose(out);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    bool good = fd >= 0 && write(fd, text, n) == (ssize_t)n;
    if (fd >= 0)
        good = close(fd) == 0 && good;
    free(text);
    return good;
}

static void read_site(const char *line, struct sweep_totals *t)
{
    char name[128];
    struct sweep_site s;
    if (sscanf(line, "site %127s %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, name,
               &s.reached, &s.fired, &s.handled, &s.benign, &s.benign_kind) != 6)
        return;
    int site = site_find(name, strlen(name));
    if (site >= 0)
        t->sites[site] = s;
}

bool sweep_state_read(const char *path, sweep_wants *wants, void *context, struct sweep_totals *to)
{
    static struct sweep_totals block;
    FILE *in = fopen(path, "r");
    if (in == NULL)
        return errno == ENOENT;
    char *line = NULL;
    size_t capacity = 0;
    uint64_t key = 0;
    bool inside = false;
    while (getline(&line, &capacity, in) >= 0) {
        if (strncmp(line, "done ", 5) == 0) {
            memset(&block, 0, sizeof block);
            inside = sscanf(line,
                            "done %" SCNx64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
                            " %" SCNu64 " %" SCNu64,
                            &key, &block.programs, &block.points, &block.runs, &block.fired,
                            &block.findings, &block.unnamed) == 7;
        } else if (inside && strcmp(line, "end\n") == 0) {
            if (wants(key, context))
                sweep_add(to, &block);
            inside = false;
        } else if (inside) {
            read_site(line, &block);
        }
    }
    free(line);
    fclose(in);
    return true;
}

/* The table ---------------------------------------------------------------------------------- */

struct reasons {
    char *text;
    size_t length;
};

static bool read_reasons(const char *path, struct reasons *r)
{
    FILE *in = path != NULL ? fopen(path, "r") : NULL;
    size_t capacity = 0;
    *r = (struct reasons){NULL, 0};
    if (in == NULL)
        return path == NULL;
    ssize_t n = getdelim(&r->text, &capacity, '\0', in);
    r->length = n > 0 ? (size_t)n : 0;
    fclose(in);
    return true;
}

/* Why the site may stay unreached; NULL: nothing is said. Its length is that of the line. */
static const char *reason_of(const struct reasons *r, const char *name, int *length)
{
    size_t n = strlen(name);
    for (const char *line = r->text; line != NULL && *line != '\0';) {
        size_t line_length = strcspn(line, "\n");
        if (line_length > n && memcmp(line, name, n) == 0 && line[n] == ' ') {
            const char *reason = line + n + strspn(line + n, " ");
            *length = (int)(line + line_length - reason);
            return reason;
        }
        line += line_length + (line[line_length] == '\n');
    }
    return NULL;
}

static bool print_site(const struct sweep_totals *t, unsigned i, const struct reasons *r,
                       bool strict, FILE *out)
{
    const struct sweep_site *s = &t->sites[i];
    int length = 0;
    const char *reason = reason_of(r, site_name(i), &length);
    fprintf(out, "%-58s", site_name(i));
    if (s->reached == 0) {
        fprintf(out, " never reached");
        if (reason != NULL)
            fprintf(out, ": %.*s", length, reason);
        fputc('\n', out);
        return !strict || reason != NULL;
    }
    fprintf(out, " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64, s->reached, s->fired,
            s->handled, s->benign);
    if (s->benign_kind > 0) {
        uint32_t kind = (uint32_t)s->benign_kind - 1;
        fprintf(out, "  %s: %s", fault_kind_name(site_class(i), kind),
                allowed_why(site_class(i), kind));
    }
    bool good = s->fired > 0 && s->handled == s->fired && (!strict || reason == NULL);
    fputs(good                     ? "\n"
          : s->fired == 0          ? "  never fired\n"
          : s->handled != s->fired ? "  not handled\n"
                                   : "  reached, though the list says why not\n",
          out);
    return good;
}

unsigned sweep_print(const struct sweep_totals *t, const char *reasons, FILE *out)
{
    struct reasons r;
    unsigned bad = 0, fired = 0, reached = 0;
    if (!read_reasons(reasons, &r)) {
        fprintf(out, "%s: %s\n", reasons, strerror(errno));
        return 1;
    }
    fprintf(out, "%-58s %9s %9s %9s %9s\n", "site", "reached", "fired", "handled", "benign");
    for (unsigned i = 0; i < site_count(); i++) {
        bad += !print_site(t, i, &r, reasons != NULL, out);
        reached += t->sites[i].reached > 0;
        fired += t->sites[i].fired > 0 && t->sites[i].fired == t->sites[i].handled;
    }
    free(r.text);
    fprintf(out,
            "%u sites: %u reached, %u fired and handled, %u never reached\n"
            "%" PRIu64 " programs, %" PRIu64 " points, %" PRIu64 " runs, %" PRIu64
            " faults fired, %" PRIu64 " findings\n",
            site_count(), reached, fired, site_count() - reached, t->programs, t->points, t->runs,
            t->fired, t->findings);
    if (t->unnamed > 0) {
        fprintf(out, "%" PRIu64 " points have no site\n", t->unnamed);
        bad++;
    }
    return bad;
}
