/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/program/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int output_open(const char *path, int flags, const char **why)
{
    struct stat s;
    /* Does not wait for the reader of a pipe; the file is emptied only after its
       type was checked. */
    int fd =
        open(path, O_RDWR | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (flags & O_APPEND), 0666);
    *why = NULL;
    if (fd < 0 || fstat(fd, &s) != 0)
        *why = strerror(errno);
    else if (!S_ISREG(s.st_mode))
        *why = "is not a regular file";
    else if ((flags & O_TRUNC) != 0 && ftruncate(fd, 0) != 0)
        *why = strerror(errno);
    if (*why != NULL && fd >= 0)
        close(fd);
    return *why == NULL ? fd : -1;
}

bool output_write(int fd, const void *bytes, size_t n)
{
    for (const char *at = bytes; n > 0;) {
        ssize_t written = write(fd, at, n);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            at += written;
            n -= (size_t)written;
        }
    }
    return true;
}

/* Space is reserved before anything is overwritten, so that a full disk does not
   destroy the file. */
static bool rewrite(int fd, const void *bytes, size_t n)
{
    struct stat s;
    if (fstat(fd, &s) != 0)
        return false;
    if ((off_t)n > s.st_size) {
        int code = posix_fallocate(fd, 0, (off_t)n);
        if (code != 0) {
            /* Part of the space may have been reserved. */
            bool back = ftruncate(fd, s.st_size) == 0;
            errno = back ? code : errno;
            return false;
        }
    }
    return output_write(fd, bytes, n) && ftruncate(fd, (off_t)n) == 0;
}

bool output_rewrite(const char *path, const void *bytes, size_t n, const char **why)
{
    struct stat s;
    bool is_new = lstat(path, &s) != 0;
    int fd = output_open(path, 0, why);
    if (fd < 0)
        return false;
    bool good = rewrite(fd, bytes, n);
    if (!good)
        *why = strerror(errno);
    if (close(fd) != 0 && good) {
        *why = strerror(errno);
        good = false;
    }
    if (!good && is_new)
        unlink(path);
    return good;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool output_names_meet(char *const *paths, size_t count, const char **out)
{
    char **sorted = malloc((count + 1) * sizeof *sorted);
    *out = NULL;
    if (sorted == NULL)
        abort();
    memcpy(sorted, paths, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    for (size_t i = 1; i < count && *out == NULL; i++)
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            *out = sorted[i];
    free(sorted);
    return *out != NULL;
}

static bool is_among(char *const *names, size_t count, size_t but, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (i != but && strcmp(names[i], name) == 0)
            return true;
    return false;
}

void output_number_names(char **names, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        char *name = is_among(names, i, i, names[i]) ? NULL : names[i];
        for (unsigned number = 2; name == NULL; number++) {
            if (asprintf(&name, "%s.%u", names[i], number) < 0)
                abort();
            /* It may be what another one is called, or will be. */
            if (!is_among(names, count, i, name))
                break;
            free(name);
            name = NULL;
        }
        if (name != names[i])
            free(names[i]);
        names[i] = name;
    }
}

void output_start(void)
{
    /* Descriptors are given out from the lowest free one; to write to this one fails. */
    while (fcntl(STDERR_FILENO, F_GETFD) < 0 || fcntl(STDOUT_FILENO, F_GETFD) < 0 ||
           fcntl(STDIN_FILENO, F_GETFD) < 0)
        if (open("/dev/null", O_RDONLY) < 0)
            break;
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
}

int output_finish(const char *program, int status)
{
    bool lost = ferror(stdout) != 0;
    /* Closing may report errors of delayed writes, over a network for instance. */
    if (fclose(stdout) != 0 || lost) {
        fprintf(stderr, "%s: standard output: %s\n", program,
                errno != 0 ? strerror(errno) : "cannot be written");
        return status != EXIT_SUCCESS ? status : EXIT_FAILURE;
    }
    return status;
}
