/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a call must return for the bytes of its reply: an account of its own of the replies of
 * target/idl/ntdsb.idl in NDR20, and of what in them cannot be true (docs/contract.md,
 * failure.bad-reply).
 */
#ifndef FUZZ_CLIENT_REPLIES_H
#define FUZZ_CLIENT_REPLIES_H

#include "client_lies.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether that PDU of the server is all of a reply, so that there is an account of it. */
bool client_reply_is_whole(const struct honest_server *honest, unsigned pdu);
/* The result of its call if it holds that stub, and all before it was as the server sent it. */
int32_t client_reply_result(const struct honest_server *honest, unsigned pdu, const uint8_t *stub,
                            size_t n);

/* Where the elements of a reply's array are, and its counts, of which there are up to two; all from
   the beginning of the stub. */
struct reply_array {
    unsigned counts;
    size_t count_at[2];
    size_t at, length; /* of elements, not of bytes */
    unsigned width;
};
/* False: it has none. */
bool client_reply_array(const struct honest_server *honest, unsigned pdu, struct reply_array *out);

#endif
