/* SPDX-License-Identifier: Apache-2.0 */
#include "identity.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

enum { PARTS = 3 };

struct identity { /* the whole of its own mapping */
    uint32_t holders;
    struct rpc_credentials credentials; /* of the text below */
    char text[PARTS][IDENTITY_MAX_BYTES];
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct identity *current; /* counts as a user */

static void destroy(struct identity *identity)
{
    explicit_bzero(identity, sizeof *identity);
    munlock(identity, sizeof *identity);
    munmap(identity, sizeof *identity);
}

static struct identity *create(void)
{
    struct identity *identity =
        mmap(NULL, sizeof *identity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (identity == MAP_FAILED)
        return NULL;
    /* If the memory cannot be as the header promises the call fails. */
    if (mlock(identity, sizeof *identity) != 0 ||
        madvise(identity, sizeof *identity, MADV_DONTDUMP) != 0) {
        destroy(identity);
        return NULL;
    }
    identity->holders = 1;
    identity->credentials =
        (struct rpc_credentials){identity->text[0], identity->text[1], identity->text[2]};
    return identity;
}

/* Straight into the locked page, which is zero so far: no other copy is made. */
static HRESULT copy(struct text_argument part, char out[IDENTITY_MAX_BYTES])
{
    uint64_t length, chars;
    if (part.chars == NULL)
        return S_OK;
    if (part.form == TEXT_FORM_NARROW) {
        length = strnlen(part.chars, IDENTITY_MAX_BYTES);
        if (length >= IDENTITY_MAX_BYTES)
            return ERROR_INVALID_PARAMETER;
        HRESULT result = text_to_wide(part.chars, length, NULL, &chars);
        if (result != S_OK)
            return result;
        memcpy(out, part.chars, length);
    } else {
        chars = text_wide_length(part.chars, IDENTITY_MAX_BYTES - 1);
        length = text_to_narrow(part.chars, chars, NULL);
        if (length >= IDENTITY_MAX_BYTES)
            return ERROR_INVALID_PARAMETER;
        text_to_narrow(part.chars, chars, out);
    }
    return S_OK;
}

/* Drops one hold. */
static void drop(struct identity *identity)
{
    if (identity == NULL)
        return;
    pthread_mutex_lock(&mutex);
    bool last = --identity->holders == 0;
    pthread_mutex_unlock(&mutex);
    if (last)
        destroy(identity);
}

static void replace(struct identity *with)
{
    pthread_mutex_lock(&mutex);
    struct identity *old = current;
    current = with;
    pthread_mutex_unlock(&mutex);
    drop(old);
}

HRESULT identity_set(struct text_argument user, struct text_argument domain,
                     struct text_argument password)
{
    const struct text_argument parts[PARTS] = {user, domain, password};
    if (user.chars == NULL && domain.chars == NULL && password.chars == NULL) {
        replace(NULL);
        return S_OK;
    }
    if (user.chars == NULL)
        return ERROR_INVALID_PARAMETER;
    struct identity *identity = create();
    if (identity == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    for (unsigned i = 0; i < PARTS; i++) {
        HRESULT result = copy(parts[i], identity->text[i]);
        if (result != S_OK) {
            destroy(identity);
            return result;
        }
    }
    replace(identity);
    return S_OK;
}

struct identity *identity_acquire(void)
{
    pthread_mutex_lock(&mutex);
    struct identity *identity = current;
    if (identity != NULL)
        identity->holders++;
    pthread_mutex_unlock(&mutex);
    return identity;
}

void identity_release(struct identity *identity)
{
    drop(identity);
}

const struct rpc_credentials *identity_credentials(const struct identity *identity)
{
    return identity != NULL ? &identity->credentials : NULL;
}

bool identity_is_set(void)
{
    pthread_mutex_lock(&mutex);
    bool set = current != NULL;
    pthread_mutex_unlock(&mutex);
    return set;
}

void identity_unload(void)
{
    if (pthread_mutex_trylock(&mutex) != 0)
        return;
    pthread_mutex_unlock(&mutex);
    replace(NULL);
}
