/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger.h"

#include "site.h"
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

enum {
    ENTRIES = 1 << 15,
    INDEX = 2 * ENTRIES,
    FRAMES = 6,
    KEPT_VIOLATIONS = 16,
};

struct entry {
    uint64_t id;
    size_t bytes;
    void *stack[FRAMES];
    uint32_t call;
    uint16_t at; /* in the index */
    uint8_t kind;
    uint8_t side;
    bool held; /* else released; kept, so that a second release is known for what it is */
};

struct violation {
    enum ledger_violation what;
    enum ledger_kind kind;
    uint64_t id;
    uint32_t call;
    enum world_side side;
    void *stack[FRAMES];
};

/* Entries lie one behind the other, in the order in which they came; the index finds them by open
   addressing, 0 is empty. So a short program touches little memory, and little is to be undone. */
static struct {
    atomic_flag lock;
    struct entry entries[ENTRIES];
    uint16_t index[INDEX]; /* 1 + place in entries */
    uint32_t used;
    struct ledger_summary summary;
    struct violation violations[KEPT_VIOLATIONS];
    const void *secret;
    size_t secret_bytes;
} ledger = {.lock = ATOMIC_FLAG_INIT};

static const char *const kind_names[LEDGER_KINDS] = {"memory",           "descriptor",   "mapping",
                                                     "directory stream", "address list", "mutex"};
static const char *const violation_names[LEDGER_VIOLATIONS] = {
    "double release",
    "release of what was never acquired",
    "use after release",
    "wait without end",
    "secret in released memory",
    "ledger overflow",
    "locked twice",
    "unlocked without a lock",
    "destroyed while locked",
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
    return (uint32_t)(h >> 48) % INDEX;
}

/* The entry of that id, held or released, or NULL. *slot: where it is in the index, or would be. */
static struct entry *look_up(enum ledger_kind kind, uint64_t id, uint32_t *slot)
{
    for (*slot = slot_of(kind, id); ledger.index[*slot] != 0; *slot = (*slot + 1) % INDEX) {
        struct entry *e = &ledger.entries[ledger.index[*slot] - 1];
        if (e->id == id && e->kind == kind)
            return e;
    }
    return NULL;
}

void ledger_reset(void)
{
    for (uint32_t i = 0; i < ledger.used; i++)
        ledger.index[ledger.entries[i].at] = 0;
    ledger.used = 0;
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
    uint32_t n = 0, slot;
    memset(ledger.index, 0, sizeof ledger.index);
    for (uint32_t i = 0; i < ledger.used; i++) {
        if (!ledger.entries[i].held)
            continue;
        struct entry *e = &ledger.entries[n++];
        *e = ledger.entries[i];
        look_up((enum ledger_kind)e->kind, e->id, &slot);
        e->at = (uint16_t)slot;
        ledger.index[slot] = (uint16_t)n;
    }
    ledger.used = n;
}

/* An entry for a new id: a new one, or its own from before. NULL: so many are held. */
static struct entry *claim(enum ledger_kind kind, uint64_t id)
{
    uint32_t slot;
    struct entry *e = look_up(kind, id, &slot);
    if (e != NULL && !e->held)
        return e;
    if (ledger.used == ENTRIES) {
        compact();
        look_up(kind, id, &slot);
    }
    if (ledger.used == ENTRIES)
        return NULL;
    e = &ledger.entries[ledger.used++];
    e->at = (uint16_t)slot;
    ledger.index[slot] = (uint16_t)ledger.used;
    return e;
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
    uint32_t slot;
    struct entry *e = look_up(kind, id, &slot);
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
    uint32_t slot;
    const struct entry *e = look_up(kind, id, &slot);
    size_t bytes = e != NULL && e->held ? e->bytes : 0;
    unlock();
    return bytes;
}

struct ledger_summary ledger_summary(void)
{
    struct ledger_summary s = ledger.summary;
    s.locks = lock_count();
    return s;
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
    if (call == WORLD_CALL_SET_UP)
        snprintf(out, 32, "the set-up");
    else if (call == WORLD_CALL_CLEAN_UP || call == WORLD_CALL_AFTERWARDS)
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
    for (uint32_t i = 0; i < ledger.used; i++) {
        const struct entry *e = &ledger.entries[i];
        if (!e->held || held++ >= SHOWN)
            continue;
        describe_call(e->call, call);
        fprintf(out, "  leak: the %s holds ", side_name((enum world_side)e->side));
        if (e->kind == LEDGER_MEMORY)
            fprintf(out, "%zu bytes of memory", e->bytes);
        else
            fprintf(out, "a %s", kind_names[e->kind]);
        int site = site_of_address(e->stack[0]);
        if (site >= 0)
            fprintf(out, " of %s", site_name((unsigned)site));
        fprintf(out, ", acquired in %s by ", call);
        print_stack(e->stack, out);
    }
    lock_print(out);
    if (held > SHOWN)
        fprintf(out, "  leak: and %" PRIu32 " things more\n", held - SHOWN);
}
