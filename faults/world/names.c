/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The name of this host, and the resolver: it knows the hosts that were added to the world.
 */
#include "fail.h"
#include "faults/fault/fault.h"
#include "faults/seam/wrap.h"
#include "ledger.h"
#include "world_internal.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { HOSTS = 32, ADDRESS_BYTES = 64 };

static struct {
    const char *host_name;
    struct {
        const char *name, *addresses; /* a blank between two of these */
    } hosts[HOSTS];
    unsigned host_count;
} names;

void names_reset(void)
{
    names.host_name = "localhost";
    names.host_count = 0;
}

void world_set_host_name(const char *name)
{
    names.host_name = name;
}

void world_add_host(const char *name, const char *addresses)
{
    if (names.host_count == HOSTS)
        abort();
    names.hosts[names.host_count].name = name;
    names.hosts[names.host_count++].addresses = addresses;
}

int __wrap_gethostname(char *out, size_t n)
{
    struct fault_effect effect = FAULT_POINT(FAULT_HOST_NAME);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (world_mode(WORLD_NAMES) == WORLD_PASS_THROUGH)
        return gethostname(out, n);
    size_t bytes = strlen(names.host_name) + 1;
    memcpy(out, names.host_name, n < bytes ? n : bytes);
    return 0;
}

static const struct addrinfo numeric = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                                        .ai_family = AF_UNSPEC,
                                        .ai_socktype = SOCK_STREAM};

/* A list of them in their order, which freeaddrinfo() takes as one of its own. */
static int list_of(const char *addresses, const char *service, struct addrinfo **out)
{
    char address[ADDRESS_BYTES];
    int result = 0;
    *out = NULL;
    for (struct addrinfo **link = out; *addresses != '\0' && result == 0;
         link = &(*link)->ai_next) {
        size_t n = strcspn(addresses, " ");
        snprintf(address, sizeof address, "%.*s", (int)n, addresses);
        result = getaddrinfo(address, service, &numeric, link);
        addresses += n + (addresses[n] == ' ');
    }
    return result;
}

/* Known hosts, and addresses and ports that are written as numbers. */
static int resolve(const char *node, const char *service, struct addrinfo **out)
{
    for (unsigned i = 0; i < names.host_count; i++)
        if (node != NULL && strcasecmp(names.hosts[i].name, node) == 0)
            return list_of(names.hosts[i].addresses, service, out);
    return getaddrinfo(node, service, &numeric, out);
}

int __wrap_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                       struct addrinfo **out)
{
    struct fault_effect effect = FAULT_POINT(FAULT_NET_RESOLVE);
    if (effect.action == FAULT_RESOLVER)
        return effect.value;
    if (effect.action != FAULT_GO_ON) {
        errno = effect.action == FAULT_FAIL ? effect.value : EIO;
        return EAI_SYSTEM;
    }
    int result = world_mode(WORLD_NAMES) == WORLD_PASS_THROUGH
                     ? getaddrinfo(node, service, hints, out)
                     : resolve(node, service, out);
    if (result == 0)
        ledger_acquire(LEDGER_ADDRESSES, (uint64_t)(uintptr_t)*out, sizeof **out);
    return result;
}

void __wrap_freeaddrinfo(struct addrinfo *list)
{
    if (ledger_release(LEDGER_ADDRESSES, (uint64_t)(uintptr_t)list))
        freeaddrinfo(list);
}
