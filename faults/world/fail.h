/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTS_FAIL_H
#define FAULTS_FAIL_H

#include <errno.h>
#include <stddef.h>

/* How a call of libc fails: -1, or NULL, with errno. */
static inline int fail(int error)
{
    errno = error;
    return -1;
}

static inline void *fail_null(int error)
{
    errno = error;
    return NULL;
}

#endif
