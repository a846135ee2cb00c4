/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few types that the client runtime, the server runtime and the stubs share.
 */
#ifndef RPC_TYPES_H
#define RPC_TYPES_H

#include <stdbool.h>
#include <stdint.h>

struct rpc_uuid { /* [C706] A.1; integers in host order */
    uint32_t time_low;
    uint16_t time_mid;
    uint16_t time_hi_and_version;
    uint8_t clock_seq[2];
    uint8_t node[6];
};

/* An abstract or transfer syntax: UUID and version (low 16 bits major, high 16 bits minor). */
struct rpc_syntax_id {
    struct rpc_uuid uuid;
    uint32_t version;
};

/* 20 bytes on the wire; all zero is the NULL handle. [MS-RPCE] 2.2.1.1.4 */
struct rpc_context_handle {
    uint32_t attributes;
    struct rpc_uuid uuid;
};

enum rpc_transport { RPC_NCALRPC, RPC_NCACN_IP_TCP };

/* Name and password as UTF-8, NUL-terminated. Borrowed; the owner wipes it. */
struct rpc_credentials {
    const char *user;
    const char *domain;
    const char *password;
};

extern const struct rpc_syntax_id rpc_ndr20_syntax, rpc_ndr64_syntax;

bool rpc_uuid_equal(const struct rpc_uuid *a, const struct rpc_uuid *b);
bool rpc_syntax_equal(const struct rpc_syntax_id *a, const struct rpc_syntax_id *b);
bool rpc_context_handle_is_null(const struct rpc_context_handle *h);
bool rpc_context_handle_equal(const struct rpc_context_handle *a,
                              const struct rpc_context_handle *b);

#endif
