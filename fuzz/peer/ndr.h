/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stub of NDR20, taken apart from its beginning: for the accounts of requests (requests.c) and of
 * replies (fuzz/drivers/client_replies.c), which know nothing of the target's own decoder.
 */
#ifndef FUZZ_PEER_NDR_H
#define FUZZ_PEER_NDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct peer_ndr {
    const uint8_t *bytes;
    size_t n, at;
    bool big_endian;
    bool wrong; /* it ends too early, or whoever takes it apart has said so */
};

/* The next n bytes from a multiple of the alignment on; NULL: they are not there. */
const uint8_t *peer_take(struct peer_ndr *s, size_t n, size_t alignment);
/* 0 if there is none. */
uint32_t peer_take_long(struct peer_ndr *s);
uint64_t peer_take_hyper(struct peer_ndr *s);

#endif
