/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests of whole texts, and as text: for manifests of backups.
 */
#include "sha256.h"

#include "digest_internal.h"

#include <nettle/base16.h>

#include <string.h>

struct digest digest_of(const void *bytes, size_t n)
{
    struct digest d;
    digest_sha256(bytes, n, NULL, 0, d.bytes);
    return d;
}

void digest_to_text(const struct digest *d, char text[DIGEST_TEXT + 1])
{
    char made[DIGEST_TEXT];
    base16_encode_update(made, sizeof d->bytes, d->bytes);
    digest_copy_out(made, text, sizeof made);
    text[DIGEST_TEXT] = '\0';
}

bool digest_from_text(const char *text, struct digest *out)
{
    struct base16_decode_ctx context;
    uint8_t made[BASE16_DECODE_LENGTH(DIGEST_TEXT)];
    size_t n = sizeof made;
    /* nettle would take capital letters, and skip white space. */
    if (strspn(text, "0123456789abcdef") < DIGEST_TEXT)
        return false;
    base16_decode_init(&context);
    (void)base16_decode_update(&context, &n, made, DIGEST_TEXT, text);
    digest_copy_out(made, out->bytes, sizeof out->bytes);
    return true;
}
