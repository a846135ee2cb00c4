/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger.h"

#include "symbol.h"
#include "world_internal.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if defined(__clang__)
#define UNCHECKED_BY_MSAN __attribute__((no_sanitize("memory")))
#else
#define UNCHECKED_BY_MSAN
#endif

enum { SLOTS = 1 << 16, MOST_HELD = SLOTS / 2, FRAMES = 6, KEPT_VIOLATIONS = 16 };

struct entry {
    uint64_t id;
    size_t bytes;
    void *stack[FRAMES];
    uint32_t call;
    uint8_t kind;
    uint8_t side;
    bool held;
};

struct violation {
    enum ledger_violation what;
    enum ledger_kind kind;
    uint64_t id;
    uint32_t call;
    enum world_side side;
    void *stack[FRAMES];
};

/* Open addressing; a slot is empty until the first use, then it may be reused by another id once it
   is released. `used` lists the slots to undo at the next reset. */
static struct {
    atomic_flag lock;
    struct entry slots[SLOTS];
    uint32_t used[SLOTS];
    uint32_t used_count;
    uint32_t held;
    struct ledger_summary summary;
    struct violation violations[KEPT_VIOLATIONS];
    const void *secret;
    size_t secret_bytes;
} ledger = {.lock = ATOMIC_FLAG_INIT};

static const char *const kind_names[LEDGER_KINDS] = {"memory", "descriptor", "mapping",
                                                     "directory stream", "address list"};
static const char *const violation_names[LEDGER_VIOLATIONS] = {
    "double release",   "release of what was never acquired", "use after release",
    "wait without end", "secret in released memory",          "ledger overflow",
};

static void lock(void)
{
    while (atomic_flag_test_and_set_explicit(&ledger.lock, memory_order_acquire))
        ;
}

static void unlock(void)
{
    atomic_flag_clear_explicit(&ledger.lock, memory_order_release);
}

/* The stack, by frame pointers: a few loads, no unwinder. Stops at the bounds of the thread's
 * stack. */
__attribute__((noinline, no_sanitize("address"))) UNCHECKED_BY_MSAN static void
walk(void *stack[FRAMES])
{
    static _Thread_local uintptr_t top;
    if (top == 0) {
        pthread_attr_t attributes;
        void *base;
        size_t size;
        top = 1;
        if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
            if (pthread_attr_getstack(&attributes, &base, &size) == 0)
                top = (uintptr_t)base + size;
            pthread_attr_destroy(&attributes);
        }
    }
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    for (int i = -2; i < FRAMES; i++) { /* skip this file's and the wrapper's own */
        uintptr_t next = 0;
        if (frame + 2 * sizeof(void *) <= top && frame % sizeof(void *) == 0) {
            next = ((uintptr_t *)frame)[0];
            if (i >= 0)
                stack[i] = ((void **)frame)[1];
        } else if (i >= 0) {
            stack[i] = NULL;
        }
        frame = next > frame ? next : top;
    }
}

static uint32_t slot_of(enum ledger_kind kind, uint64_t id)
{
    uint64_t h = (id ^ (uint64_t)kind << 60) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(h >> 48);
}

static bool is_empty(const struct entry *e)
{
    return e->id == 0 && !e->held;
}

/* The entry of that id, held or released, or NULL. */
static struct entry *look_up(enum ledger_kind kind, uint64_t id)
{
    uint32_t slot = slot_of(kind, id);
    for (uint32_t i = 0; i < SLOTS; i++) {
        struct entry *e = &ledger.slots[(slot + i) % SLOTS];
        if (is_empty(e))
            return NULL;
        if (e->id == id && e->kind == kind)
            return e;
    }
    return NULL;
}

void ledger_reset(void)
{
    for (uint32_t i = 0; i < ledger.used_count; i++) {
        struct entry *e = &ledger.slots[ledger.used[i]];
        e->id = 0;
        e->held = false;
    }
    ledger.used_count = ledger.held = 0;
    ledger.summary = (struct ledger_summary){0};
    ledger.secret = NULL;
}

static void violate(enum ledger_violation what, enum ledger_kind kind, uint64_t id)
{
    uint32_t n = ledger.summary.violations++;
    if (n >= KEPT_VIOLATIONS)
        return;
    struct violation *v = &ledger.violations[n];
    *v = (struct violation){
        .what = what, .kind = kind, .id = id, .call = world_call(), .side = world_side()};
    walk(v->stack);
}

void ledger_violate(enum ledger_violation what, enum ledger_kind kind, uint64_t id)
{
    lock();
    violate(what, kind, id);
    unlock();
}

/* Forgets what was released, so that the table can take more. Double releases of those are then
 * "never acquired". */
static void compact(void)
{
    static struct entry kept[MOST_HELD];
    uint32_t n = 0;
    for (uint32_t i = 0; i < ledger.used_count; i++) {
        struct entry *e = &ledger.slots[ledger.used[i]];
        if (e->held)
            kept[n++] = *e;
        *e = (struct entry){0};
    }
    ledger.used_count = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = slot_of((enum ledger_kind)kept[i].kind, kept[i].id);
        while (!is_empty(&ledger.slots[at]))
            at = (at + 1) % SLOTS;
        ledger.slots[at] = kept[i];
        ledger.used[ledger.used_count++] = at;
    }
}

