/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scene's files in a folder of this machine.
 */
#include "disk_real.h"

#include "faults/world/file.h"

#include <crypt.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PATH = 512,
    MOST = 1 << 20,            /* bytes of a file that get() reads */
    PATTERN_WRITTEN = 6 << 20, /* bytes of a pattern that are really written; the rest is a hole */
};

static const char *root;

void real_disk_set_root(const char *path)
{
    root = path;
}

static const char *path_of(const char *path)
{
    static char out[PATH];
    snprintf(out, sizeof out, "%s%s", root, path);
    return out;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status, (void)kind, (void)where;
    return remove(path);
}

void real_disk_remove(void)
{
    nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void reset(void)
{
    real_disk_remove();
    mkdir(root, 0700);
}

static bool make_directory(const char *path)
{
    return mkdir(path_of(path), 0700) == 0;
}

static bool put(const char *path, const void *bytes, size_t n)
{
    int fd = open(path_of(path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write(fd, bytes, n) == (ssize_t)n;
    if (fd >= 0)
        close(fd);
    return good;
}

/* A program cannot read that far: its calls read at most a MiB each, and files from their start. */
static bool put_pattern(const char *path, uint64_t size)
{
    size_t n = size < PATTERN_WRITTEN ? (size_t)size : PATTERN_WRITTEN;
    uint8_t *bytes = malloc(n);
    if (bytes != NULL)
        file_pattern_copy(0, bytes, n);
    bool good = bytes != NULL && put(path, bytes, n) && truncate(path_of(path), (off_t)size) == 0;
    free(bytes);
    return good;
}

static bool get(const char *path, const uint8_t **bytes, uint64_t *size)
{
    static uint8_t content[MOST];
    int fd = open(path_of(path), O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, content, sizeof content) : -1;
    if (fd >= 0)
        close(fd);
    *bytes = content;
    *size = n >= 0 ? (uint64_t)n : 0;
    return n >= 0;
}

static bool exists(const char *path)
{
    return faccessat(AT_FDCWD, path_of(path), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Changes of names are not noticed: each call assumes one. */
static uint64_t version(void)
{
    static uint64_t count;
    return ++count;
}

/* A real machine is not stopped. */
static bool is_durable(const char *path)
{
    return access(path_of(path), F_OK) == 0;
}

static void remember(unsigned slot)
{
    (void)slot;
}

static bool recall(unsigned slot)
{
    (void)slot;
    return false;
}

static const char *hash(const char *password)
{
    static struct crypt_data data;
    const char *made = crypt_r(password, "$5$rounds=1000$scene$", &data);
    return made != NULL ? made : "*";
}

const struct disk_backend disk_real = {
    .reset = reset,
    .make_directory = make_directory,
    .put = put,
    .put_pattern = put_pattern,
    .get = get,
    .exists = exists,
    .version = version,
    .is_durable = is_durable,
    .remember = remember,
    .recall = recall,
    .path = path_of,
    .hash = hash,
};
