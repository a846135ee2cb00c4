/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of simulated sockets.
 */
#include "fail.h"
#include "faults/fault/fault.h"
#include "faults/seam/wrap.h"
#include "net.h"
#include "world_internal.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

int net_open_served(const struct net_peer *peer)
{
    return descriptor_open(DESCRIPTOR_SERVED, (void *)(uintptr_t)peer);
}

/* SO_PEERCRED and SO_PEERGROUPS of unix(7). */
static int peer_option(int fd, int level, int option, void *value, socklen_t *length)
{
    const struct net_peer *peer = descriptor_any(fd)->object;
    if (level != SOL_SOCKET || peer == NULL)
        return fail(ENOPROTOOPT);
    if (option == SO_PEERCRED && *length >= sizeof(struct ucred)) {
        *(struct ucred *)value = (struct ucred){peer->pid, peer->uid, peer->gid};
        *length = sizeof(struct ucred);
        return 0;
    }
    socklen_t bytes = peer->group_count * (socklen_t)sizeof *peer->groups;
    if (option != SO_PEERGROUPS)
        return fail(ENOPROTOOPT);
    if (*length < bytes)
        return fail(ERANGE);
    memcpy(value, peer->groups, bytes);
    *length = bytes;
    return 0;
}

int __wrap_getsockopt(int fd, int level, int option, void *value, socklen_t *length)
{
    struct fault_effect effect = FAULT_POINT(FAULT_NET_OPTION);
    if (effect.action == FAULT_FAIL && effect.value != ECONNREFUSED)
        return fail(effect.value);
    if (!descriptor_is_simulated(fd)) {
        int result = getsockopt(fd, level, option, value, length);
        if (effect.value == ECONNREFUSED && option == SO_ERROR && result == 0)
            memcpy(value, &effect.value, sizeof effect.value);
        return result;
    }
    if (descriptor_is(fd, DESCRIPTOR_SERVED))
        return peer_option(fd, level, option, value, length);
    int state = net_tcp_state(fd);
    if (state < 0)
        return -1;
    memset(value, 0, *length);
    if (level == IPPROTO_TCP && option == TCP_INFO && *length >= sizeof(struct tcp_info)) {
        ((struct tcp_info *)value)->tcpi_state = (uint8_t)state;
        return 0;
    }
    /* SO_ERROR: how a connect() that was in progress ended. */
    if (effect.value == ECONNREFUSED && *length == sizeof effect.value)
        memcpy(value, &effect.value, sizeof effect.value);
    return 0;
}

int __wrap_setsockopt(int fd, int level, int option, const void *value, socklen_t length)
{
    struct fault_effect effect = FAULT_POINT(FAULT_NET_OPTION);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (!descriptor_is_simulated(fd))
        return setsockopt(fd, level, option, value, length);
    return net_tcp_state(fd) >= 0 ? 0 : -1;
}
