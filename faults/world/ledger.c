/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger_internal.h"

#include "faults/fault/site.h"
#include "faults/fault/stack.h"
#include "world_internal.h"

#include <stdlib.h>
#include <string.h>

enum {
    ENTRIES = 1 << 15,
    INDEX_LEAST = 1 << 10, /* doubled until twice the entries in use fit */
    INDEX_MOST = 2 * ENTRIES,
    FRAMES = LEDGER_FRAMES,
};

struct entry {
    uint64_t key; /* key_of() kind and id */
    size_t bytes;
    uint32_t order;
    uint32_t call;
    int32_t entered; /* site_entered() when it was acquired */
    uint8_t kind;
    uint8_t side;
    uint8_t guards; /* enum ledger_guard */
    bool held;      /* otherwise released; kept, so that a second release is recognised */
    void *stack[FRAMES];
};

/* Entries are stored in the order in which they were made; the index finds them by open addressing,
   0 is empty. It grows with the program, so it stays in the cache and is cheap to empty. */
static struct {
    struct entry entries[ENTRIES];
    uint16_t index[INDEX_MOST]; /* 1 + place in entries */
    uint32_t used;
    uint32_t acquired;
    struct ledger_summary summary;
    struct ledger_fault violations[LEDGER_KEPT_VIOLATIONS];
} ledger;
static uint32_t index_mask = INDEX_LEAST - 1; /* of the part of the index in use */

/* Addresses and descriptors leave the uppermost bits free. */
static uint64_t key_of(enum ledger_kind kind, uint64_t id)
{
    return id ^ (uint64_t)kind << 60;
}

/* Where that key is in the index, or would be. */
static uint32_t slot_of(uint64_t key)
{
    uint32_t slot = (uint32_t)(key * 0x9e3779b97f4a7c15u >> 48) & index_mask;
    while (ledger.index[slot] != 0 && ledger.entries[ledger.index[slot] - 1].key != key)
        slot = (slot + 1) & index_mask;
    return slot;
}

/* The entry of that key, held or released, or NULL. */
static struct entry *look_up(uint64_t key)
{
    uint32_t place = ledger.index[slot_of(key)];
    return place != 0 ? &ledger.entries[place - 1] : NULL;
}

static void empty_index(uint32_t size)
{
    memset(ledger.index, 0, size * sizeof *ledger.index);
    index_mask = size - 1;
}

void ledger_reset(void)
{
    /* The index beyond the part in use is emptied when it comes into use. */
    empty_index(INDEX_LEAST);
    ledger.used = ledger.acquired = 0;
    ledger.summary = (struct ledger_summary){0};
}

/* The frame that left the target: those before it are the world's own. */
int ledger_first_of_target(void *const stack[FRAMES])
{
    for (int i = 0; i < FRAMES && stack[i] != NULL; i++)
        if (site_is_call(stack[i]))
            return i;
    return 0;
}

static int site_of_stack(void *const stack[FRAMES])
{
    return site_of_address(stack[ledger_first_of_target(stack)]);
}

static int site_of_entry(const struct entry *e)
{
    return e->entered >= 0 ? e->entered : site_of_stack(e->stack);
}

static struct ledger_resource describe(const struct entry *e)
{
    return (struct ledger_resource){.kind = (enum ledger_kind)e->kind,
                                    .side = (enum world_side)e->side,
                                    .id = e->key ^ (uint64_t)e->kind << 60,
                                    .bytes = e->bytes,
                                    .guards = e->guards,
                                    .order = e->order,
                                    .call = e->call,
                                    .site = site_of_entry(e),
                                    .caller = e->stack[ledger_first_of_target(e->stack)],
                                    .stack = e->stack};
}

static bool leaves_stacks_out;

void ledger_leave_stacks_out(void)
{
    leaves_stacks_out = true;
}

static ledger_watcher *watcher;
static void *watcher_context;

void ledger_watch(ledger_watcher *w, void *context)
{
    watcher = w;
    watcher_context = context;
}

__attribute__((noinline)) static void tell(bool acquired, const struct entry *e)
{
    struct ledger_resource r = describe(e);
    watcher(acquired, &r, watcher_context);
}

__attribute__((noinline)) void ledger_violate(enum ledger_violation what, enum ledger_kind kind,
                                              uint64_t id)
{
    uint32_t n = ledger.summary.violations++;
    if (n >= LEDGER_KEPT_VIOLATIONS)
        return;
    struct ledger_fault *v = &ledger.violations[n];
    const struct entry *e = look_up(key_of(kind, id));
    *v = (struct ledger_fault){.what = what,
                               .kind = kind,
                               .id = id,
                               .call = world_moment.call,
                               .side = world_moment.side,
                               .site = e != NULL ? site_of_entry(e) : -1};
    stack_walk(__builtin_frame_address(0), v->stack, FRAMES);
}

static void index_anew(uint32_t size)
{
    empty_index(size);
    for (uint32_t i = 0; i < ledger.used; i++)
        ledger.index[slot_of(ledger.entries[i].key)] = (uint16_t)(i + 1);
}

/* Forgets released entries to make room. A second release of one of those is then reported
   as "never acquired". */
static void compact(void)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < ledger.used; i++)
        if (ledger.entries[i].held)
            ledger.entries[n++] = ledger.entries[i];
    ledger.used = n;
    index_anew(INDEX_MOST);
}

