/* SPDX-License-Identifier: Apache-2.0 */
#include "faults/world/leak_roots.h"
#include "faults/world/ledger.h"
#include "outcome.h"

static void add(struct holding *h, int site, uint8_t kind, uint32_t count, uint64_t bytes)
{
    for (unsigned i = 0; i < h->places; i++) {
        struct held *p = &h->at[i];
        if ((p->site != site || p->kind != kind) && !(i == HELD_PLACES - 1))
            continue;
        p->count += count;
        p->bytes += bytes;
        return;
    }
    h->at[h->places++] = (struct held){site, kind, false, count, bytes};
}

static struct held *find(struct holding *h, int site, uint8_t kind)
{
    for (unsigned i = 0; i < h->places; i++)
        if (h->at[i].site == site && h->at[i].kind == kind)
            return &h->at[i];
    return NULL;
}

void holding_take(struct holding *out)
{
    struct ledger_resource r;
    uint32_t cursor = 0;
    out->places = 0;
    while (ledger_next_held(&cursor, &r))
        add(out, r.site, (uint8_t)r.kind, 1, r.bytes);
    static struct ledger_resource roots[LEAK_RESOURCES_MOST];
    for (unsigned i = leak_roots(roots); i-- > 0;) {
        struct held *h = find(out, roots[i].site, (uint8_t)roots[i].kind);
        if (h != NULL)
            h->root = true;
    }
}

static void keep_roots(struct holding *h)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < h->places; i++)
        if (h->at[i].root)
            h->at[kept++] = h->at[i];
    if (kept > 0)
        h->places = kept;
}

void holding_beyond(const struct holding *base, const struct holding *now, struct holding *out)
{
    static struct holding known;
    known = *base;
    out->places = 0;
    for (unsigned i = 0; i < now->places; i++) {
        const struct held *n = &now->at[i], *b = find(&known, n->site, n->kind);
        uint32_t count = b != NULL ? b->count : 0;
        uint64_t bytes = b != NULL ? b->bytes : 0;
        if (n->count > count)
            add(out, n->site, n->kind, n->count - count, n->bytes > bytes ? n->bytes - bytes : 0);
        if (n->count > count)
            out->at[out->places - 1].root = n->root;
    }
    keep_roots(out);
}

uint64_t holding_count(const struct holding *h)
{
    uint64_t count = 0;
    for (unsigned i = 0; i < h->places; i++)
        count += h->at[i].count;
    return count;
}
