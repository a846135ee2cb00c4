/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_held.h"

#include "faults/fault/site.h"
#include "faults/world/leak_roots.h"

#include <stdio.h>
#include <string.h>

/* After success: the function that ends what this one begins; of any other function, itself. */
static const char *const ended_by[API_SHAPES + 1] = {
    [API_BACKUP_PREPARE] = "DsBackupEnd",
    [API_RESTORE_PREPARE] = "DsRestoreEnd",
    [API_OPEN_FILE] = "DsBackupClose",
    [API_RESTORE_REGISTER] = "DsRestoreEnd",
};

/* Where a buffer that the caller owns is made. */
static const char *const buffer_file = "target/client/buffers.c";

static bool is_buffer(const struct finding_stack *s)
{
    for (unsigned i = 0; i < s->count; i++)
        if (strcmp(s->frames[i].file, buffer_file) == 0)
            return true;
    return false;
}

static const char *release_of(const struct finding_held *h, enum api_shape shape)
{
    bool server = strcmp(h->side, "server") == 0;
    if (h->call == FINDING_CALL_SET_UP)
        return "service stop";
    if (h->api == NULL)
        return "the clean-up";
    /* The server does not know that the client's call will fail. */
    if (h->api_failed && !server)
        return h->api;
    if (is_buffer(&h->stack))
        return "DsBackupFree";
    if (shape == EVENT_SERVER_START)
        return "service stop";
    return ended_by[shape] != NULL ? ended_by[shape] : h->api;
}

void finding_hold(const struct program *p, const struct run_report *report,
                  const struct ledger_resource *l, struct finding_held *out)
{
    enum api_shape shape = API_SHAPES;
    *out = (struct finding_held){
        .kind = ledger_kind_name(l->kind),
        .side = l->side == WORLD_SERVER ? "server" : "client",
        .bytes = l->bytes,
        .call = finding_call_of(l->call),
    };
    if (l->site >= 0)
        snprintf(out->point, sizeof out->point, "%s", site_name((unsigned)l->site));
    finding_stack_of(l->stack, LEDGER_FRAMES, &out->stack);
    if (p != NULL && l->call < p->call_count) {
        const struct api_function *api = &api_functions[p->calls[l->call].function];
        out->api = api->name;
        out->api_failed = l->call < report->call_count && report->results[l->call] != 0;
        shape = api->shape;
    }
    out->release = release_of(out, shape);
}

static bool is_among(const struct ledger_resource *l, const struct ledger_resource *list,
                     unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (list[i].kind == l->kind && list[i].id == l->id)
            return true;
    return false;
}

void finding_gather_held(struct finding *f)
{
    static struct ledger_resource roots[LEAK_RESOURCES_MOST];
    struct ledger_resource l;
    unsigned count = leak_roots(roots);
    for (int pass = 0; pass < 2; pass++) {
        uint32_t cursor = 0;
        while (ledger_next_held(&cursor, &l)) {
            bool root = is_among(&l, roots, count);
            f->held_in_all += pass == 0;
            if (root != (pass == 0) || f->held_count == FINDING_HELD)
                continue;
            struct finding_held *h = &f->held[f->held_count++];
            finding_hold(f->ran, f->report, &l, h);
            h->is_root = root;
        }
    }
    uint32_t cursor = 0;
    while (ledger_next_lock(&cursor, &l) && f->held_count < FINDING_HELD) {
        struct finding_held *h = &f->held[f->held_count++];
        finding_hold(f->ran, f->report, &l, h);
        h->is_root = h->is_lock = true;
        h->kind = "lock";
        h->release = h->api != NULL ? h->api : "the clean-up";
        f->held_in_all++;
    }
}
