/* SPDX-License-Identifier: Apache-2.0 */
#include "sha256.h"

#include "digest_internal.h"

#include <nettle/hmac.h>
#include <nettle/memops.h>

#include <string.h>

/* MemorySanitizer cannot see what the library, which it does not instrument, has written: code with
   this mark copies it as initialised. */
#if defined(__clang__)
#define FROM_UNINSTRUMENTED __attribute__((noinline, no_sanitize("memory")))
#else
#define FROM_UNINSTRUMENTED
#endif

FROM_UNINSTRUMENTED void digest_copy_out(const void *from, void *to, size_t n)
{
    const uint8_t *source = from;
    uint8_t *target = to;
    for (size_t i = 0; i < n; i++)
        target[i] = source[i];
}

struct digest digest_finish(struct sha256_ctx *context)
{
    uint8_t made[DIGEST_BYTES];
    struct digest d;
    sha256_digest(context, sizeof made, made);
    digest_copy_out(made, d.bytes, sizeof made);
    return d;
}

void digest_sha256(const void *a, size_t a_bytes, const void *b, size_t b_bytes,
                   uint8_t out[DIGEST_BYTES])
{
    struct sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, a_bytes, a);
    sha256_update(&context, b_bytes, b);
    struct digest d = digest_finish(&context);
    memcpy(out, d.bytes, sizeof d.bytes);
}

void digest_hmac(const void *key, size_t key_bytes, const void *bytes, size_t n,
                 uint8_t out[DIGEST_BYTES])
{
    struct hmac_sha256_ctx context;
    uint8_t made[DIGEST_BYTES];
    hmac_sha256_set_key(&context, key_bytes, key);
    hmac_sha256_update(&context, n, bytes);
    hmac_sha256_digest(&context, sizeof made, made);
    digest_copy_out(made, out, sizeof made);
    explicit_bzero(&context, sizeof context);
}

FROM_UNINSTRUMENTED bool digest_equal(const uint8_t a[DIGEST_BYTES], const uint8_t b[DIGEST_BYTES])
{
    return memeql_sec(a, b, DIGEST_BYTES) != 0;
}
