/* SPDX-License-Identifier: Apache-2.0 */
#include "stack.h"

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
    uintptr_t top = sizeof(void *); /* unknown: nothing is walked */
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        if (pthread_attr_getstack(&attributes, &base, &size) == 0)
            top = (uintptr_t)base + size;
        pthread_attr_destroy(&attributes);
    }
    return top;
}

__attribute__((noinline)) void stack_unwind(void **out, int most)
{
    enum { OWN = 2 };
    void *frames[64];
    int n = backtrace(frames, most + OWN < 64 ? most + OWN : 64);
    for (int i = 0; i < most; i++)
        out[i] = i + OWN < n ? frames[i + OWN] : NULL;
}

/* Of a model that needs no call, as position-independent code may. */
static _Thread_local uintptr_t top __attribute__((tls_model("initial-exec")));

__attribute__((no_sanitize("address"))) UNCHECKED_BY_MSAN static inline void
walk(uintptr_t frame, void **out, int most)
{
    const uintptr_t end = top - sizeof(void *); /* there is no room for the two words of a frame */
    for (int i = 0; i < most; i++) {
        uintptr_t next = *(const uintptr_t *)frame;
        if (next <= frame || next >= end || next % sizeof(void *) != 0) {
            out[i] = NULL;
            return;
        }
        frame = next;
        memcpy(&out[i], (const void *)(frame + sizeof(void *)), sizeof out[i]);
    }
}

/* Apart, so that no later walk saves registers for the call. */
__attribute__((noinline)) static void walk_first(uintptr_t frame, void **out, int most)
{
    top = find_top();
    walk(frame, out, most);
}

void stack_walk_frames(const void *start, void **out, int most)
{
    if (__builtin_expect(top == 0, 0))
        walk_first((uintptr_t)start, out, most);
    else
        walk((uintptr_t)start, out, most);
}
