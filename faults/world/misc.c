/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random bytes, names, hashes, environment.
 */
#include "faults/fault/fault.h"
#include "faults/seam/wrap.h"
#include "ledger.h"
#include "world_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <unistd.h>

enum { VARIABLES = 8 };

static struct {
    uint64_t random;
    struct {
        const char *name, *value;
    } variables[VARIABLES];
    unsigned variable_count;
} misc;

void misc_reset(void)
{
    misc.random = 0x243f6a8885a308d3u;
    misc.variable_count = 0;
}

void world_set_variable(const char *name, const char *value)
{
    for (unsigned i = 0; i < misc.variable_count; i++)
        if (strcmp(misc.variables[i].name, name) == 0) {
            misc.variables[i].value = value;
            return;
        }
    if (misc.variable_count < VARIABLES) {
        misc.variables[misc.variable_count].name = name;
        misc.variables[misc.variable_count++].value = value;
    }
}

char *__wrap_secure_getenv(const char *name)
{
    for (unsigned i = 0; i < misc.variable_count; i++)
        if (strcmp(misc.variables[i].name, name) == 0)
            return (char *)(uintptr_t)misc.variables[i].value;
    return NULL;
}

/* splitmix64: the same stream after each world_reset(). */
static uint8_t next_random(void)
{
    uint64_t z = misc.random += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (uint8_t)(z >> 56);
}

ssize_t __wrap_getrandom(void *room, size_t n, unsigned flags)
{
    int effect = FAULT_POINT(FAULT_RAND_GET);
    if (effect > 0) {
        errno = effect;
        return -1;
    }
    if (effect == FAULT_EFFECT_SHORT && n > 1)
        n /= 2;
    if (world_mode(WORLD_CLOCK) == WORLD_PASS_THROUGH)
        return getrandom(room, n, flags);
    for (size_t i = 0; i < n; i++)
        ((uint8_t *)room)[i] = next_random();
    return (ssize_t)n;
}

int __wrap_gethostname(char *out, size_t n)
{
    int effect = FAULT_POINT(FAULT_HOST_NAME);
    if (effect > 0) {
        errno = effect;
        return -1;
    }
    if (world_mode(WORLD_NAMES) == WORLD_PASS_THROUGH)
        return gethostname(out, n);
    static const char name[] = "DC1.example.test";
    memcpy(out, name, n < sizeof name ? n : sizeof name);
    return 0;
}

/* The names that resolve in the simulated world. */
static const struct {
    const char *name, *address;
} hosts[] = {{"localhost.localdomain", "127.0.0.1"},
             {"dc2.example.test", "10.0.0.2"},
             {"127.0.0.1", "127.0.0.1"},
             {"ip6-localhost", "::1"},
             {"mapped-localhost", "::ffff:127.1.2.3"},
             {"dc6.example.test", "2001:db8::2"},
             {"mapped.example.test", "::ffff:10.0.0.2"}};

int __wrap_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                       struct addrinfo **out)
{
    int effect = FAULT_POINT(FAULT_NET_RESOLVE);
    if (effect >= FAULT_EFFECT_RESOLVER)
        return FAULT_EFFECT_RESOLVER - effect;
    if (effect != 0) {
        errno = effect > 0 ? effect : EIO;
        return EAI_SYSTEM;
    }
    const char *address = NULL;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        if (strcasecmp(hosts[i].name, node) == 0)
            address = hosts[i].address;
    struct addrinfo numeric = {
        .ai_flags = AI_NUMERICHOST, .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    int result;
    if (world_mode(WORLD_NAMES) == WORLD_PASS_THROUGH)
        result = getaddrinfo(node, service, hints, out);
    else
        result = address != NULL ? getaddrinfo(address, NULL, &numeric, out) : EAI_NONAME;
    if (result == 0)
        ledger_acquire(LEDGER_ADDRESSES, (uint64_t)(uintptr_t)*out, sizeof **out);
    return result;
}

void __wrap_freeaddrinfo(struct addrinfo *list)
{
    if (ledger_release(LEDGER_ADDRESSES, (uint64_t)(uintptr_t)list))
        freeaddrinfo(list);
}

const char *world_hash(const char *phrase)
{
    static char hash[32];
    uint64_t h = 0xcbf29ce484222325u;
    for (const char *c = phrase; *c != '\0'; c++)
        h = (h ^ (unsigned char)*c) * 0x100000001b3u;
    snprintf(hash, sizeof hash, "$sim$%016llx", (unsigned long long)h);
    return hash;
}

char *__wrap_crypt_r(const char *phrase, const char *setting, struct crypt_data *data)
{
    int effect = FAULT_POINT(FAULT_CRYPT_HASH);
    if (effect > 0) {
        errno = effect;
        return NULL;
    }
    if (world_mode(WORLD_CLOCK) == WORLD_PASS_THROUGH)
        return crypt_r(phrase, setting, data);
    snprintf(data->output, sizeof data->output, "%s", world_hash(phrase));
    return data->output;
}
