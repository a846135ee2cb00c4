/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The expiry token: made by the server at DsBackupPrepare, saved with the backup, passed to
 * DsRestorePrepare. Opaque to callers; the layout is ours. 72 bytes, integers little-endian:
 *
 *      0   8  "NTDSBTK1"
 *      8   4  version, 1
 *     12   4  tombstone lifetime of that moment, days
 *     16   8  when it was made, seconds since 1970 UTC
 *     24  16  id of the server that made it
 *     40  32  HMAC-SHA-256 of the 40 bytes before, with the server's key
 *
 * A backup must not be restored once it is older than the tombstone lifetime: objects deleted since
 * would come back. It expires when the elapsed time exceeds the lifetime; a clock that was set back
 * counts as no time.
 */
#ifndef NTDSB_TOKEN_H
#define NTDSB_TOKEN_H

#include <stddef.h>
#include <stdint.h>

enum {
    EXPIRY_TOKEN_BYTES = 72,
    EXPIRY_TOKEN_SIGNED_BYTES = 40,
    EXPIRY_TOKEN_MAC_BYTES = 32,
    SERVER_ID_BYTES = 16,
    TOMBSTONE_DAYS_LEAST = 2, /* [MS-ADTS] 3.1.1 */
};

struct expiry_token {
    uint32_t tombstone_days;
    uint64_t created; /* seconds since 1970 */
    uint8_t server_id[SERVER_ID_BYTES];
    uint8_t mac[EXPIRY_TOKEN_MAC_BYTES];
};

/* 0, or hrUnknownExpiryTokenFormat: not of this layout. Does not judge the MAC, which
   needs the key. */
uint32_t expiry_token_parse(const void *bytes, size_t n, struct expiry_token *out);
void expiry_token_format(const struct expiry_token *t, uint8_t out[EXPIRY_TOKEN_BYTES]);
/* 0, or hrContentsExpired. `now` in seconds since 1970. */
uint32_t expiry_token_check_age(const struct expiry_token *t, uint64_t now);

#endif
