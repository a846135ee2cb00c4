/* SPDX-License-Identifier: Apache-2.0 */
#include "buffers.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

enum { BUCKET_BITS = 8, BUCKETS = 1 << BUCKET_BITS };

struct issued {
    struct issued *next; /* in the same bucket */
    _Alignas(max_align_t) unsigned char payload[];
};

static struct {
    pthread_mutex_t mutex;
    uint32_t outstanding;
    struct issued *buckets[BUCKETS];
} registry = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static struct issued **bucket_of(const void *payload)
{
    /* Fibonacci hashing: the low bits of addresses are all alike. */
    uint64_t hash = (uint64_t)(uintptr_t)payload * UINT64_C(0x9e3779b97f4a7c15);
    return &registry.buckets[hash >> (64 - BUCKET_BITS)];
}

void *buffers_allocate(uint64_t bytes)
{
    if (bytes > SIZE_MAX - sizeof(struct issued))
        return NULL;
    struct issued *b = malloc(sizeof *b + (size_t)bytes);
    if (b == NULL)
        return NULL;
    struct issued **bucket = bucket_of(b->payload);
    pthread_mutex_lock(&registry.mutex);
    b->next = *bucket;
    *bucket = b;
    registry.outstanding++;
    pthread_mutex_unlock(&registry.mutex);
    return b->payload;
}

void buffers_free(void *buffer)
{
    struct issued *found = NULL;
    pthread_mutex_lock(&registry.mutex);
    for (struct issued **link = bucket_of(buffer); *link != NULL; link = &(*link)->next) {
        if ((*link)->payload == buffer) {
            found = *link;
            *link = found->next;
            registry.outstanding--;
            break;
        }
    }
    pthread_mutex_unlock(&registry.mutex);
    free(found);
}

uint32_t buffers_outstanding(void)
{
    pthread_mutex_lock(&registry.mutex);
    uint32_t outstanding = registry.outstanding;
    pthread_mutex_unlock(&registry.mutex);
    return outstanding;
}

void buffers_unload(void)
{
    if (pthread_mutex_trylock(&registry.mutex) != 0)
        return;
    for (unsigned i = 0; registry.outstanding > 0 && i < BUCKETS; i++) {
        while (registry.buckets[i] != NULL) {
            struct issued *b = registry.buckets[i];
            registry.buckets[i] = b->next;
            registry.outstanding--;
            free(b);
        }
    }
    pthread_mutex_unlock(&registry.mutex);
}
