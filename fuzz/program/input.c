/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/program/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Why the opened file cannot be read; NULL: it can. */
static const char *obstacle(int fd, size_t most, struct stat *s)
{
    if (fd < 0 || fstat(fd, s) != 0)
        return strerror(errno);
    if (S_ISDIR(s->st_mode))
        return "is a folder";
    if (!S_ISREG(s->st_mode))
        return "is not a regular file";
    return (uint64_t)s->st_size > most ? "is too large" : NULL;
}

/* NULL: exactly `size` bytes were read. */
static const char *read_all(int fd, uint8_t *bytes, size_t size)
{
    uint8_t more;
    for (size_t at = 0; at <= size;) {
        ssize_t n = at < size ? read(fd, bytes + at, size - at) : read(fd, &more, 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return strerror(errno);
        if (n == 0)
            return at == size ? NULL : "has become shorter while it was read";
        at += (size_t)n;
    }
    return "has become longer while it was read";
}

bool input_read(const char *path, size_t most, uint8_t **out, size_t *out_size, const char **why)
{
    struct stat s = {0};
    uint8_t *bytes = NULL;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    *why = obstacle(fd, most, &s);
    if (*why == NULL) {
        size_t size = (size_t)s.st_size;
        bytes = malloc(size > 0 ? size : 1);
        *why = bytes != NULL ? read_all(fd, bytes, size) : strerror(errno);
    }
    if (fd >= 0)
        close(fd);
    if (*why != NULL) {
        free(bytes);
        return false;
    }
    *out = bytes;
    *out_size = (size_t)s.st_size;
    return true;
}

bool input_is_text(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i] == 0x7f ||
            (bytes[i] < ' ' && bytes[i] != '\n' && bytes[i] != '\t' && bytes[i] != '\r'))
            return false;
    return n > 0;
}
