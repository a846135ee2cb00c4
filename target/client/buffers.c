/* SPDX-License-Identifier: Apache-2.0 */
#include "buffers.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

struct issued {
    struct issued *next;
    _Alignas(max_align_t) unsigned char payload[];
};

/* One list, the newest first: a program holds few buffers and frees the newest ones first. Not
   a hash of addresses, which differ from run to run: the library's behaviour must depend on
   its calls alone. */
static struct {
    pthread_mutex_t mutex;
    uint32_t outstanding;
    struct issued *youngest;
} registry = {.mutex = PTHREAD_MUTEX_INITIALIZER};

void *buffers_allocate(uint64_t bytes)
{
    if (bytes > SIZE_MAX - sizeof(struct issued))
        return NULL;
    struct issued *b = malloc(sizeof *b + (size_t)bytes);
    if (b == NULL)
        return NULL;
    pthread_mutex_lock(&registry.mutex);
    b->next = registry.youngest;
    registry.youngest = b;
    registry.outstanding++;
    pthread_mutex_unlock(&registry.mutex);
    return b->payload;
}

void buffers_free(void *buffer)
{
    struct issued *found = NULL;
    pthread_mutex_lock(&registry.mutex);
    for (struct issued **link = &registry.youngest; *link != NULL; link = &(*link)->next) {
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
    while (registry.youngest != NULL) {
        struct issued *b = registry.youngest;
        registry.youngest = b->next;
        registry.outstanding--;
        free(b);
    }
    pthread_mutex_unlock(&registry.mutex);
}
