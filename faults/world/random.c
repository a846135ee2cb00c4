/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random bytes: the same stream after each world_reset().
 */
#include "fail.h"
#include "faults/fault/fault.h"
#include "faults/fault/hash.h"
#include "faults/seam/wrap.h"
#include "world_internal.h"

#include <errno.h>
#include <sys/random.h>

static uint64_t stream;

void random_reset(void)
{
    stream = 0x243f6a8885a308d3u;
}

void world_skip_random(void)
{
    stream = hash_spread(stream);
}

ssize_t __wrap_getrandom(void *room, size_t n, unsigned flags)
{
    struct fault_effect effect = FAULT_POINT(FAULT_RAND_GET);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (effect.action == FAULT_SHORT && n > 1)
        n /= 2;
    if (world_mode(WORLD_RANDOM) == WORLD_PASS_THROUGH)
        return getrandom(room, n, flags);
    if (flags & ~(unsigned)(GRND_NONBLOCK | GRND_RANDOM))
        return fail(EINVAL);
    for (size_t i = 0; i < n; i++)
        ((uint8_t *)room)[i] = (uint8_t)(hash_spread(stream += HASH_STREAM_STEP) >> 56);
    return (ssize_t)n;
}
