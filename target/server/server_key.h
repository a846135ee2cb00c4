/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's key, in server.key of the store (mode 0600, made at the first start): signs expiry
 * tokens, so that a forged or foreign one is refused.
 */
#ifndef SERVER_SERVER_KEY_H
#define SERVER_SERVER_KEY_H

#include "../idl/token.h"

enum { SERVER_KEY_BYTES = 32 };

struct server_key {
    uint8_t key[SERVER_KEY_BYTES];
    uint8_t id[SERVER_ID_BYTES];
};

/* Reads it, or makes it durably if there is none. 0, hrLogFileCorrupt (never replaced: every token
   would be void), hrDiskIO and the like. */
uint32_t server_key_load(struct server_key *k, int directory);
/* Unpredictable bytes. 0 or hrDiskIO. */
uint32_t server_random(void *bytes, size_t n);

/* Makes a token with the current time. */
void server_key_sign(const struct server_key *k, uint32_t tombstone_days, uint64_t now,
                     uint8_t out[EXPIRY_TOKEN_BYTES]);
/* 0, hrUnknownExpiryTokenFormat (layout, MAC, other server), hrContentsExpired. */
uint32_t server_key_judge(const struct server_key *k, const void *token, size_t n, uint64_t now);

#endif
