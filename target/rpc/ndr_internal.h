/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the parts of the NDR codec.
 */
#ifndef RPC_NDR_INTERNAL_H
#define RPC_NDR_INTERNAL_H

#include "ndr.h"

/* `size` bytes at the next place with that alignment: to write to while encoding, to read while
   decoding. NULL: status is set (or was). */
uint8_t *ndr_take(struct ndr *n, size_t size, size_t alignment);

#endif
