/* SPDX-License-Identifier: Apache-2.0 */
#include "field_sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whether a cell comes before a new one of that kind. */
static bool is_before(const struct field_cell *c, bool to_server, const char *type,
                      const char *position)
{
    if (c->to_server != to_server)
        return c->to_server;
    int order = strcmp(c->type, type);
    return order != 0 ? order < 0 : strcmp(c->position, position) <= 0;
}

struct field_cell *field_cell(struct field_totals *t, bool to_server, const char *type,
                              const char *position, const char *field)
{
    for (unsigned i = 0; i < t->cell_count; i++) {
        struct field_cell *c = &t->cells[i];
        if (c->to_server == to_server && strcmp(c->type, type) == 0 &&
            strcmp(c->position, position) == 0 && strcmp(c->field, field) == 0)
            return c;
    }
    if (t->cell_count == FIELD_CELLS_MOST)
        abort(); /* more kinds of fields than the wire has */
    /* After those of its type and position: processes meet them in different orders. */
    unsigned at = t->cell_count++;
    while (at > 0 && !is_before(&t->cells[at - 1], to_server, type, position)) {
        t->cells[at] = t->cells[at - 1];
        at--;
    }
    struct field_cell *c = &t->cells[at];
    *c = (struct field_cell){.to_server = to_server};
    snprintf(c->type, sizeof c->type, "%s", type);
    snprintf(c->position, sizeof c->position, "%s", position);
    snprintf(c->field, sizeof c->field, "%s", field);
    return c;
}

void field_totals_add(struct field_totals *into, const struct field_totals *from)
{
    into->runs += from->runs;
    into->findings += from->findings;
    for (unsigned i = 0; i < from->cell_count; i++) {
        const struct field_cell *f = &from->cells[i];
        struct field_cell *c = field_cell(into, f->to_server, f->type, f->position, f->field);
        for (int v = 0; v < PEER_VALUES; v++)
            c->runs[v] += f->runs[v];
    }
    /* Each process sees all of them. */
    into->conversations = from->conversations;
    into->pdus = from->pdus;
}
