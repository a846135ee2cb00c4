/* SPDX-License-Identifier: Apache-2.0 */
#include "faults/fault/site.h"
#include "faults/world/ledger.h"
#include "faults/world/symbol.h"
#include "finding_held.h"
#include "fuzz/scene/service.h"
#include "paragraph.h"
#include "run.h"
#include "target/client/client.h"
#include "timeline.h"

#include <inttypes.h>
#include <string.h>

enum { PLACES_MOST = 256 };

/* What is held after a number of repetitions. */
struct place {
    struct growth g;
    const void *caller;
};
struct held {
    struct place places[PLACES_MOST];
    unsigned count;
};

static struct place *find(struct held *h, const char *what, const char *side)
{
    for (unsigned i = 0; i < h->count; i++)
        if (h->places[i].g.side == side && strcmp(h->places[i].g.what, what) == 0)
            return &h->places[i];
    if (h->count == PLACES_MOST)
        return NULL;
    struct place *p = &h->places[h->count++];
    memset(p, 0, sizeof *p);
    snprintf(p->g.what, sizeof p->g.what, "%s", what);
    p->g.side = side;
    return p;
}

static void count(struct held *h, const char *what, const char *side, uint64_t n)
{
    struct place *p = find(h, what, side);
    if (p != NULL)
        p->g.after[0] = n;
}

static void count_resources(struct held *h)
{
    struct ledger_resource l;
    struct finding_held one;
    uint32_t cursor = 0;
    char what[128];
    while (ledger_next_held(&cursor, &l)) {
        const char *side = l.side == WORLD_SERVER ? "server" : "client";
        struct symbol_source source = {.function = "?"};
        if (l.site >= 0)
            snprintf(what, sizeof what, "%s", site_name((unsigned)l.site));
        else if (symbol_source(l.caller, &source))
            snprintf(what, sizeof what, "%s@%s", ledger_kind_name(l.kind), source.function);
        struct place *p = find(h, what, side);
        if (p == NULL)
            continue;
        if (p->caller == NULL) {
            finding_hold(NULL, NULL, &l, &one);
            p->g.stack = one.stack;
            p->caller = l.caller;
        }
        p->g.after[0]++;
        p->g.after[1] += l.bytes;
    }
}

static void look(void *context)
{
    static const char client[] = "client", server[] = "server";
    struct held *h = context;
    struct ntdsb_client_counts c;
    struct ntdsb_server_counts s;
    h->count = 0;
    count_resources(h);
    ntdsb_client_inspect(&c);
    count(h, "handles", client, c.live_handles);
    count(h, "buffers", client, c.outstanding_buffers);
    if (!service_inspect(&s))
        return;
    count(h, "connections", server, s.rpc.connections);
    count(h, "context handles", server, s.rpc.context_handles);
    count(h, "backup sessions", server, s.backup_sessions);
    count(h, "restore sessions", server, s.restore_sessions);
    count(h, "open files", server, s.open_files);
}

unsigned timeline_growth(const struct program *p, unsigned n, struct growth out[GROWTHS_MOST])
{
    static struct held once, twice;
    unsigned found = 0;
    run_repeatedly(p, n, look, &once);
    run_repeatedly(p, 2 * n, look, &twice);
    for (unsigned i = 0; i < twice.count && found < GROWTHS_MOST; i++) {
        struct growth *g = &twice.places[i].g;
        for (unsigned k = 0; k < once.count; k++)
            if (strcmp(once.places[k].g.side, g->side) == 0 &&
                strcmp(once.places[k].g.what, g->what) == 0)
                memcpy(g->before, once.places[k].g.after, sizeof g->before);
        /* A buffer that is kept for the next time may be larger, but there is one. */
        if (g->after[0] >= g->before[0] + (n + 1) / 2 || g->after[1] >= g->before[1] + n)
            out[found++] = *g;
    }
    return found;
}

void timeline_print_growth(const struct growth *g, unsigned n, FILE *out, bool colour)
{
    struct paragraph p = {out, colour};
    if (g->stack.count == 0) {
        paragraph(&p, 2, "grows:", "the %s has %" PRIu64 " %s after %u times, %" PRIu64 " after %u",
                  g->side, g->before[0], g->what, n, g->after[0], 2 * n);
        return;
    }
    paragraph(&p, 2, "grows:",
              "the %s holds %" PRIu64 " of %s (%" PRIu64 " bytes) after %u times, %" PRIu64
              " (%" PRIu64 " bytes) after %u",
              g->side, g->before[0], g->what, g->before[1], n, g->after[0], g->after[1], 2 * n);
    paragraph(&p, 4, NULL, "acquired by");
    for (unsigned i = 0; i < g->stack.count; i++)
        paragraph(&p, 6, NULL, "%s (%s:%u)", g->stack.frames[i].function, g->stack.frames[i].file,
                  g->stack.frames[i].line);
}
