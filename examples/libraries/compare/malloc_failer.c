/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LD_PRELOAD: the FAIL_AT-th allocation of the process fails, or with FAIL_ON each from there on. With FAIL_COUNT the number of
 * allocations is written to that descriptor when the process ends.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

static long allocations, fail_at, fail_on;

static int fails(void)
{
    const char *at = allocations++ == 0 ? getenv("FAIL_AT") : NULL;
    if (at != NULL) {
        fail_at = atol(at);
        fail_on = getenv("FAIL_ON") != NULL;
    }
    int now = fail_at > 0 && (allocations == fail_at || (fail_on && allocations > fail_at));
    errno = now ? ENOMEM : errno;
    return now;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return fails() ? NULL : __libc_realloc(block, size);
}

__attribute__((destructor)) static void tell(void)
{
    const char *to = getenv("FAIL_COUNT");
    if (to != NULL)
        dprintf(atoi(to), "%ld\n", allocations);
}
