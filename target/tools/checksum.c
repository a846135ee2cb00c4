/* SPDX-License-Identifier: Apache-2.0 */
#include "checksum.h"

#include <string.h>

static const char digits[] = "0123456789abcdef";

struct checksum checksum_finish(struct sha256_ctx *context)
{
    struct checksum c;
    sha256_digest(context, sizeof c.bytes, c.bytes);
    return c;
}

struct checksum checksum_of(const void *bytes, size_t n)
{
    struct sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, n, bytes);
    return checksum_finish(&context);
}

bool checksum_equal(const struct checksum *a, const struct checksum *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

void checksum_to_text(const struct checksum *c, char text[CHECKSUM_TEXT + 1])
{
    for (size_t i = 0; i < sizeof c->bytes; i++) {
        text[2 * i] = digits[c->bytes[i] >> 4];
        text[2 * i + 1] = digits[c->bytes[i] & 15];
    }
    text[CHECKSUM_TEXT] = '\0';
}

bool checksum_from_text(const char *text, struct checksum *out)
{
    for (size_t i = 0; i < CHECKSUM_TEXT; i++) {
        const char *digit = text[i] != '\0' ? strchr(digits, text[i]) : NULL;
        if (digit == NULL)
            return false;
        unsigned value = (unsigned)(digit - digits);
        out->bytes[i / 2] = (uint8_t)(i % 2 == 0 ? value << 4 : out->bytes[i / 2] | value);
    }
    return true;
}
