/* SPDX-License-Identifier: Apache-2.0 */
#include "state_file.h"

#include "../digest/sha256.h"
#include "errno_code.h"
#include "file_io.h"

#include <windows.h>

#include <ntdsbmsg.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_BYTES = 12, NAME_MAX_BYTES = 64 };

static const uint8_t magic[8] = {'N', 'T', 'D', 'S', 'B', 'S', 'T', '1'};

static void make_head(uint8_t head[HEAD_BYTES], size_t n)
{
    memcpy(head, magic, sizeof magic);
    for (size_t i = 0; i < 4; i++)
        head[8 + i] = (uint8_t)(n >> 8 * i);
}

/* Writes the temporary file and makes its content durable. */
static uint32_t write_temporary(int directory, const char *temporary, const void *payload, size_t n)
{
    uint8_t head[HEAD_BYTES], digest[DIGEST_BYTES];
    int fd = file_open_at(directory, temporary, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0)
        return errno_code(errno);
    make_head(head, n);
    digest_sha256(head, sizeof head, payload, n, digest);
    uint32_t code = file_write_all(fd, head, sizeof head);
    if (code == 0)
        code = file_write_all(fd, payload, n);
    if (code == 0)
        code = file_write_all(fd, digest, sizeof digest);
    if (code == 0 && file_sync(fd) != 0)
        code = errno_code(errno);
    if (close(fd) != 0 && code == 0)
        code = errno_code(errno);
    return code;
}

uint32_t state_file_write(int directory, const char *name, const void *payload, size_t n,
                          bool *out_renamed)
{
    char temporary[NAME_MAX_BYTES];
    *out_renamed = false;
    size_t length = strlen(name);
    if (length + sizeof ".tmp" > sizeof temporary || n > STATE_FILE_MAX_PAYLOAD)
        return ERROR_INVALID_PARAMETER;
    memcpy(temporary, name, length);
    memcpy(temporary + length, ".tmp", sizeof ".tmp");
    uint32_t code = write_temporary(directory, temporary, payload, n);
    if (code == 0 && renameat(directory, temporary, directory, name) != 0)
        code = errno_code(errno);
    if (code != 0) {
        /* A leftover would be harmless: the next write starts from the beginning. */
        (void)unlinkat(directory, temporary, 0);
        return code;
    }
    *out_renamed = true;
    return file_sync(directory) == 0 ? 0 : errno_code(errno);
}

/* Checks the bytes read: exactly one head, payload and digest. */
static bool is_sound(const uint8_t *bytes, size_t n)
{
    uint8_t head[HEAD_BYTES], digest[DIGEST_BYTES];
    if (n < HEAD_BYTES + DIGEST_BYTES)
        return false;
    size_t payload = n - HEAD_BYTES - DIGEST_BYTES;
    make_head(head, payload);
    digest_sha256(bytes, HEAD_BYTES, bytes + HEAD_BYTES, payload, digest);
    return memcmp(bytes, head, HEAD_BYTES) == 0 &&
           digest_equal(digest, bytes + HEAD_BYTES + payload);
}

static uint32_t read_whole(int fd, struct buffer *out)
{
    struct stat s;
    if (fstat(fd, &s) != 0)
        return errno_code(errno);
    if (!S_ISREG(s.st_mode) || s.st_size < 0 ||
        s.st_size > STATE_FILE_MAX_PAYLOAD + HEAD_BYTES + DIGEST_BYTES)
        return (uint32_t)hrLogFileCorrupt;
    size_t n = (size_t)s.st_size, got;
    uint8_t *room = buffer_extend(out, n);
    if (room == NULL)
        return ERROR_NOT_ENOUGH_SERVER_MEMORY;
    uint32_t code = file_read_at(fd, room, n, 0, &got);
    if (code == 0 && (got != n || !is_sound(room, n)))
        code = (uint32_t)hrLogFileCorrupt;
    return code;
}

uint32_t state_file_read(int directory, const char *name, struct buffer *out)
{
    /* O_RDONLY alone would wait for the writer of a pipe. */
    int fd = file_open_at(directory, name, O_RDONLY | O_NONBLOCK, 0);
    if (fd < 0)
        return errno == ENOENT ? ERROR_FILE_NOT_FOUND : errno_code(errno);
    struct buffer whole = BUFFER_INIT;
    uint32_t code = read_whole(fd, &whole);
    close(fd);
    if (code == 0 &&
        !buffer_append(out, whole.data + HEAD_BYTES, whole.length - HEAD_BYTES - DIGEST_BYTES))
        code = ERROR_NOT_ENOUGH_SERVER_MEMORY;
    buffer_destroy(&whole);
    return code;
}

uint32_t state_file_remove(int directory, const char *name)
{
    if (unlinkat(directory, name, 0) != 0 && errno != ENOENT)
        return errno_code(errno);
    return file_sync(directory) == 0 ? 0 : errno_code(errno);
}
