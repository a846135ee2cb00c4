/* SPDX-License-Identifier: Apache-2.0 */
#include "access.h"

#include "errno_code.h"
#include "file_io.h"

#include <windows.h>

#include <ntdsbmsg.h>

#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_BYTES = 1 << 20, NAME_BYTES = 2100 };

/* The next line of [*at, end) as name and hash. False: the end. *bad: it is not an account. */
struct line {
    const char *name, *hash;
    size_t name_bytes, hash_bytes;
};

static bool next_line(const char **at, const char *end, struct line *out, bool *bad)
{
    while (*at < end) {
        const char *start = *at, *stop = memchr(start, '\n', (size_t)(end - start));
        if (stop == NULL)
            stop = end;
        *at = stop + (stop < end);
        if (start == stop || *start == '#')
            continue;
        const char *colon = memchr(start, ':', (size_t)(stop - start));
        *bad = colon == NULL || colon == start || colon + 1 == stop ||
               memchr(start, '\0', (size_t)(stop - start)) != NULL ||
               (size_t)(stop - start) > NAME_BYTES;
        if (!*bad)
            *out = (struct line){start, colon + 1, (size_t)(colon - start),
                                 (size_t)(stop - colon - 1)};
        return true;
    }
    return false;
}

static uint32_t check(const struct accounts *a)
{
    if (a->text.length == 0)
        return 0;
    const char *at = (const char *)a->text.data, *end = at + a->text.length;
    struct line line = {"", "", 0, 0};
    bool bad = false;
    while (!bad && next_line(&at, end, &line, &bad))
        ;
    return bad ? ERROR_INVALID_PARAMETER : 0;
}

uint32_t accounts_load(struct accounts *a, const char *path)
{
    struct stat s;
    *a = (struct accounts){BUFFER_INIT};
    if (path == NULL)
        return 0;
    /* A pipe is refused, without waiting for its writer. */
    int fd = file_open_at(AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0);
    if (fd < 0)
        return errno == ENOENT ? ERROR_PATH_NOT_FOUND : errno_code(errno);
    uint32_t code = fstat(fd, &s) != 0 ? errno_code(errno) : 0;
    if (code == 0 && (!S_ISREG(s.st_mode) || s.st_size > MOST_BYTES))
        code = ERROR_INVALID_PARAMETER;
    if (code == 0 && s.st_size > 0) {
        size_t n = (size_t)s.st_size, got = 0;
        uint8_t *room = buffer_extend(&a->text, n);
        code = room != NULL ? file_read_at(fd, room, n, 0, &got) : ERROR_NOT_ENOUGH_MEMORY;
        a->text.length = got;
        /* A part of the accounts would lock out the others. */
        if (code == 0 && got < n)
            code = (uint32_t)hrReadVerifyFailure;
    }
    close(fd);
    if (code == 0)
        code = check(a);
    if (code != 0)
        accounts_destroy(a);
    return code;
}

void accounts_destroy(struct accounts *a)
{
    buffer_destroy(&a->text);
}

static bool is_account(const struct line *l, const struct rpc_credentials *c)
{
    size_t domain = strlen(c->domain), user = strlen(c->user), prefix = domain > 0 ? domain + 1 : 0;
    return l->name_bytes == prefix + user && memcmp(l->name + prefix, c->user, user) == 0 &&
           (domain == 0 || (memcmp(l->name, c->domain, domain) == 0 && l->name[domain] == '\\'));
}

/* crypt_r() is not instrumented: MemorySanitizer cannot see that it wrote its output. */
#if defined(__clang__)
#define FROM_UNINSTRUMENTED __attribute__((noinline, no_sanitize("memory")))
#else
#define FROM_UNINSTRUMENTED
#endif

/* Compares all bytes, even if they differ early. */
FROM_UNINSTRUMENTED static bool is_same(const char *made, const char *hash)
{
    unsigned char difference = 0;
    size_t i = 0;
    for (; made[i] != '\0' && hash[i] != '\0'; i++)
        difference |= (unsigned char)(made[i] ^ hash[i]);
    return difference == 0 && made[i] == hash[i];
}

static uint32_t verify(const char *password, const char *hash)
{
    struct crypt_data *data = calloc(1, sizeof *data);
    if (data == NULL)
        return ERROR_NOT_ENOUGH_SERVER_MEMORY;
    errno = 0;
    const char *made = crypt_r(password, hash, data);
    bool no_memory = made == NULL && errno == ENOMEM;
    /* For an invalid hash crypt_r() never returns the same text. */
    bool same = made != NULL && is_same(made, hash);
    explicit_bzero(data, sizeof *data);
    free(data);
    return same ? 0 : no_memory ? ERROR_NOT_ENOUGH_SERVER_MEMORY : ERROR_ACCESS_DENIED;
}

uint32_t accounts_judge(const struct accounts *a, const struct rpc_credentials *c)
{
    char hash[NAME_BYTES + 1];
    if (a->text.length == 0)
        return ERROR_ACCESS_DENIED;
    const char *at = (const char *)a->text.data, *end = at + a->text.length;
    struct line line = {"", "", 0, 0}, chosen = {0};
    bool known = false, bad = false;
    while (!known && next_line(&at, end, &line, &bad)) {
        chosen = line; /* an unknown name is hashed against the last account */
        known = is_account(&line, c);
    }
    if (chosen.hash == NULL)
        return ERROR_ACCESS_DENIED;
    memcpy(hash, chosen.hash, chosen.hash_bytes);
    hash[chosen.hash_bytes] = '\0';
    uint32_t code = verify(c->password, hash);
    explicit_bzero(hash, sizeof hash);
    return known || code != 0 ? code : ERROR_ACCESS_DENIED;
}
