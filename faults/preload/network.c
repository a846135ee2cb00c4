/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets, and waiting for them.
 */
#include "next.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>

// NOLINTBEGIN(bugprone-macro-parentheses): the parameters of a function
/* What makes a descriptor. */
#define MAKE(class, name, parameters, arguments)                                                   \
    int name parameters                                                                            \
    {                                                                                              \
        int place;                                                                                 \
        return FAILS(class, &place) ? -1 : preload_keep_descriptor(NEXT(name) arguments, place);   \
    }
/* What succeeds or fails. */
#define PLAIN(class, name, parameters, arguments)                                                  \
    int name parameters                                                                            \
    {                                                                                              \
        int place;                                                                                 \
        return FAILS(class, &place) ? -1 : NEXT(name) arguments;                                   \
    }
// NOLINTEND(bugprone-macro-parentheses)
MAKE(FAULT_NET_SOCKET, socket, (int family, int type, int protocol), (family, type, protocol))
MAKE(FAULT_NET_EVENT, eventfd, (unsigned count, int flags), (count, flags))
MAKE(FAULT_NET_EPOLL, epoll_create, (int size), (size))
MAKE(FAULT_NET_EPOLL, epoll_create1, (int flags), (flags))
MAKE(FAULT_NET_ACCEPT, accept,
     (int fd, struct sockaddr *restrict address, socklen_t *restrict size), (fd, address, size))
MAKE(FAULT_NET_ACCEPT, accept4,
     (int fd, struct sockaddr *restrict address, socklen_t *restrict size, int flags),
     (fd, address, size, flags))
PLAIN(FAULT_NET_BIND, bind, (int fd, const struct sockaddr *address, socklen_t size),
      (fd, address, size))
PLAIN(FAULT_NET_LISTEN, listen, (int fd, int backlog), (fd, backlog))
PLAIN(FAULT_NET_CONNECT, connect, (int fd, const struct sockaddr *address, socklen_t size),
      (fd, address, size))
PLAIN(FAULT_NET_OPTION, getsockopt, (int fd, int level, int name, void *value, socklen_t *size),
      (fd, level, name, value, size))
PLAIN(FAULT_NET_OPTION, setsockopt,
      (int fd, int level, int name, const void *value, socklen_t size),
      (fd, level, name, value, size))
PLAIN(FAULT_NET_WATCH, epoll_ctl, (int fd, int operation, int of, struct epoll_event *event),
      (fd, operation, of, event))

int socketpair(int family, int type, int protocol, int ends[2])
{
    int place;
    if (FAILS(FAULT_NET_SOCKET, &place))
        return -1;
    return preload_keep_pair(NEXT(socketpair)(family, type, protocol, ends), ends, place);
}

/* Bytes --------------------------------------------------------------------------------------- */

static ssize_t allowed(enum fault_class class, size_t count, const void *caller)
{
    int place;
    return preload_allowed(preload_cross(class, caller, &place), count);
}

ssize_t send(int fd, const void *in, size_t count, int flags)
{
    ssize_t n = allowed(FAULT_NET_SEND, count, __builtin_return_address(0));
    return n < 0 ? n : NEXT(send)(fd, in, (size_t)n, flags);
}

ssize_t sendto(int fd, const void *in, size_t count, int flags, const struct sockaddr *to,
               socklen_t size)
{
    ssize_t n = allowed(FAULT_NET_SEND, count, __builtin_return_address(0));
    return n < 0 ? n : NEXT(sendto)(fd, in, (size_t)n, flags, to, size);
}

ssize_t recv(int fd, void *out, size_t count, int flags)
{
    ssize_t n = allowed(FAULT_NET_RECV, count, __builtin_return_address(0));
    return n <= 0 && count != 0 ? n : NEXT(recv)(fd, out, (size_t)n, flags);
}

extern ssize_t __recv_chk(int fd, void *out, size_t count, size_t room, int flags); // NOLINT

ssize_t __recv_chk(int fd, void *out, size_t count, size_t room, int flags) // NOLINT
{
    ssize_t n = allowed(FAULT_NET_RECV, count, __builtin_return_address(0));
    return n <= 0 && count != 0 ? n : NEXT(__recv_chk)(fd, out, (size_t)n, room, flags);
}

ssize_t recvfrom(int fd, void *restrict out, size_t count, int flags,
                 struct sockaddr *restrict from, socklen_t *restrict size)
{
    ssize_t n = allowed(FAULT_NET_RECV, count, __builtin_return_address(0));
    return n <= 0 && count != 0 ? n : NEXT(recvfrom)(fd, out, (size_t)n, flags, from, size);
}

/* A message has parts: it is moved whole, or the call fails, or the connection has ended. */
ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    ssize_t n = allowed(FAULT_NET_SEND, 1, __builtin_return_address(0));
    return n < 0 ? n : NEXT(sendmsg)(fd, message, flags);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    ssize_t n = allowed(FAULT_NET_RECV, 1, __builtin_return_address(0));
    return n <= 0 ? n : NEXT(recvmsg)(fd, message, flags);
}

