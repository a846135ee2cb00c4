/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts what a real process holds of the heap, exactly: to be put in front of libc with
 * LD_PRELOAD. The file that RUNDOWN_HEAP names, with the number of the process behind it, has two
 * 64-bit numbers: bytes and blocks that are allocated now.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

static _Atomic int64_t before[2], *counts = before;

__attribute__((constructor)) static void map_counts(void)
{
    char path[4096];
    const char *prefix = getenv("RUNDOWN_HEAP");
    if (prefix == NULL)
        return;
    snprintf(path, sizeof path, "%s.%d", prefix, (int)getpid());
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    void *page = MAP_FAILED;
    if (ftruncate(fd, sizeof before) == 0)
        page = mmap(NULL, sizeof before, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (page == MAP_FAILED)
        return;
    memcpy(page, (const void *)before, sizeof before);
    counts = page;
}

/* `sign`: 1 or -1. */
static void *count(void *block, int sign)
{
    if (block != NULL) {
        atomic_fetch_add(&counts[0], sign * (int64_t)malloc_usable_size(block));
        atomic_fetch_add(&counts[1], sign);
    }
    return block;
}

void *malloc(size_t size)
{
    return count(__libc_malloc(size), 1);
}

void *calloc(size_t n, size_t size)
{
    return count(__libc_calloc(n, size), 1);
}

void free(void *block)
{
    __libc_free(count(block, -1));
}

void *realloc(void *block, size_t size)
{
    count(block, -1);
    void *moved = __libc_realloc(block, size);
    /* What could not grow is still there. */
    count(moved != NULL || size == 0 ? moved : block, 1);
    return moved;
}

void *memalign(size_t alignment, size_t size)
{
    return count(__libc_memalign(alignment, size), 1);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    void *block = memalign(alignment, size);
    if (block == NULL)
        return ENOMEM;
    *out = block;
    return 0;
}
