/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls on the content of files: reading, writing and cutting, on the simulated tree or passed
 * through.
 */
#include "fail.h"
#include "faults/fault/fault.h"
#include "faults/seam/wrap.h"
#include "file.h"
#include "file_internal.h"
#include "world_internal.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Reading ----------------------------------------------------------------------------------- */

/* Copies what is there of `n` bytes from `at` on, or half of it. */
static ssize_t take(const struct open_file *f, void *room, size_t n, uint64_t at, bool is_short)
{
    if (at >= f->inode->size)
        return 0;
    if (n > f->inode->size - at)
        n = (size_t)(f->inode->size - at);
    if (is_short && n > 1)
        n /= 2;
    if (f->inode->is_pattern)
        file_pattern_copy(at, room, n);
    else
        memcpy(room, file_bytes(f->inode) + at, n);
    return (ssize_t)n;
}

ssize_t __wrap_pread(int fd, void *room, size_t n, off_t offset)
{
    struct fault_effect effect = FILE_POINT(FAULT_FILE_READ);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (effect.action == FAULT_END)
        return 0;
    bool is_short = effect.action == FAULT_SHORT;
    if (!descriptor_is_simulated(fd))
        return pread(fd, room, is_short && n > 1 ? n / 2 : n, offset);
    const struct open_file *f = file_of(fd);
    if (f == NULL)
        return -1;
    if (f->inode->is_directory)
        return fail(EISDIR);
    if (f->inode->is_fifo)
        return fail(ESPIPE);
    if (offset < 0)
        return fail(EINVAL);
    return take(f, room, n, (uint64_t)offset, is_short);
}

/* A FIFO has no writer: it is at its end. */
ssize_t __wrap_read(int fd, void *room, size_t n)
{
    if (net_is_socket(fd))
        return net_receive(fd, room, n, 0, __builtin_return_address(0));
    struct fault_effect effect = FILE_POINT(FAULT_FILE_READ);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (effect.action == FAULT_END)
        return 0;
    bool is_short = effect.action == FAULT_SHORT;
    if (!descriptor_is_simulated(fd))
        return read(fd, room, is_short && n > 1 ? n / 2 : n);
    struct open_file *f = file_of(fd);
    if (f == NULL)
        return -1;
    if (f->inode->is_directory)
        return fail(EISDIR);
    if (f->inode->is_fifo)
        return 0;
    ssize_t got = take(f, room, n, f->position, is_short);
    f->position += (uint64_t)got;
    return got;
}

int __wrap_posix_fadvise(int fd, off_t offset, off_t length, int advice)
{
    world_count_step();
    if (!descriptor_is_simulated(fd))
        return posix_fadvise(fd, offset, length, advice);
    bool means_something = advice >= POSIX_FADV_NORMAL && advice <= POSIX_FADV_NOREUSE;
    return means_something && length >= 0 ? 0 : EINVAL;
}

/* Writing ----------------------------------------------------------------------------------- */

/* 0, or the error with which the kernel refuses to write there. */
static int protection(const struct open_file *f, size_t n)
{
    if (f->dead)
        return EIO;
    if (!f->writable || f->inode->is_pattern)
        return EBADF;
    return file_is_full() && n > 0 ? ENOSPC : 0;
}

ssize_t file_descriptor_write(struct descriptor *d, const void *bytes, size_t n)
{
    struct open_file *f = d->object;
    int error = protection(f, n);
    if (error != 0)
        return fail(error);
    file_store(f->inode, f->position, bytes, n);
    f->position += n;
    return (ssize_t)n;
}

/* The target writes to files alone. */
ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
    if (net_is_socket(fd))
        return net_send(fd, bytes, n, 0, __builtin_return_address(0));
    struct fault_effect effect = file_point(FAULT_FILE_WRITE, __builtin_return_address(0));
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (effect.action == FAULT_SHORT && n > 1)
        n /= 2;
    if (stream_write(fd, bytes, n))
        return (ssize_t)n;
    if (!descriptor_is_simulated(fd))
        return write(fd, bytes, n);
    struct descriptor *d = descriptor_get(fd, DESCRIPTOR_FILE);
    return d != NULL ? file_descriptor_write(d, bytes, n) : -1;
}

ssize_t __wrap_pwrite(int fd, const void *bytes, size_t n, off_t offset)
{
    struct fault_effect effect = FILE_POINT(FAULT_FILE_WRITE);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (effect.action == FAULT_SHORT && n > 1)
        n /= 2;
    if (!descriptor_is_simulated(fd))
        return pwrite(fd, bytes, n, offset);
    const struct open_file *f = file_of(fd);
    if (f == NULL)
        return -1;
    int error = offset < 0 ? EINVAL : protection(f, n);
    if (error != 0)
        return fail(error);
    file_store(f->inode, (uint64_t)offset, bytes, n);
    return (ssize_t)n;
}

int __wrap_ftruncate(int fd, off_t size)
{
    struct fault_effect effect = FILE_POINT(FAULT_FILE_TRUNCATE);
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    if (!descriptor_is_simulated(fd))
        return ftruncate(fd, size);
    const struct open_file *f = file_of(fd);
    if (f == NULL)
        return -1;
    int error = size < 0 ? EINVAL : protection(f, 0);
    if (error != 0)
        return fail(error);
    file_set_size(f->inode, (uint64_t)size);
    return 0;
}
