/* SPDX-License-Identifier: Apache-2.0 */
#include "input.h"

#include "faults/fault/site.h"

#include <string.h>

/* A crossing beyond these is rarely there. */
enum { CROSSINGS = 64 };

/* The next ones; what is not there is 0. */
struct cursor {
    const uint8_t *at, *end;
};

static uint8_t take(struct cursor *c)
{
    return c->at < c->end ? *c->at++ : 0;
}

static uint16_t take_two(struct cursor *c)
{
    unsigned low = take(c);
    return (uint16_t)(low | (unsigned)take(c) << 8);
}

static struct fault take_fault(struct cursor *c)
{
    unsigned site = take_two(c) % site_count();
    enum fault_class class = site_class(site);
    struct fault f = {.class = class, .site_plus_one = (int)site + 1};
    f.kind = take(c) % fault_kind_count(class);
    f.nth = 1u + take(c) % CROSSINGS;
    f.shape = (enum fault_shape)(take(c) % FAULT_SHAPES);
    return f;
}

bool input_decode(const uint8_t *bytes, size_t n, struct input *out)
{
    struct cursor c = {bytes, bytes + n};
    memset(out, 0, sizeof *out);
    if (scenario_count() == 0 || site_count() == 0)
        return false;
    out->scenario = scenario_at(take(&c) % scenario_count());
    out->armed.count = take(&c) % (SWEEP_FAULTS + 1);
    for (unsigned i = 0; i < out->armed.count; i++)
        out->armed.faults[i] = take_fault(&c);
    while (out->edit_count < INPUT_EDITS && c.end - c.at >= 3) {
        struct peer_edit *e = &out->edits[out->edit_count++];
        e->at = take_two(&c);
        e->byte = take(&c);
    }
    return true;
}
