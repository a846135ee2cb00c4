/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes of passwords: a cheap toy, because real hashes are slow on purpose.
 */
#include "fail.h"
#include "faults/fault/fault.h"
#include "faults/fault/hash.h"
#include "faults/seam/wrap.h"
#include "world_internal.h"

#include <inttypes.h>
#include <string.h>

const char *world_hash(const char *phrase)
{
    static char hash[32];
    snprintf(hash, sizeof hash, "$sim$%016" PRIx64, hash_64(HASH_64_START, phrase, strlen(phrase)));
    return hash;
}

char *__wrap_crypt_r(const char *phrase, const char *setting, struct crypt_data *data)
{
    struct fault_effect effect = FAULT_POINT(FAULT_CRYPT_HASH);
    if (effect.action == FAULT_FAIL)
        return fail_null(effect.value);
    if (world_mode(WORLD_CRYPT) == WORLD_PASS_THROUGH)
        return crypt_r(phrase, setting, data);
    /* As the real one it has room to work in, and leaves there what it worked on. */
    snprintf(data->internal, sizeof data->internal, "%s", phrase);
    snprintf(data->output, sizeof data->output, "%s", world_hash(phrase));
    return data->output;
}
