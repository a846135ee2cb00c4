/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of the ledger: its kinds, its violations, and all that it holds.
 */
#include "faults/fault/site.h"
#include "ledger_internal.h"
#include "symbol.h"
#include "world_internal.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const kind_names[LEDGER_PLACES] = {
    "memory", "descriptor", "mapping", "directory stream", "address list",
    "mutex",  "stream",     "stack",   "static data",      "bytes on the wire"};
static const char *const violation_names[LEDGER_VIOLATIONS] = {
    "double release",
    "release of what was never acquired",
    "use after release",
    "wait without end",
    "secret in released memory",
    "secret left in memory",
    "secret sent",
    "memory",
    "written beyond its end",
    "ledger overflow",
    "locked twice",
    "unlocked without a lock",
    "destroyed while locked",
};

static const char *side_name(enum world_side side)
{
    return side == WORLD_SERVER ? "server" : "client";
}

const char *ledger_kind_name(enum ledger_kind kind)
{
    return kind_names[kind];
}

const char *ledger_violation_name(uint32_t index)
{
    return violation_names[ledger_fault_at(index)->what];
}

const char *ledger_violation_text(uint32_t index)
{
    static char text[128];
    char call[32];
    const struct ledger_fault *v = ledger_fault_at(index);
    world_call_text(v->call, call);
    if (v->kind < LEDGER_KINDS)
        snprintf(text, sizeof text, "%s of the %s, in %s", kind_names[v->kind], side_name(v->side),
                 call);
    else
        snprintf(text, sizeof text, "%s, in %s", kind_names[v->kind], call);
    return text;
}

/* "context_open (target/client/context.c:26) < ...": innermost first. */
static void print_stack(void *const stack[LEDGER_FRAMES], FILE *out)
{
    char name[128];
    int first = ledger_first_of_target(stack);
    for (int i = first; i < LEDGER_FRAMES && stack[i] != NULL; i++)
        fprintf(out, "%s%s", i > first ? " < " : "", symbol_format(stack[i], name, sizeof name));
    fputc('\n', out);
}

void ledger_print(FILE *out)
{
    enum { SHOWN = 8 };
    char call[32];
    uint32_t held = 0;
    struct ledger_resource r;
    const uint32_t violations = ledger_summary().violations;
    for (uint32_t i = 0; i < violations && i < LEDGER_KEPT_VIOLATIONS; i++) {
        fprintf(out, "  %s: %s, by ", ledger_violation_name(i), ledger_violation_text(i));
        print_stack(ledger_violation_stack(i), out);
    }
    for (uint32_t cursor = 0; ledger_next_held(&cursor, &r);) {
        if (held++ >= SHOWN)
            continue;
        world_call_text(r.call, call);
        fprintf(out, "  leak: the %s holds ", side_name(r.side));
        if (r.kind == LEDGER_MEMORY)
            fprintf(out, "%zu bytes of memory", r.bytes);
        else
            fprintf(out, "%s %s", r.kind == LEDGER_ADDRESSES ? "an" : "a", kind_names[r.kind]);
        if (r.site >= 0)
            fprintf(out, " of %s", site_name((unsigned)r.site));
        fprintf(out, ", acquired in %s by ", call);
        print_stack(r.stack, out);
    }
    lock_print(out);
    if (held > SHOWN)
        fprintf(out, "  leak: and %" PRIu32 " things more\n", held - SHOWN);
}
