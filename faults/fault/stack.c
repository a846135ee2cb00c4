/* SPDX-License-Identifier: Apache-2.0 */
#include "stack.h"

#include "site.h"

#include <execinfo.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__clang__)
#define UNCHECKED_BY_MSAN __attribute__((no_sanitize("memory")))
#else
#define UNCHECKED_BY_MSAN
#endif

/* Where the stack of this thread ends. */
static uintptr_t find_top(void)
{
    pthread_attr_t attributes;
    void *base;
    size_t size;
    uintptr_t top = 2 * sizeof(void *); /* unknown: nothing is walked */
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        if (pthread_attr_getstack(&attributes, &base, &size) == 0)
            top = (uintptr_t)base + size;
        pthread_attr_destroy(&attributes);
    }
    return top;
}

/* By the unwinder: archives of other people keep no frame pointers. */
static void unwind(void **out, int most)
{
    enum { OWN = 2 };
    void *frames[64];
    int n = backtrace(frames, most + OWN < 64 ? most + OWN : 64);
    for (int i = 0; i < most; i++)
        out[i] = i + OWN < n ? frames[i + OWN] : NULL;
}

__attribute__((no_sanitize("address"))) UNCHECKED_BY_MSAN void stack_walk(const void *start,
                                                                          void **out, int most)
{
    static _Thread_local uintptr_t top;
    if (site_has_entries()) {
        unwind(out, most);
        return;
    }
    if (__builtin_expect(top == 0, 0))
        top = find_top();
    const uintptr_t last = top - 2 * sizeof(void *);
    uintptr_t frame = (uintptr_t)start;
    for (int i = 0; i < most; i++) {
        uintptr_t next = *(const uintptr_t *)frame;
        if (next <= frame || next > last || (next & (sizeof(void *) - 1)) != 0) {
            out[i] = NULL;
            return;
        }
        frame = next;
        memcpy(&out[i], (const void *)(frame + sizeof(void *)), sizeof out[i]);
    }
}
