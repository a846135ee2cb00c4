/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the calls that stand before those of libc.
 */
#ifndef FAULTS_PRELOAD_NEXT_H
#define FAULTS_PRELOAD_NEXT_H

#include "watch.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <sys/types.h>

/* The function of that name that would have been called. */
#define NEXT(name)                                                                                 \
    ({                                                                                             \
        static __typeof__(name) *next_##name;                                                      \
        if (next_##name == NULL)                                                                   \
            *(void **)&next_##name = dlsym(RTLD_NEXT, #name);                                      \
        next_##name;                                                                               \
    })

/* Whether the call fails at its fault point, with errno set. */
#define FAILS(class, place)                                                                        \
    (preload_cross(class, __builtin_return_address(0), place).action != FAULT_GO_ON)

#pragma GCC visibility push(hidden)
/* How many bytes a call moves: -1: it fails; 0: the end. */
ssize_t preload_allowed(struct fault_effect effect, size_t count);
bool preload_is_socket(int fd);
/* Both ends were acquired there if `result` is 0. Returns it. */
int preload_keep_pair(int result, const int ends[2], int place);
#pragma GCC visibility pop

#endif
