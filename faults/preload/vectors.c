/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes from and to several buffers at once.
 */
#include "next.h"

#include <sys/uio.h>

static size_t sum(const struct iovec *all, int count)
{
    size_t n = 0;
    for (int i = 0; i < count; i++)
        n += all[i].iov_len;
    return n;
}

/* What a call moves of them: all, or `n` bytes at most of the first that has any. Returns how many
   buffers that is. */
static int part_of(const struct iovec **all, int count, size_t n, struct iovec *first)
{
    if (n >= sum(*all, count))
        return count;
    while ((*all)->iov_len == 0)
        (*all)++;
    *first = **all;
    if (n < first->iov_len)
        first->iov_len = n;
    *all = first;
    return 1;
}

/* -1 and 0 as of preload_allowed(). */
static ssize_t allowed(int fd, bool reads, const struct iovec *all, int count, const void *caller)
{
    int place;
    enum fault_class class = preload_is_socket(fd) ? (reads ? FAULT_NET_RECV : FAULT_NET_SEND)
                             : reads               ? FAULT_FILE_READ
                                                   : FAULT_FILE_WRITE;
    return preload_allowed(preload_cross(class, caller, &place), sum(all, count));
}

// NOLINTBEGIN(bugprone-macro-parentheses): the parameters of a function
#define VECTORS(name, reads, parameters, ...)                                                      \
    ssize_t name parameters                                                                        \
    {                                                                                              \
        struct iovec first;                                                                        \
        ssize_t n = allowed(fd, reads, all, count, __builtin_return_address(0));                   \
        if (n < 0 || (n == 0 && sum(all, count) > 0))                                              \
            return n;                                                                              \
        count = part_of(&all, count, (size_t)n, &first);                                           \
        return NEXT(name)(__VA_ARGS__);                                                            \
    }
// NOLINTEND(bugprone-macro-parentheses)
VECTORS(readv, true, (int fd, const struct iovec *all, int count), fd, all, count)
VECTORS(writev, false, (int fd, const struct iovec *all, int count), fd, all, count)
VECTORS(preadv, true, (int fd, const struct iovec *all, int count, off_t offset), fd, all, count,
        offset)
VECTORS(preadv64, true, (int fd, const struct iovec *all, int count, off64_t offset), fd, all,
        count, offset)
VECTORS(pwritev, false, (int fd, const struct iovec *all, int count, off_t offset), fd, all, count,
        offset)
VECTORS(pwritev64, false, (int fd, const struct iovec *all, int count, off64_t offset), fd, all,
        count, offset)
