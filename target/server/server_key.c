/* SPDX-License-Identifier: Apache-2.0 */
#include "server_key.h"

#include "../digest/sha256.h"
#include "state_file.h"

#include <windows.h>

#include <ntdsbmsg.h>

#include <errno.h>
#include <string.h>
#include <sys/random.h>

static const char file_name[] = "server.key";

uint32_t server_random(void *bytes, size_t n)
{
    size_t done = 0;
    while (done < n) {
        ssize_t got = getrandom((char *)bytes + done, n - done, 0);
        if (got > 0)
            done += (size_t)got;
        else if (errno != EINTR)
            return (uint32_t)hrDiskIO;
    }
    return 0;
}

static uint32_t make(struct server_key *k, int directory)
{
    uint8_t content[SERVER_KEY_BYTES + SERVER_ID_BYTES];
    bool renamed;
    uint32_t code = server_random(content, sizeof content);
    if (code == 0)
        code = state_file_write(directory, file_name, content, sizeof content, &renamed);
    if (code == 0) {
        memcpy(k->key, content, sizeof k->key);
        memcpy(k->id, content + sizeof k->key, sizeof k->id);
    }
    explicit_bzero(content, sizeof content);
    return code;
}

uint32_t server_key_load(struct server_key *k, int directory)
{
    struct buffer content = BUFFER_INIT;
    uint32_t code = state_file_read(directory, file_name, &content);
    if (code == ERROR_FILE_NOT_FOUND)
        return make(k, directory);
    if (code == 0 && content.length != SERVER_KEY_BYTES + SERVER_ID_BYTES)
        code = (uint32_t)hrLogFileCorrupt;
    if (code == 0) {
        memcpy(k->key, content.data, sizeof k->key);
        memcpy(k->id, content.data + sizeof k->key, sizeof k->id);
    }
    buffer_destroy(&content);
    return code;
}

void server_key_sign(const struct server_key *k, uint32_t tombstone_days, uint64_t now,
                     uint8_t out[EXPIRY_TOKEN_BYTES])
{
    struct expiry_token t = {.tombstone_days = tombstone_days, .created = now};
    memcpy(t.server_id, k->id, sizeof t.server_id);
    expiry_token_format(&t, out);
    digest_hmac(k->key, sizeof k->key, out, EXPIRY_TOKEN_SIGNED_BYTES, t.mac);
    expiry_token_format(&t, out);
}

uint32_t server_key_judge(const struct server_key *k, const void *token, size_t n, uint64_t now)
{
    struct expiry_token t;
    uint8_t mac[DIGEST_BYTES];
    uint32_t code = expiry_token_parse(token, n, &t);
    if (code != 0)
        return code;
    digest_hmac(k->key, sizeof k->key, token, EXPIRY_TOKEN_SIGNED_BYTES, mac);
    if (!digest_equal(mac, t.mac) || memcmp(t.server_id, k->id, sizeof k->id) != 0)
        return (uint32_t)hrUnknownExpiryTokenFormat;
    return expiry_token_check_age(&t, now);
}
