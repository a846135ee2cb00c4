/* SPDX-License-Identifier: Apache-2.0 */
#include "leak_roots.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(__clang__)
#define READS_ANY_MEMORY __attribute__((no_sanitize("address", "memory")))
#else
#define READS_ANY_MEMORY __attribute__((no_sanitize("address")))
#endif

/* Pointers to what a block owns stand in its beginning; the rest of a large one is data. */
enum { BYTES_READ = 1 << 14 };

static struct ledger_resource held[LEAK_RESOURCES_MOST];
static bool reached[LEAK_RESOURCES_MOST];
static unsigned held_count;

static bool lies_in(uint64_t address, const struct ledger_resource *r)
{
    return r->kind == LEDGER_MEMORY ? address - r->id < r->bytes + (r->bytes == 0)
                                    : address == r->id;
}

/* The words of `owner` are looked at, initialised or not. */
READS_ANY_MEMORY static bool points_to(const struct ledger_resource *owner,
                                       const struct ledger_resource *owned)
{
    const unsigned char *block = (const unsigned char *)(uintptr_t)owner->id;
    size_t bytes = owner->bytes < BYTES_READ ? owner->bytes : BYTES_READ;
    bool number = owned->kind == LEDGER_DESCRIPTOR;
    const int32_t descriptor = (int32_t)(owned->id - 1);
    size_t step = number ? sizeof(int32_t) : sizeof(uint64_t);
    if (owner->kind != LEDGER_MEMORY || owner == owned)
        return false;
    if (owned->kind == LEDGER_MUTEX && lies_in(owned->id, owner))
        return true;
    for (size_t i = 0; i + step <= bytes; i += step) {
        const void *at = block + i;
        if (number ? *(const int32_t *)at == descriptor : lies_in(*(const uint64_t *)at, owned))
            return true;
    }
    return false;
}

/* Marks what the owner reaches and is not marked yet; returns the kinds, as bits. */
static unsigned reach_from(unsigned owner, bool marks[LEAK_RESOURCES_MOST])
{
    static unsigned waiting[LEAK_RESOURCES_MOST];
    unsigned count = 1, kinds = 0;
    waiting[0] = owner;
    while (count > 0) {
        unsigned from = waiting[--count];
        for (unsigned i = 0; i < held_count; i++) {
            if (i == owner || marks[i] || !points_to(&held[from], &held[i]))
                continue;
            marks[i] = true;
            kinds |= 1u << held[i].kind;
            waiting[count++] = i;
        }
    }
    return kinds;
}

unsigned leak_kinds_reached(const struct ledger_resource *root)
{
    bool marks[LEAK_RESOURCES_MOST] = {false};
    for (unsigned i = 0; i < held_count; i++)
        if (held[i].kind == root->kind && held[i].id == root->id)
            return reach_from(i, marks);
    return 0;
}

static bool is_owned(unsigned i)
{
    for (unsigned j = 0; j < held_count; j++)
        if (points_to(&held[j], &held[i]))
            return true;
    return false;
}

/* Of those that are neither reached nor roots the one that was acquired first, because what owns
   another is made before it; -1: there is none. */
static int first_unreached(const bool is_root[LEAK_RESOURCES_MOST])
{
    int first = -1;
    for (unsigned i = 0; i < held_count; i++)
        if (!is_root[i] && !reached[i] && (first < 0 || held[i].order < held[first].order))
            first = (int)i;
    return first;
}

unsigned leak_roots(struct ledger_resource roots[LEAK_RESOURCES_MOST])
{
    uint32_t cursor = 0;
    unsigned count = 0;
    bool is_root[LEAK_RESOURCES_MOST] = {false};
    held_count = 0;
    memset(reached, 0, sizeof reached);
    while (held_count < LEAK_RESOURCES_MOST && ledger_next_held(&cursor, &held[held_count]))
        held_count++;
    for (unsigned i = 0; i < held_count; i++) {
        is_root[i] = !is_owned(i);
        if (is_root[i])
            reach_from(i, reached);
    }
    /* What is left is in rings, of pointers or of what looks like one. */
    for (int i; (i = first_unreached(is_root)) >= 0;) {
        is_root[i] = true;
        reach_from((unsigned)i, reached);
    }
    for (unsigned i = 0; i < held_count; i++)
        if (is_root[i])
            roots[count++] = held[i];
    return count;
}
