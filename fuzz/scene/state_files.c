/* SPDX-License-Identifier: Apache-2.0 */
#include "state_files.h"

#include "backend.h"
#include "faults/fault/hash.h"
#include "store.h"

#include <nettle/hmac.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEAD = 12,
    DIGEST = SHA256_DIGEST_SIZE,
    KEY = 32,
    ID = 16,
};

static uint32_t number_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static void put_number(uint8_t *out, unsigned bytes, uint64_t value)
{
    for (unsigned i = 0; i < bytes; i++, value >>= 8)
        out[i] = (uint8_t)value;
}

static bool is_whole(const uint8_t *file, uint64_t n)
{
    uint8_t digest[DIGEST] = {0};
    struct sha256_ctx hash;
    if (n < HEAD + DIGEST || number_at(file + 8) != n - HEAD - DIGEST)
        return false;
    sha256_init(&hash);
    sha256_update(&hash, (size_t)n - DIGEST, file);
    sha256_digest(&hash, DIGEST, digest);
    return memcmp(digest, file + n - DIGEST, DIGEST) == 0;
}

size_t state_files_make(const void *bytes, size_t n, uint8_t *out)
{
    struct sha256_ctx hash;
    static const uint8_t magic[8] = {'N', 'T', 'D', 'S', 'B', 'S', 'T', '1'};
    memcpy(out, magic, sizeof magic);
    put_number(out + 8, 4, n);
    memcpy(out + HEAD, bytes, n);
    sha256_init(&hash);
    sha256_update(&hash, HEAD + n, out);
    sha256_digest(&hash, DIGEST, out + HEAD + n);
    return HEAD + n + DIGEST;
}

/* The payload of a file in our form, empty if it is damaged; NULL: there is no such file. */
static const uint8_t *payload_of(const uint8_t *file, uint64_t n, uint64_t *out_bytes)
{
    if (n < 8 || memcmp(file, "NTDSBST1", 8) != 0)
        return NULL;
    *out_bytes = is_whole(file, n) ? n - HEAD - DIGEST : 0;
    return *out_bytes > 0 ? file + HEAD : file;
}

static const uint8_t *payload(const char *path, uint64_t *out_bytes)
{
    const uint8_t *file;
    uint64_t n;
    return scene_disk->get(path, &file, &n) ? payload_of(file, n, out_bytes) : NULL;
}

/* The key ------------------------------------------------------------------------------------- */

static struct {
    uint8_t *file;
    size_t bytes;
    const uint8_t *key; /* within the file, before the server's id; NULL: another form of file */
    uint32_t hash;      /* of the file */
} kept;

uint32_t state_files_key(void)
{
    const uint8_t *file;
    uint64_t n;
    if (!scene_disk->get(STATE_FILES_KEY, &file, &n) || file == NULL)
        return 0;
    return file == kept.file ? kept.hash : hash_32(file, (size_t)n);
}

bool state_files_keep_key(void)
{
    const uint8_t *bytes;
    uint64_t n;
    if (!scene_disk->get(STATE_FILES_KEY, &bytes, &n))
        return false;
    kept.file = malloc((size_t)n + 1);
    if (kept.file == NULL)
        abort();
    memcpy(kept.file, bytes, (size_t)n);
    kept.bytes = (size_t)n;
    kept.hash = hash_32(kept.file, kept.bytes);
    kept.key = payload_of(kept.file, kept.bytes, &n);
    if (kept.key != NULL && n != KEY + ID)
        kept.key = NULL;
    return true;
}

bool state_files_have_key(void)
{
    return kept.file != NULL;
}

bool state_files_put_key(void)
{
    return kept.file != NULL && scene_disk->put(STATE_FILES_KEY, kept.file, kept.bytes);
}

static void make_token(int64_t now, uint8_t out[SCENE_TOKEN_BYTES])
{
    enum { VERSION_AT = 8, DAYS_AT = 12, CREATED_AT = 16, ID_AT = 24, MAC_AT = 40 };
    memset(out, 0, SCENE_TOKEN_BYTES);
    memcpy(out, "NTDSBTK1", VERSION_AT);
    put_number(out + VERSION_AT, 4, 1);
    put_number(out + DAYS_AT, 4, SCENE_TOKEN_DAYS);
    put_number(out + CREATED_AT, 8, (uint64_t)now);
    memcpy(out + ID_AT, kept.key + KEY, ID);
    struct hmac_sha256_ctx mac;
    hmac_sha256_set_key(&mac, KEY, kept.key);
    hmac_sha256_update(&mac, MAC_AT, out);
    hmac_sha256_digest(&mac, SCENE_TOKEN_BYTES - MAC_AT, out + MAC_AT);
}

static scene_token_maker *token_maker;

void scene_set_token_maker(scene_token_maker *maker)
{
    token_maker = maker;
}

/* Nearly each program begins at the same time, and has the same token. */
uint32_t scene_make_token(int64_t now, uint8_t out[SCENE_TOKEN_MOST])
{
    static uint8_t token[SCENE_TOKEN_BYTES];
    static const uint8_t *signed_with;
    static int64_t made;
    if (token_maker != NULL)
        return token_maker(now, out);
    if (kept.key == NULL)
        return 0;
    if (signed_with != kept.key || made != now)
        make_token(now, token);
    signed_with = kept.key;
    made = now;
    memcpy(out, token, SCENE_TOKEN_BYTES);
    return SCENE_TOKEN_BYTES;
}

/* Durable data of calls ----------------------------------------------------------------------- */

int64_t scene_current_log(void)
{
    uint64_t n;
    const uint8_t *bytes = payload(STATE_FILES_CURRENT, &n);
    return bytes != NULL && n == 4 ? (int64_t)number_at(bytes) : -1;
}

/* The text with its NUL somewhere from *at on; *at is then after it. */
static bool has_text(const uint8_t *bytes, uint64_t n, uint64_t *at, const char16_t *text)
{
    size_t size = sizeof *text;
    for (const char16_t *end = text; *end != 0; end++)
        size += sizeof *text;
    for (; *at + size <= n; (*at)++) {
        if (memcmp(bytes + *at, text, size) == 0) {
            *at += size;
            return true;
        }
    }
    return false;
}

bool scene_registration_holds(const char16_t *const *texts, unsigned count, uint32_t low,
                              uint32_t high)
{
    uint64_t n, at = 0;
    const uint8_t *bytes = payload(STATE_FILES_RESTORE, &n);
    if (bytes == NULL)
        return true;
    if (n < 8)
        return false;
    for (unsigned i = 0; i < count; i++)
        if (!has_text(bytes, n, &at, texts[i]))
            return false;
    return number_at(bytes + n - 8) == low && number_at(bytes + n - 4) == high;
}
