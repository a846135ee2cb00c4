/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory. The bytes come from the real allocator, so sanitizers watch them.
 */
#include "fail.h"
#include "faults/fault/fault.h"
#include "faults/fault/sanitizers.h"
#include "faults/seam/wrap.h"
#include "ledger.h"
#include "secret.h"
#include "world_internal.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static uint64_t id_of(const void *block)
{
    return (uint64_t)(uintptr_t)block;
}

#if RUNDOWN_MSAN
#include <sanitizer/msan_interface.h>
#define FORGET_CONTENT(block, size) __msan_allocated_memory(block, size)
#else
#define FORGET_CONTENT(block, size) ((void)0)
#endif

/* The heap is shared with the harness and the engine, which may know the secret: bytes that they
   left in a block must not be attributed to the target. */
static void *fresh(void *block, size_t size)
{
    int fill = world_fill();
    if (block != NULL && (fill != WORLD_NO_FILL || secret_is_watched())) {
        memset(block, fill != WORLD_NO_FILL ? fill : 0xa5, size);
        FORGET_CONTENT(block, size);
    }
    return block;
}

/* Guard bytes after each block, which must not be written to; AddressSanitizer has better ones. */
enum { GUARD = RUNDOWN_ASAN || RUNDOWN_MSAN ? 0 : 16 };
static const uint8_t guard[16] = {0xfd, 0xfd, 0xfd, 0xfd, 0xfd, 0xfd, 0xfd, 0xfd,
                                  0xfd, 0xfd, 0xfd, 0xfd, 0xfd, 0xfd, 0xfd, 0xfd};

static void *guarded(void *block, size_t size)
{
    if (block != NULL)
        memcpy((uint8_t *)block + size, guard, GUARD);
    return block;
}

/* SIZE_MAX where there is no room for the guard: no such block can be had. */
static size_t with_guard(size_t size)
{
    return size <= SIZE_MAX - GUARD ? size + GUARD : SIZE_MAX;
}

static void check_guard(const void *block, size_t size)
{
    if (memcmp((const uint8_t *)block + size, guard, GUARD) != 0)
        ledger_violate(LEDGER_WRITTEN_BEYOND, LEDGER_MEMORY, id_of(block));
}

static void *acquired(void *block, size_t size)
{
    if (block != NULL)
        ledger_acquire(LEDGER_MEMORY, id_of(block), size);
    return block;
}

void *memory_take(size_t size)
{
    return acquired(guarded(fresh(malloc(with_guard(size)), size), size), size);
}

