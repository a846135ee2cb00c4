/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 and HMAC-SHA-256, and a digest as text. The server signs tokens and seals its state files
 * with it, dsbackup the manifest of a backup. The arithmetic is nettle's.
 */
#ifndef DIGEST_SHA256_H
#define DIGEST_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nettle/sha2.h>

enum { DIGEST_BYTES = SHA256_DIGEST_SIZE, DIGEST_TEXT = 2 * DIGEST_BYTES };

struct digest {
    uint8_t bytes[DIGEST_BYTES];
};

/* SHA-256 of `a` followed by `b`; either may be empty. */
void digest_sha256(const void *a, size_t a_bytes, const void *b, size_t b_bytes,
                   uint8_t out[DIGEST_BYTES]);
/* SHA-256 of `n` bytes. */
struct digest digest_of(const void *bytes, size_t n);
/* SHA-256 of all bytes passed to sha256_update(); the context can be used again. */
struct digest digest_finish(struct sha256_ctx *context);

/* HMAC-SHA-256 of `n` bytes (RFC 2104). Data derived from the key is wiped. */
void digest_hmac(const void *key, size_t key_bytes, const void *bytes, size_t n,
                 uint8_t out[DIGEST_BYTES]);

/* Takes the same time wherever they differ, so it is safe for secrets. */
bool digest_equal(const uint8_t a[DIGEST_BYTES], const uint8_t b[DIGEST_BYTES]);

/* 64 lower-case hexadecimal digits and a NUL. */
void digest_to_text(const struct digest *d, char text[DIGEST_TEXT + 1]);
/* `text` need not end after the digits. False: it does not begin with 64 lower-case hexadecimal
   digits, and *out is untouched. */
bool digest_from_text(const char *text, struct digest *out);

#endif
