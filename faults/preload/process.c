/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Child processes: they are counted (watch.c), and not watched.
 */
#include "next.h"

#include <unistd.h>

pid_t fork(void)
{
    int place;
    return FAILS(FAULT_PROC_FORK, &place) ? -1 : NEXT(fork)();
}