void *__wrap_malloc(size_t size)
{
    struct fault_effect effect = FAULT_POINT(FAULT_MEM_ALLOC);
    if (effect.action == FAULT_FAIL)
        return fail_null(effect.value);
    return memory_take(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    struct fault_effect effect = FAULT_POINT(FAULT_MEM_ALLOC);
    if (effect.action == FAULT_FAIL)
        return fail_null(effect.value);
    if (size > 0 && count > SIZE_MAX / size) {
        errno = ENOMEM;
        return NULL;
    }
    void *block = malloc(with_guard(count * size));
    if (block != NULL)
        memset(block, 0, count * size);
    return acquired(guarded(block, count * size), count * size);
}

/* The old block stays valid when it fails. A block that is not held is a violation, and is not
   touched: the answer is then a new block. */
void *memory_resize(void *block, size_t size)
{
    if (block == NULL)
        return memory_take(size);
    size_t old_size = ledger_size(LEDGER_MEMORY, id_of(block));
    if (size > 0) {
        void *moved = guarded(fresh(malloc(with_guard(size)), size), size);
        if (moved == NULL)
            return NULL;
        if (ledger_release(LEDGER_MEMORY, id_of(block))) {
            memcpy(moved, block, old_size < size ? old_size : size);
            secret_check_released(block, old_size);
            check_guard(block, old_size);
            free(block);
        }
        return acquired(moved, size);
    }
    __wrap_free(block);
    return NULL;
}

void *__wrap_realloc(void *block, size_t size)
{
    struct fault_effect effect = FAULT_POINT(FAULT_MEM_ALLOC);
    if (effect.action == FAULT_FAIL)
        return fail_null(effect.value);
    return memory_resize(block, size);
}

void *__wrap_reallocarray(void *block, size_t count, size_t size)
{
    struct fault_effect effect = FAULT_POINT(FAULT_MEM_ALLOC);
    if (effect.action == FAULT_FAIL)
        return fail_null(effect.value);
    if (size > 0 && count > SIZE_MAX / size)
        return fail_null(ENOMEM);
    return memory_resize(block, count * size);
}

/* A sanitizer ends the process for another one, where libc says EINVAL. */
static bool is_alignment(size_t n)
{
    return n != 0 && (n & (n - 1)) == 0;
}

int __wrap_posix_memalign(void **out, size_t alignment, size_t size)
{
    struct fault_effect effect = FAULT_POINT(FAULT_MEM_ALLOC);
    void *block;
    if (effect.action == FAULT_FAIL)
        return effect.value;
    if (!is_alignment(alignment) || alignment % sizeof(void *) != 0)
        return EINVAL;
    int code = posix_memalign(&block, alignment, with_guard(size));
    if (code == 0)
        *out = acquired(guarded(fresh(block, size), size), size);
    return code;
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    struct fault_effect effect = FAULT_POINT(FAULT_MEM_ALLOC);
    if (effect.action == FAULT_FAIL)
        return fail_null(effect.value);
    if (!is_alignment(alignment))
        return fail_null(EINVAL);
    return acquired(guarded(fresh(memalign(alignment, with_guard(size)), size), size), size);
}

void __wrap_free(void *block)
{
    if (block == NULL)
        return;
    int kept_errno = errno;
    size_t size;
    /* Freeing a block that is not held would crash in the allocator; the violation
       is more informative. */
    if (ledger_release_sized(LEDGER_MEMORY, id_of(block), &size)) {
        secret_check_released(block, size);
        check_guard(block, size);
        free(block);
    }
    errno = kept_errno;
}

void *__wrap_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    struct fault_effect effect = FAULT_POINT(FAULT_MEM_MAP);
    if (effect.action == FAULT_FAIL) {
        errno = effect.value;
        return MAP_FAILED;
    }
    void *mapping = mmap(address, length, protection, flags, fd, offset);
    if (mapping != MAP_FAILED)
        ledger_acquire(LEDGER_MAPPING, id_of(mapping), length);
    return mapping;
}

int __wrap_munmap(void *address, size_t length)
{
    if (!ledger_release(LEDGER_MAPPING, id_of(address))) {
        errno = EINVAL;
        return -1;
    }
    secret_check_released(address, length);
    return munmap(address, length);
}

int __wrap_mlock(const void *address, size_t length)
{
    struct fault_effect effect = FAULT_POINT(FAULT_MEM_LOCK);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    ledger_guard(id_of(address), ledger_guards_of(id_of(address)) | LEDGER_NOT_SWAPPED);
    /* Simulated: a real lock costs a kernel call and depends on the user's limit. */
    return world_mode(WORLD_MEMORY) == WORLD_PASS_THROUGH ? mlock(address, length) : 0;
}

int __wrap_madvise(void *address, size_t length, int advice)
{
    struct fault_effect effect = FAULT_POINT(FAULT_MEM_ADVISE);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    unsigned guards = ledger_guards_of(id_of(address));
    if (advice == MADV_DONTDUMP)
        ledger_guard(id_of(address), guards | LEDGER_NOT_DUMPED);
    else if (advice == MADV_DODUMP)
        ledger_guard(id_of(address), guards & ~(unsigned)LEDGER_NOT_DUMPED);
    return world_mode(WORLD_MEMORY) == WORLD_PASS_THROUGH ? madvise(address, length, advice) : 0;
}

int __wrap_munlock(const void *address, size_t length)
{
    unsigned guards = ledger_guards_of(id_of(address));
    ledger_guard(id_of(address), guards & ~(unsigned)LEDGER_NOT_SWAPPED);
    return world_mode(WORLD_MEMORY) == WORLD_PASS_THROUGH ? munlock(address, length) : 0;
}
