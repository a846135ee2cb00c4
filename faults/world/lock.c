/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Locks. The world has one thread, so a call that would wait would wait forever, and is a finding;
 * but for that of another caller (other_caller.h), which may wait until the first one has returned.
 * No fault points: pthread_mutex_init() and pthread_mutex_lock() of a plain mutex do not fail here
 * (pthread_mutex_init(3)), and the target starts no threads.
 */
#include "faults/seam/wrap.h"
#include "ledger.h"
#include "other_caller.h"
#include "symbol.h"
#include "world_internal.h"

#include <errno.h>
#include <stdlib.h>

enum { MOST_LOCKS = 32 };

static struct {
    struct held {
        const void *mutex;
        void *stack[2]; /* who took it */
        uint32_t call;
        enum world_side side;
        bool others; /* of the other caller */
    } held[MOST_LOCKS];
    uint32_t count;
} locks;

void lock_reset(void)
{
    locks.count = 0;
}

uint32_t lock_count(void)
{
    return locks.count;
}

static uint64_t id_of(const void *mutex)
{
    return (uint64_t)(uintptr_t)mutex;
}

static struct held *find(const void *mutex)
{
    /* The youngest first: locks are given back in that order. */
    for (uint32_t i = locks.count; i-- > 0;)
        if (locks.held[i].mutex == mutex)
            return &locks.held[i];
    return NULL;
}

static int take(const void *mutex, const void *caller)
{
    if (locks.count == MOST_LOCKS) {
        ledger_violate(LEDGER_OVERFLOW, LEDGER_MUTEX, id_of(mutex));
        return EAGAIN;
    }
    locks.held[locks.count++] = (struct held){mutex,
                                              {(void *)(uintptr_t)caller, NULL},
                                              world_moment.call,
                                              world_moment.side,
                                              other_caller_works()};
    return 0;
}

/* May be taken again by who has it; each time is an entry. glibc keeps the type there. */
static bool is_recursive(const pthread_mutex_t *mutex)
{
    enum { TYPE = 3 };
    return (mutex->__data.__kind & TYPE) == PTHREAD_MUTEX_RECURSIVE;
}

/* Whether the caller may have it now: of two callers only one may have even a recursive one. */
static bool is_free(const pthread_mutex_t *mutex)
{
    const struct held *h = find(mutex);
    return h == NULL || (is_recursive(mutex) && h->others == other_caller_works());
}

int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
    if (is_free(mutex))
        return take(mutex, __builtin_return_address(0));
    bool is_anothers = find(mutex)->others != other_caller_works();
    if (is_anothers && other_caller_waits() && is_free(mutex))
        return take(mutex, __builtin_return_address(0));
    ledger_violate(LEDGER_LOCKED_TWICE, LEDGER_MUTEX, id_of(mutex));
    return EDEADLK;
}

int __wrap_pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    return is_free(mutex) ? take(mutex, __builtin_return_address(0)) : EBUSY;
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    struct held *h = find(mutex);
    if (h == NULL) {
        ledger_violate(LEDGER_UNLOCKED_FREE, LEDGER_MUTEX, id_of(mutex));
        return EPERM;
    }
    /* Mostly it is the last one; then nothing has to be moved. */
    const struct held *last = &locks.held[--locks.count];
    if (h != last)
        *h = *last;
    return 0;
}

int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    int code = pthread_mutex_init(mutex, attributes);
    if (code == 0)
        ledger_acquire(LEDGER_MUTEX, id_of(mutex), 0);
    return code;
}

int __wrap_pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    if (find(mutex) != NULL)
        ledger_violate(LEDGER_DESTROYED_LOCKED, LEDGER_MUTEX, id_of(mutex));
    if (!ledger_release(LEDGER_MUTEX, id_of(mutex)))
        return EINVAL;
    return pthread_mutex_destroy(mutex);
}

/* The other caller goes on when the first one has returned. Else nobody could signal, and a caller
   that waits in a loop would never leave it. */
int __wrap_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    (void)condition;
    if (other_caller_may_wait()) {
        __wrap_pthread_mutex_unlock(mutex);
        other_caller_waits();
        return __wrap_pthread_mutex_lock(mutex);
    }
    ledger_violate(LEDGER_WAIT_WITHOUT_END, LEDGER_MUTEX, id_of(mutex));
    fprintf(stderr, "FINDING wait without end: pthread_cond_wait() with nobody to signal\n");
    abort();
}

bool ledger_next_lock(uint32_t *cursor, struct ledger_resource *out)
{
    if (*cursor >= locks.count)
        return false;
    struct held *h = &locks.held[(*cursor)++];
    *out = (struct ledger_resource){.kind = LEDGER_MUTEX,
                                    .side = h->side,
                                    .id = id_of(h->mutex),
                                    .call = h->call,
                                    .site = -1,
                                    .caller = h->stack[0],
                                    .stack = h->stack};
    return true;
}

void lock_print(FILE *out)
{
    char call[32], place[128];
    for (uint32_t i = 0; i < locks.count; i++) {
        world_call_text(locks.held[i].call, call);
        fprintf(out, "  kept: a lock, taken in %s by %s\n", call,
                symbol_format(locks.held[i].stack[0], place, sizeof place));
    }
}
