/* SPDX-License-Identifier: Apache-2.0 */
#include "types.h"

#include <string.h>

const struct rpc_syntax_id rpc_ndr20_syntax = {
    {0x8a885d04, 0x1ceb, 0x11c9, {0x9f, 0xe8}, {0x08, 0x00, 0x2b, 0x10, 0x48, 0x60}}, 2};

const struct rpc_syntax_id rpc_ndr64_syntax = {
    {0x71710533, 0xbeba, 0x4937, {0x83, 0x19}, {0xb5, 0xdb, 0xef, 0x9c, 0xcc, 0x36}}, 1};

bool rpc_uuid_equal(const struct rpc_uuid *a, const struct rpc_uuid *b)
{
    return a->time_low == b->time_low && a->time_mid == b->time_mid &&
           a->time_hi_and_version == b->time_hi_and_version &&
           memcmp(a->clock_seq, b->clock_seq, sizeof a->clock_seq) == 0 &&
           memcmp(a->node, b->node, sizeof a->node) == 0;
}

bool rpc_syntax_equal(const struct rpc_syntax_id *a, const struct rpc_syntax_id *b)
{
    return a->version == b->version && rpc_uuid_equal(&a->uuid, &b->uuid);
}

bool rpc_context_handle_is_null(const struct rpc_context_handle *h)
{
    static const struct rpc_context_handle null;
    return rpc_context_handle_equal(h, &null);
}

bool rpc_context_handle_equal(const struct rpc_context_handle *a,
                              const struct rpc_context_handle *b)
{
    return a->attributes == b->attributes && rpc_uuid_equal(&a->uuid, &b->uuid);
}
