/* SPDX-License-Identifier: Apache-2.0 */
#include "random.h"

#include "faults/fault/hash.h"

void mutate_seed(struct mutate_random *r, uint64_t seed)
{
    /* Neighbouring seeds must not give neighbouring states. */
    uint64_t z = hash_spread(seed + HASH_STREAM_STEP);
    r->state = z != 0 ? z : 1;
}

uint32_t mutate_below(struct mutate_random *r, uint32_t below)
{
    uint64_t z = r->state; /* xorshift64 */
    z ^= z << 13;
    z ^= z >> 7;
    z ^= z << 17;
    r->state = z;
    return below > 0 ? (uint32_t)((z >> 16) % below) : 0;
}
