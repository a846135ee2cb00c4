/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 and HMAC-SHA-256, by nettle.
 */
#ifndef SERVER_DIGEST_H
#define SERVER_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIGEST_BYTES = 32 };

void digest_sha256(const void *a, size_t a_bytes, const void *b, size_t b_bytes,
                   uint8_t out[DIGEST_BYTES]);
void digest_hmac(const void *key, size_t key_bytes, const void *bytes, size_t n,
                 uint8_t out[DIGEST_BYTES]);
/* Takes as long whether they differ early or late. */
bool digest_equal(const uint8_t a[DIGEST_BYTES], const uint8_t b[DIGEST_BYTES]);

#endif
