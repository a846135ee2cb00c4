/* SPDX-License-Identifier: Apache-2.0 */
#include "durable_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool durable_open(struct durable_file *f, int directory, const char *name, bool keep)
{
    struct stat status;
    /* Not blocking: a FIFO of that name must not block. */
    int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | (keep ? 0 : O_EXCL);
    *f = (struct durable_file){.keep = keep, .fd = openat(directory, name, flags, 0600)};
    if (f->fd < 0)
        return false;
    if (fstat(f->fd, &status) == 0) {
        if (S_ISREG(status.st_mode))
            return true;
        errno = EINVAL;
    }
    int why = errno;
    if (!keep) /* it was made here */
        unlinkat(directory, name, 0);
    errno = why;
    durable_abandon(f);
    return false;
}

/* Full pread: fewer than n bytes only at the end of the file. */
static ssize_t read_at(int fd, unsigned char *out, size_t n, uint64_t offset)
{
    size_t done = 0;
    while (done < n) {
        ssize_t got = pread(fd, out + done, n - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

static bool write_at(int fd, const unsigned char *bytes, size_t n, uint64_t offset)
{
    while (n > 0) {
        ssize_t put = pwrite(fd, bytes, n, (off_t)offset);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        bytes += put;
        n -= (size_t)put;
        offset += (uint64_t)put;
    }
    return true;
}

/* Whether the file has these bytes at its offset. In doubt it returns false, and
   they are written. */
static bool is_there(struct durable_file *f, const void *bytes, size_t n)
{
    if (f->scratch_bytes < n) {
        unsigned char *grown = realloc(f->scratch, n);
        if (grown == NULL)
            return false;
        f->scratch = grown;
        f->scratch_bytes = n;
    }
    return read_at(f->fd, f->scratch, n, f->offset) == (ssize_t)n &&
           memcmp(f->scratch, bytes, n) == 0;
}

bool durable_append(struct durable_file *f, const void *bytes, size_t n)
{
    if (!(f->keep && is_there(f, bytes, n)) && !write_at(f->fd, bytes, n, f->offset))
        return false;
    f->offset += n;
    return true;
}

bool durable_finish(struct durable_file *f)
{
    bool done = ftruncate(f->fd, (off_t)f->offset) == 0 && fsync(f->fd) == 0;
    int why = errno;
    if (close(f->fd) != 0 && done) {
        done = false;
        why = errno;
    }
    f->fd = -1;
    durable_abandon(f);
    errno = why;
    return done;
}

void durable_abandon(struct durable_file *f)
{
    int why = errno;
    if (f->fd >= 0)
        close(f->fd);
    free(f->scratch);
    *f = (struct durable_file){.fd = -1};
    errno = why;
}

bool durable_write(int directory, const char *name, const void *bytes, size_t n)
{
    char temporary[300];
    struct durable_file f;
    snprintf(temporary, sizeof temporary, "%s.new", name);
    /* One may be left of a run that was killed. */
    if (unlinkat(directory, temporary, 0) != 0 && errno != ENOENT)
        return false;
    if (!durable_open(&f, directory, temporary, false))
        return false;
    bool done = durable_append(&f, bytes, n) && durable_finish(&f) &&
                renameat(directory, temporary, directory, name) == 0 && fsync(directory) == 0;
    durable_abandon(&f);
    if (!done) {
        int why = errno;
        unlinkat(directory, temporary, 0);
        errno = why;
    }
    return done;
}

bool durable_read(int directory, const char *name, void *out, size_t capacity, size_t *out_n)
{
    struct stat status;
    bool done = false;
    int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    if (fstat(fd, &status) != 0)
        goto cleanup;
    errno = !S_ISREG(status.st_mode) ? EINVAL : EFBIG;
    if (!S_ISREG(status.st_mode) || (uint64_t)status.st_size > capacity)
        goto cleanup;
    ssize_t n = read_at(fd, out, (size_t)status.st_size, 0);
    done = n >= 0;
    if (done)
        *out_n = (size_t)n;
cleanup:;
    int why = errno;
    close(fd);
    errno = why;
    return done;
}
