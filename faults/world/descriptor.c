/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Simulated descriptors, and the calls that take one of any kind.
 */
#include "any_memory.h"
#include "fail.h"
#include "faults/fault/fault.h"
#include "faults/seam/wrap.h"
#include "file_internal.h"
#include "ledger.h"
#include "world_internal.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Behind the others, what has the number 0. */
enum { ZERO = DESCRIPTORS };

static struct {
    struct descriptor table[DESCRIPTORS + 1];
    bool was_open[DESCRIPTORS + 1];
    unsigned next;      /* number of descriptors opened since the reset */
    bool zero_is_given; /* to the client, whenever it is free */
} descriptors;

bool descriptor_zero_was_given;

static unsigned index_of(int fd)
{
    return fd == 0 ? ZERO : (unsigned)(fd - DESCRIPTOR_BASE);
}

void world_close_standard_input(bool closed)
{
    descriptors.zero_is_given = closed;
}

void descriptor_reset(void)
{
    unsigned used = descriptors.next < DESCRIPTORS ? descriptors.next : DESCRIPTORS;
    for (unsigned i = 0; i < used; i++) {
        descriptors.table[i].kind = DESCRIPTOR_FREE;
        descriptors.was_open[i] = false;
    }
    descriptors.next = 0;
    descriptors.table[ZERO].kind = DESCRIPTOR_FREE;
    descriptors.was_open[ZERO] = false;
    descriptors.zero_is_given = descriptor_zero_was_given = false;
}

static int take(unsigned i, enum descriptor_kind kind, void *object)
{
    descriptors.table[i] = (struct descriptor){.kind = kind, .object = object};
    descriptors.was_open[i] = true;
    return descriptor_acquired(i == ZERO ? 0 : DESCRIPTOR_BASE + (int)i);
}

int descriptor_open(enum descriptor_kind kind, void *object)
{
    if (descriptors.zero_is_given && world_side() == WORLD_CLIENT &&
        descriptors.table[ZERO].kind == DESCRIPTOR_FREE) {
        descriptor_zero_was_given = true;
        return take(ZERO, kind, object);
    }
    for (unsigned tries = 0; tries < DESCRIPTORS; tries++) {
        unsigned i = descriptors.next++ % DESCRIPTORS;
        if (descriptors.table[i].kind == DESCRIPTOR_FREE)
            return take(i, kind, object);
    }
    errno = EMFILE;
    return -1;
}

int descriptor_acquired(int fd)
{
    if (fd >= 0)
        ledger_acquire(LEDGER_DESCRIPTOR, (uint64_t)fd + 1, 0);
    return fd;
}

struct descriptor *descriptor_any(int fd)
{
    struct descriptor *d = descriptor_is_simulated(fd) ? &descriptors.table[index_of(fd)] : NULL;
    if (d != NULL && d->kind != DESCRIPTOR_FREE)
        return d;
    if (d != NULL)
        ledger_violate(descriptors.was_open[index_of(fd)] ? LEDGER_USE_AFTER_RELEASE
                                                          : LEDGER_NEVER_ACQUIRED,
                       LEDGER_DESCRIPTOR, (uint64_t)fd + 1);
    errno = EBADF;
    return NULL;
}

bool descriptor_is(int fd, enum descriptor_kind kind)
{
    return descriptor_is_simulated(fd) && descriptors.table[index_of(fd)].kind == kind;
}

struct descriptor *descriptor_get(int fd, enum descriptor_kind kind)
{
    struct descriptor *d = descriptor_any(fd);
    if (d == NULL || d->kind == kind)
        return d;
    errno = kind == DESCRIPTOR_SOCKET ? ENOTSOCK : EINVAL;
    return NULL;
}

static bool is_real_file(int fd)
{
    struct stat about;
    return !descriptor_is_simulated(fd) && world_mode(WORLD_FILE) == WORLD_PASS_THROUGH &&
           fstat(fd, &about) == 0 && !S_ISSOCK(about.st_mode);
}

/* Only of a file can close() say what became of writes. Sockets and events are not at a fault
 * point. */
static struct fault_effect close_point(int fd, const void *caller)
{
    if (is_real_file(fd) || descriptor_is(fd, DESCRIPTOR_FILE))
        return file_point(FAULT_FILE_CLOSE, caller);
    world_count_step();
    return (struct fault_effect){FAULT_GO_ON, 0};
}

/* The descriptor is gone whatever it returns. */
static int close_at(int fd, const void *caller)
{
    struct fault_effect effect = close_point(fd, caller);
    if (!ledger_release(LEDGER_DESCRIPTOR, (uint64_t)fd + 1)) {
        errno = EBADF;
        return -1;
    }
    if (!descriptor_is_simulated(fd)) {
        int result = close(fd);
        return effect.action == FAULT_FAIL ? fail(effect.value) : result;
    }
    struct descriptor *d = &descriptors.table[index_of(fd)];
    if (d->kind == DESCRIPTOR_SOCKET)
        net_descriptor_closed(d);
    else if (d->kind == DESCRIPTOR_FILE)
        file_descriptor_closed(d);
    d->kind = DESCRIPTOR_FREE;
    return effect.action == FAULT_FAIL ? fail(effect.value) : 0;
}

int __wrap_close(int fd)
{
    return close_at(fd, __builtin_return_address(0));
}

/* Some close a descriptor so, lest it be a cancellation point; other numbers are the kernel's,
   which looks at as many words as it needs. */
READS_ANY_MEMORY long __wrap_syscall(long number, ...)
{
    long word[6];
    va_list arguments;
    va_start(arguments, number);
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        word[i] = va_arg(arguments, long);
    va_end(arguments);
    if (number == SYS_close)
        return close_at((int)word[0], __builtin_return_address(0));
    return syscall(number, word[0], word[1], word[2], word[3], word[4], word[5]);
}

int __wrap_eventfd(unsigned count, int flags)
{
    struct fault_effect effect = FAULT_POINT(FAULT_NET_EVENT);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (world_mode(WORLD_NET) == WORLD_PASS_THROUGH)
        return descriptor_acquired(eventfd(count, flags));
    if (flags & ~(EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK))
        return fail(EINVAL);
    int fd = descriptor_open(DESCRIPTOR_EVENT, NULL);
    if (fd >= 0)
        descriptors.table[index_of(fd)].count = count;
    return fd;
}

int __wrap_eventfd_read(int fd, eventfd_t *value)
{
    struct fault_effect effect = FAULT_POINT(FAULT_NET_WAKE);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (!descriptor_is_simulated(fd))
        return eventfd_read(fd, value);
    struct descriptor *d = descriptor_get(fd, DESCRIPTOR_EVENT);
    if (d == NULL)
        return -1;
    if (d->count == 0)
        return fail(EAGAIN);
    *value = d->count;
    d->count = 0;
    return 0;
}

int __wrap_eventfd_write(int fd, eventfd_t value)
{
    struct fault_effect effect = FAULT_POINT(FAULT_NET_WAKE);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (!descriptor_is_simulated(fd))
        return eventfd_write(fd, value);
    struct descriptor *d = descriptor_get(fd, DESCRIPTOR_EVENT);
    if (d == NULL)
        return -1;
    d->count += value;
    return 0;
}
