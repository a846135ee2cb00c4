/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who listens where on the simulated network.
 */
#include "net.h"
#include "world_internal.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

enum { LISTENERS = 4 };

static struct listener {
    struct sockaddr_storage address;
    socklen_t length;
    const struct net_service *service;
} listeners[LISTENERS];
static unsigned listener_count;

static bool add_listener(const void *address, socklen_t length, const struct net_service *service)
{
    if (listener_count == LISTENERS)
        return false;
    struct listener *l = &listeners[listener_count++];
    memset(&l->address, 0, sizeof l->address);
    memcpy(&l->address, address, length);
    l->length = length;
    l->service = service;
    return true;
}

bool net_listen_local(const char *path, const struct net_service *service)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if (n >= sizeof address.sun_path)
        return false;
    memcpy(address.sun_path, path, n);
    return add_listener(&address, sizeof address, service);
}

bool net_listen_tcp(uint16_t port, const struct net_service *service)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return add_listener(&address, sizeof address, service);
}

void net_stop_listening(void)
{
    listener_count = 0;
}

/* A path ends with its terminator, or with the address. */
static bool is_same_path(const struct listener *l, const struct sockaddr *address, socklen_t length)
{
    enum { BEFORE = offsetof(struct sockaddr_un, sun_path) };
    const char *path = ((const struct sockaddr_un *)(const void *)address)->sun_path,
               *other = ((const struct sockaddr_un *)(const void *)&l->address)->sun_path;
    return length > BEFORE && strncmp(path, other, length - BEFORE) == 0;
}

const struct net_service *net_find_service(const struct sockaddr *address, socklen_t length)
{
    for (unsigned i = 0; i < listener_count; i++) {
        const struct listener *l = &listeners[i];
        if (address->sa_family != l->address.ss_family)
            continue;
        if (address->sa_family == AF_UNIX
                ? is_same_path(l, address, length)
                : l->length == length && memcmp(&l->address, address, length) == 0)
            return l->service;
    }
    return NULL;
}