/* A slot for a new id: an empty one, or its own from before. NULL: the table is full. */
static struct entry *claim(enum ledger_kind kind, uint64_t id)
{
    if (ledger.used_count >= MOST_HELD)
        compact();
    uint32_t slot = slot_of(kind, id);
    for (uint32_t i = 0; i < SLOTS; i++) {
        uint32_t at = (slot + i) % SLOTS;
        struct entry *e = &ledger.slots[at];
        if (!is_empty(e) && (e->held || e->id != id || e->kind != kind))
            continue;
        if (is_empty(e)) {
            if (ledger.used_count >= MOST_HELD)
                return NULL; /* so many are held */
            ledger.used[ledger.used_count++] = at;
        }
        return e;
    }
    return NULL;
}

void ledger_acquire(enum ledger_kind kind, uint64_t id, size_t bytes)
{
    lock();
    struct entry *e = claim(kind, id);
    if (e == NULL) {
        violate(LEDGER_OVERFLOW, kind, id);
    } else {
        e->id = id;
        e->kind = (uint8_t)kind;
        e->bytes = bytes;
        e->call = world_call();
        e->side = (uint8_t)world_side();
        e->held = true;
        walk(e->stack);
        ledger.summary.outstanding[e->side]++;
        if (kind == LEDGER_MEMORY)
            ledger.summary.bytes[e->side] += bytes;
    }
    unlock();
}

bool ledger_release(enum ledger_kind kind, uint64_t id)
{
    lock();
    struct entry *e = look_up(kind, id);
    bool held = e != NULL && e->held;
    if (held) {
        e->held = false;
        ledger.summary.outstanding[e->side]--;
        if (kind == LEDGER_MEMORY)
            ledger.summary.bytes[e->side] -= e->bytes;
    } else {
        violate(e != NULL ? LEDGER_DOUBLE_RELEASE : LEDGER_NEVER_ACQUIRED, kind, id);
    }
    unlock();
    return held;
}

size_t ledger_size(enum ledger_kind kind, uint64_t id)
{
    lock();
    const struct entry *e = look_up(kind, id);
    size_t bytes = e != NULL && e->held ? e->bytes : 0;
    unlock();
    return bytes;
}

struct ledger_summary ledger_summary(void)
{
    return ledger.summary;
}

bool ledger_watches_secret(void)
{
    return ledger.secret != NULL;
}

void ledger_watch_secret(const void *bytes, size_t n)
{
    ledger.secret = n > 0 ? bytes : NULL;
    ledger.secret_bytes = n;
}

/* MemorySanitizer checks what memmem() reads, and here uninitialised bytes are meant to be read. */
#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
UNCHECKED_BY_MSAN static const void *search(const char *block, size_t n, const char *wanted,
                                            size_t m)
{
    for (size_t i = 0; m <= n && i <= n - m; i++) {
        size_t j = 0;
        while (j < m && block[i + j] == wanted[j])
            j++;
        if (j == m)
            return block + i;
    }
    return NULL;
}
#define memmem search
#endif
#endif

/* Reads whatever the block holds, initialised or not: that is what somebody else would find. */
UNCHECKED_BY_MSAN void ledger_check_secret(const void *block, size_t n)
{
    if (ledger.secret != NULL && memmem(block, n, ledger.secret, ledger.secret_bytes) != NULL)
        ledger_violate(LEDGER_SECRET_RELEASED, LEDGER_MEMORY, (uint64_t)(uintptr_t)block);
}

static const char *side_name(enum world_side side)
{
    return side == WORLD_SERVER ? "server" : "client";
}

static void describe_call(uint32_t call, char out[32])
{
    if (call == WORLD_CALL_CLEAN_UP)
        snprintf(out, 32, "the clean-up");
    else
        snprintf(out, 32, "call %" PRIu32, call + 1);
}

const char *ledger_violation_name(uint32_t index)
{
    return violation_names[ledger.violations[index].what];
}

const char *ledger_violation_text(uint32_t index)
{
    static char text[128];
    char call[32];
    const struct violation *v = &ledger.violations[index];
    describe_call(v->call, call);
    snprintf(text, sizeof text, "%s of the %s, in %s", kind_names[v->kind], side_name(v->side),
             call);
    return text;
}

/* "context_open+0x30 < api_backup_prepare+0x1fa < ...": innermost first. */
static void print_stack(void *const stack[FRAMES], FILE *out)
{
    char name[128];
    for (int i = 0; i < FRAMES && stack[i] != NULL; i++)
        fprintf(out, "%s%s", i > 0 ? " < " : "", symbol_format(stack[i], name, sizeof name));
    fputc('\n', out);
}

void ledger_print(FILE *out)
{
    enum { SHOWN = 8 };
    char call[32];
    uint32_t held = 0;
    for (uint32_t i = 0; i < ledger.summary.violations && i < KEPT_VIOLATIONS; i++) {
        fprintf(out, "  %s: %s, by ", ledger_violation_name(i), ledger_violation_text(i));
        print_stack(ledger.violations[i].stack, out);
    }
    for (uint32_t i = 0; i < ledger.used_count; i++) {
        const struct entry *e = &ledger.slots[ledger.used[i]];
        if (!e->held || held++ >= SHOWN)
            continue;
        describe_call(e->call, call);
        fprintf(out, "  leak: the %s holds ", side_name((enum world_side)e->side));
        if (e->kind == LEDGER_MEMORY)
            fprintf(out, "%zu bytes of memory", e->bytes);
        else
            fprintf(out, "a %s", kind_names[e->kind]);
        fprintf(out, ", acquired in %s by ", call);
        print_stack(e->stack, out);
    }
    if (held > SHOWN)
        fprintf(out, "  leak: and %" PRIu32 " things more\n", held - SHOWN);
}
