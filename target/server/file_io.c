/* SPDX-License-Identifier: Apache-2.0 */
#include "file_io.h"

#include "errno_code.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

uint32_t file_read_at(int fd, void *room, size_t n, uint64_t offset, size_t *out_read)
{
    *out_read = 0;
    while (*out_read < n) {
        ssize_t got =
            pread(fd, (char *)room + *out_read, n - *out_read, (off_t)(offset + *out_read));
        if (got == 0)
            return 0;
        if (got > 0)
            *out_read += (size_t)got;
        else if (errno != EINTR)
            return errno_code(errno);
    }
    return 0;
}

uint32_t file_write_all(int fd, const void *bytes, size_t n)
{
    size_t done = 0;
    while (done < n) {
        ssize_t written = write(fd, (const char *)bytes + done, n - done);
        if (written >= 0)
            done += (size_t)written;
        else if (errno != EINTR)
            return errno_code(errno);
    }
    return 0;
}

int file_open_at(int directory, const char *name, int flags, unsigned mode)
{
    int fd;
    do
        fd = openat(directory, name, flags | O_CLOEXEC | O_NOFOLLOW, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

int file_sync(int fd)
{
    int result;
    do
        result = fsync(fd);
    while (result != 0 && errno == EINTR);
    return result;
}
