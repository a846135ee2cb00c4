/* SPDX-License-Identifier: Apache-2.0 */
#include "digest.h"

#include <nettle/hmac.h>
#include <nettle/sha2.h>

#include <string.h>

/* MemorySanitizer cannot see that the library, which it does not instrument, has written the
   result: code with this mark copies it as initialised. */
#if defined(__clang__)
#define FROM_UNINSTRUMENTED __attribute__((noinline, no_sanitize("memory")))
#else
#define FROM_UNINSTRUMENTED
#endif

FROM_UNINSTRUMENTED void digest_sha256(const void *a, size_t a_bytes, const void *b, size_t b_bytes,
                                       uint8_t out[DIGEST_BYTES])
{
    struct sha256_ctx context;
    uint8_t digest[DIGEST_BYTES];
    sha256_init(&context);
    sha256_update(&context, a_bytes, a);
    sha256_update(&context, b_bytes, b);
    sha256_digest(&context, sizeof digest, digest);
    for (size_t i = 0; i < DIGEST_BYTES; i++)
        out[i] = digest[i];
}

FROM_UNINSTRUMENTED void digest_hmac(const void *key, size_t key_bytes, const void *bytes, size_t n,
                                     uint8_t out[DIGEST_BYTES])
{
    struct hmac_sha256_ctx context;
    uint8_t digest[DIGEST_BYTES];
    hmac_sha256_set_key(&context, key_bytes, key);
    hmac_sha256_update(&context, n, bytes);
    hmac_sha256_digest(&context, sizeof digest, digest);
    for (size_t i = 0; i < DIGEST_BYTES; i++)
        out[i] = digest[i];
    explicit_bzero(&context, sizeof context);
}

bool digest_equal(const uint8_t a[DIGEST_BYTES], const uint8_t b[DIGEST_BYTES])
{
    uint8_t difference = 0;
    for (size_t i = 0; i < DIGEST_BYTES; i++)
        difference |= a[i] ^ b[i];
    return difference == 0;
}
