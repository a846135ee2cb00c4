/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors of any kind: pipes, copies.
 */
#include "next.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

int preload_keep_pair(int result, const int ends[2], int place)
{
    for (int i = 0; result == 0 && i < 2; i++)
        preload_keep_descriptor(ends[i], place);
    return result;
}

int pipe(int ends[2])
{
    int place;
    return FAILS(FAULT_FD_PIPE, &place) ? -1 : preload_keep_pair(NEXT(pipe)(ends), ends, place);
}

int pipe2(int ends[2], int flags)
{
    int place;
    return FAILS(FAULT_FD_PIPE, &place) ? -1
                                        : preload_keep_pair(NEXT(pipe2)(ends, flags), ends, place);
}

int dup(int fd)
{
    int place;
    return FAILS(FAULT_FD_DUP, &place) ? -1 : preload_keep_descriptor(NEXT(dup)(fd), place);
}

/* What had the number is closed. */
static int replaced(int fd, int number, int place)
{
    if (number == -1 || fd == number)
        return number;
    preload_drop_descriptor(number);
    return preload_keep_descriptor(number, place);
}

int dup2(int fd, int number)
{
    int place;
    return FAILS(FAULT_FD_REPLACE, &place) ? -1 : replaced(fd, NEXT(dup2)(fd, number), place);
}

int dup3(int fd, int number, int flags)
{
    int place;
    return FAILS(FAULT_FD_REPLACE, &place) ? -1
                                           : replaced(fd, NEXT(dup3)(fd, number, flags), place);
}

/* Only what copies a descriptor is at a fault point. Whatever the argument is, it is handed on as
   libc takes it. */
#define FCNTL(name)                                                                                \
    int name(int fd, int operation, ...)                                                           \
    {                                                                                              \
        int place;                                                                                 \
        va_list rest;                                                                              \
        va_start(rest, operation);                                                                 \
        void *argument = va_arg(rest, void *);                                                     \
        va_end(rest);                                                                              \
        if (operation != F_DUPFD && operation != F_DUPFD_CLOEXEC)                                  \
            return NEXT(name)(fd, operation, argument);                                            \
        if (FAILS(FAULT_FD_DUP, &place))                                                           \
            return -1;                                                                             \
        return preload_keep_descriptor(NEXT(name)(fd, operation, argument), place);                \
    }
FCNTL(fcntl)
FCNTL(fcntl64)