/* Whether the index is another one afterwards. */
static bool make_room(void)
{
    if (ledger.used == ENTRIES)
        compact();
    else if (2 * ledger.used > index_mask)
        index_anew(2 * (index_mask + 1));
    else
        return false;
    return true;
}

/* An entry for a new resource: a new one, or the released one of the same key. NULL: too
   many are held. */
static struct entry *claim(uint64_t key)
{
    uint32_t slot = slot_of(key), place = ledger.index[slot];
    if (place != 0 && !ledger.entries[place - 1].held)
        return &ledger.entries[place - 1];
    if (make_room())
        slot = slot_of(key);
    if (ledger.used == ENTRIES)
        return NULL;
    ledger.index[slot] = (uint16_t)++ledger.used;
    return &ledger.entries[ledger.used - 1];
}

static bool is_memory(const struct entry *e)
{
    return e->kind == LEDGER_MEMORY || e->kind == LEDGER_MAPPING;
}

void ledger_acquire(enum ledger_kind kind, uint64_t id, size_t bytes)
{
    uint64_t key = key_of(kind, id);
    struct entry *e = claim(key);
    if (e == NULL) {
        ledger_violate(LEDGER_OVERFLOW, kind, id);
        return;
    }
    e->key = key;
    e->bytes = bytes;
    e->order = ledger.acquired++;
    e->call = world_moment.call;
    e->entered = site_entered();
    e->kind = (uint8_t)kind;
    e->side = (uint8_t)world_moment.side;
    e->guards = 0;
    e->held = true;
    if (leaves_stacks_out)
        e->stack[0] = NULL;
    else
        stack_walk(__builtin_frame_address(0), e->stack, FRAMES);
    ledger.summary.outstanding[e->side]++;
    if (kind == LEDGER_MEMORY)
        ledger.summary.bytes[e->side] += bytes;
    if (is_memory(e) && !allowance_covers((enum world_side)e->side, bytes))
        ledger_violate(LEDGER_UNJUSTIFIED, kind, id);
    if (watcher != NULL)
        tell(true, e);
}

/* Inlined, so that a violation has the same stack by either function: only so many frames are kept.
 */
__attribute__((always_inline)) static inline bool release(enum ledger_kind kind, uint64_t id,
                                                          size_t *bytes)
{
    struct entry *e = look_up(key_of(kind, id));
    if (e == NULL || !e->held) {
        ledger_violate(e != NULL ? LEDGER_DOUBLE_RELEASE : LEDGER_NEVER_ACQUIRED, kind, id);
        return false;
    }
    e->held = false;
    *bytes = e->bytes;
    ledger.summary.outstanding[e->side]--;
    if (kind == LEDGER_MEMORY)
        ledger.summary.bytes[e->side] -= e->bytes;
    if (is_memory(e))
        allowance_returned((enum world_side)e->side, e->bytes);
    if (watcher != NULL)
        tell(false, e);
    return true;
}

bool ledger_release(enum ledger_kind kind, uint64_t id)
{
    size_t bytes;
    return release(kind, id, &bytes);
}

bool ledger_release_sized(enum ledger_kind kind, uint64_t id, size_t *bytes)
{
    return release(kind, id, bytes);
}

void ledger_guard(uint64_t mapping, unsigned guards)
{
    struct entry *e = look_up(key_of(LEDGER_MAPPING, mapping));
    if (e != NULL)
        e->guards = (uint8_t)guards;
}

unsigned ledger_guards_of(uint64_t mapping)
{
    const struct entry *e = look_up(key_of(LEDGER_MAPPING, mapping));
    return e != NULL ? e->guards : 0;
}

size_t ledger_size(enum ledger_kind kind, uint64_t id)
{
    const struct entry *e = look_up(key_of(kind, id));
    return e != NULL && e->held ? e->bytes : 0;
}

struct ledger_summary ledger_summary(void)
{
    struct ledger_summary s = ledger.summary;
    s.locks = lock_count();
    return s;
}

const struct ledger_fault *ledger_fault_at(uint32_t index)
{
    return &ledger.violations[index];
}

enum ledger_violation ledger_violation(uint32_t index)
{
    return ledger.violations[index].what;
}

enum ledger_kind ledger_violation_kind(uint32_t index)
{
    return ledger.violations[index].kind;
}

int ledger_violation_site(uint32_t index)
{
    return ledger.violations[index].site;
}

const void *ledger_violation_caller(uint32_t index)
{
    void *const *stack = ledger.violations[index].stack;
    return stack[ledger_first_of_target(stack)];
}

void *const *ledger_violation_stack(uint32_t index)
{
    return ledger.violations[index].stack;
}

bool ledger_next_held(uint32_t *cursor, struct ledger_resource *out)
{
    while (*cursor < ledger.used) {
        const struct entry *e = &ledger.entries[(*cursor)++];
        if (!e->held)
            continue;
        *out = describe(e);
        return true;
    }
    return false;
}

#if defined(__has_attribute)
#if __has_attribute(weak)
extern void __lsan_ignore_object(const void *block) __attribute__((weak));
#define HAS_LEAK_SANITIZER (&__lsan_ignore_object != NULL)
#endif
#endif

void ledger_has_told(void)
{
#ifdef HAS_LEAK_SANITIZER
    for (uint32_t i = 0; HAS_LEAK_SANITIZER && i < ledger.used; i++) {
        const struct entry *e = &ledger.entries[i];
        if (e->held && e->kind == LEDGER_MEMORY)
            __lsan_ignore_object((const void *)(uintptr_t)(e->key ^ (uint64_t)e->kind << 60));
    }
#endif
}
