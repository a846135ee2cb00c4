/* SPDX-License-Identifier: Apache-2.0 */
#include "told.h"

#include "fuzz/run/signature.h"

int told_enter(struct told *t, const char *signature, bool *is_new)
{
    uint32_t hash = signature_hash(signature);
    for (int i = 0; i < TOLD_MOST; i++) {
        uint32_t was = 0;
        *is_new = atomic_compare_exchange_strong(&t->hashes[i], &was, hash);
        if (*is_new || was == hash)
            return i;
    }
    return -1;
}

int told_count(const struct told *t)
{
    int n = 0;
    while (n < TOLD_MOST && atomic_load(&t->hashes[n]) != 0)
        n++;
    return n;
}
