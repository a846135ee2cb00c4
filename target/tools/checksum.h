/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 of files, and its form as text: 64 lower-case hexadecimal digits.
 */
#ifndef CHECKSUM_H
#define CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nettle/sha2.h>

struct checksum {
    uint8_t bytes[SHA256_DIGEST_SIZE];
};

enum { CHECKSUM_TEXT = 2 * SHA256_DIGEST_SIZE };

struct checksum checksum_of(const void *bytes, size_t n);
struct checksum checksum_finish(struct sha256_ctx *context);
bool checksum_equal(const struct checksum *a, const struct checksum *b);
void checksum_to_text(const struct checksum *c, char text[CHECKSUM_TEXT + 1]);
/* `text` need not end after the digits. False: these are not 64 lower-case digits. */
bool checksum_from_text(const char *text, struct checksum *out);

#endif
