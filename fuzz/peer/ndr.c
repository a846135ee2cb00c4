/* SPDX-License-Identifier: Apache-2.0 */
#include "ndr.h"

#include "pdu.h"

const uint8_t *peer_take(struct peer_ndr *s, size_t n, size_t alignment)
{
    s->at += -s->at & (alignment - 1);
    if (s->wrong || s->at > s->n || n > s->n - s->at) {
        s->wrong = true;
        return NULL;
    }
    s->at += n;
    return s->bytes + s->at - n;
}

uint32_t peer_take_long(struct peer_ndr *s)
{
    const uint8_t *bytes = peer_take(s, 4, 4);
    return bytes != NULL ? peer_get(bytes, 0, 4, s->big_endian) : 0;
}

uint64_t peer_take_hyper(struct peer_ndr *s)
{
    const uint8_t *bytes = peer_take(s, 8, 8);
    if (bytes == NULL)
        return 0;
    const uint64_t first = peer_get(bytes, 0, 4, s->big_endian);
    const uint64_t second = peer_get(bytes, 4, 4, s->big_endian);
    return s->big_endian ? first << 32 | second : second << 32 | first;
}
