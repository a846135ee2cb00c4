/* SPDX-License-Identifier: Apache-2.0 */
#include "token.h"

#include <windows.h>

#include <ntdsbmsg.h>

#include <string.h>

enum { VERSION = 1, SECONDS_PER_DAY = 86400 };

static const char magic[8] = {'N', 'T', 'D', 'S', 'B', 'T', 'K', '1'};

static uint64_t get(const uint8_t *bytes, size_t n)
{
    uint64_t value = 0;
    while (n-- > 0)
        value = value << 8 | bytes[n];
    return value;
}

static void put(uint8_t *bytes, size_t n, uint64_t value)
{
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

uint32_t expiry_token_parse(const void *bytes, size_t n, struct expiry_token *out)
{
    const uint8_t *b = bytes;
    if (n != EXPIRY_TOKEN_BYTES || memcmp(b, magic, sizeof magic) != 0 || get(b + 8, 4) != VERSION)
        return (uint32_t)hrUnknownExpiryTokenFormat;
    out->tombstone_days = (uint32_t)get(b + 12, 4);
    out->created = get(b + 16, 8);
    memcpy(out->server_id, b + 24, sizeof out->server_id);
    memcpy(out->mac, b + 40, sizeof out->mac);
    return out->tombstone_days < TOMBSTONE_DAYS_LEAST ? (uint32_t)hrUnknownExpiryTokenFormat : 0;
}

void expiry_token_format(const struct expiry_token *t, uint8_t out[EXPIRY_TOKEN_BYTES])
{
    memcpy(out, magic, sizeof magic);
    put(out + 8, 4, VERSION);
    put(out + 12, 4, t->tombstone_days);
    put(out + 16, 8, t->created);
    memcpy(out + 24, t->server_id, sizeof t->server_id);
    memcpy(out + 40, t->mac, sizeof t->mac);
}

uint32_t expiry_token_check_age(const struct expiry_token *t, uint64_t now)
{
    uint64_t elapsed = now > t->created ? now - t->created : 0;
    return elapsed > (uint64_t)t->tombstone_days * SECONDS_PER_DAY ? (uint32_t)hrContentsExpired
                                                                   : 0;
}