/* Waiting ------------------------------------------------------------------------------------- */

/* Whether a fault ends the wait, at once: a deadline that is to pass is not waited for, and where
   there is none it cannot pass. */
static bool ends_wait(struct pollfd *all, nfds_t count, int timeout, const void *caller,
                      int *result)
{
    int place;
    struct fault_effect effect = preload_cross(FAULT_NET_POLL, caller, &place);
    *result = -1;
    if (effect.action == FAULT_FAIL)
        return true;
    if (effect.action == FAULT_GO_ON || timeout < 0)
        return false;
    for (nfds_t i = 0; i < count; i++)
        all[i].revents = 0;
    *result = 0;
    return true;
}

int poll(struct pollfd *all, nfds_t count, int timeout)
{
    int result;
    return ends_wait(all, count, timeout, __builtin_return_address(0), &result)
               ? result
               : NEXT(poll)(all, count, timeout);
}

extern int __poll_chk(struct pollfd *all, nfds_t count, int timeout, size_t room); // NOLINT

int __poll_chk(struct pollfd *all, nfds_t count, int timeout, size_t room) // NOLINT
{
    int result;
    return ends_wait(all, count, timeout, __builtin_return_address(0), &result)
               ? result
               : NEXT(__poll_chk)(all, count, timeout, room);
}

int ppoll(struct pollfd *all, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
    int result;
    return ends_wait(all, count, timeout != NULL ? 0 : -1, __builtin_return_address(0), &result)
               ? result
               : NEXT(ppoll)(all, count, timeout, mask);
}

extern int __ppoll_chk(struct pollfd *all, nfds_t count, const struct timespec *timeout, // NOLINT
                       const sigset_t *mask, size_t room);

int __ppoll_chk(struct pollfd *all, nfds_t count, const struct timespec *timeout, // NOLINT
                const sigset_t *mask, size_t room)
{
    int result;
    return ends_wait(all, count, timeout != NULL ? 0 : -1, __builtin_return_address(0), &result)
               ? result
               : NEXT(__ppoll_chk)(all, count, timeout, mask, room);
}

/* The same of sets of descriptors, each of as many words as `count` takes. */
static bool ends_select(int count, fd_set *const sets[3], bool timed, const void *caller,
                        int *result)
{
    size_t words = ((size_t)count + NFDBITS - 1) / NFDBITS;
    if (!ends_wait(NULL, 0, timed ? 0 : -1, caller, result))
        return false;
    for (int i = 0; i < 3 && *result == 0; i++)
        if (sets[i] != NULL)
            memset(sets[i], 0, words * sizeof(fd_mask));
    return true;
}

int select(int count, fd_set *restrict in, fd_set *restrict out, fd_set *restrict other,
           struct timeval *restrict timeout)
{
    int result;
    return ends_select(count, (fd_set *const[]){in, out, other}, timeout != NULL,
                       __builtin_return_address(0), &result)
               ? result
               : NEXT(select)(count, in, out, other, timeout);
}

int pselect(int count, fd_set *restrict in, fd_set *restrict out, fd_set *restrict other,
            const struct timespec *restrict timeout, const sigset_t *restrict mask)
{
    int result;
    return ends_select(count, (fd_set *const[]){in, out, other}, timeout != NULL,
                       __builtin_return_address(0), &result)
               ? result
               : NEXT(pselect)(count, in, out, other, timeout, mask);
}

/* The same without descriptors whose results would have to be cleared. */
static bool ends_epoll(int timeout, const void *caller, int *result)
{
    int place;
    struct fault_effect effect = preload_cross(FAULT_NET_WAIT, caller, &place);
    *result = effect.action == FAULT_FAIL ? -1 : 0;
    return effect.action == FAULT_FAIL || (effect.action == FAULT_TIMEOUT && timeout >= 0);
}

int epoll_wait(int fd, struct epoll_event *events, int most, int timeout)
{
    int result;
    return ends_epoll(timeout, __builtin_return_address(0), &result)
               ? result
               : NEXT(epoll_wait)(fd, events, most, timeout);
}

int epoll_pwait(int fd, struct epoll_event *events, int most, int timeout, const sigset_t *mask)
{
    int result;
    return ends_epoll(timeout, __builtin_return_address(0), &result)
               ? result
               : NEXT(epoll_pwait)(fd, events, most, timeout, mask);
}

int getaddrinfo(const char *restrict name, const char *restrict service,
                const struct addrinfo *restrict wanted, struct addrinfo **restrict out)
{
    int place;
    struct fault_effect effect =
        preload_cross(FAULT_NET_RESOLVE, __builtin_return_address(0), &place);
    if (effect.action == FAULT_RESOLVER)
        return effect.value;
    return effect.action == FAULT_FAIL ? EAI_SYSTEM : NEXT(getaddrinfo)(name, service, wanted, out);
}
