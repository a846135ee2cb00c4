/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands before libc in a program that runs as it is (LD_PRELOAD): notes each call of the names
 * below that the program and its libraries make, lets the one fail that it was told to, and keeps a
 * ledger of memory and descriptors. Calls of libc itself go on as they are, and are counted.
 */
#include "watch.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The entries of glibc behind its public names: there before any constructor has run. */
extern void *__libc_malloc(size_t size);                  // NOLINT
extern void *__libc_calloc(size_t count, size_t size);    // NOLINT
extern void *__libc_realloc(void *block, size_t size);    // NOLINT
extern void __libc_free(void *block);                     // NOLINT
extern int __open(const char *path, int flags, ...);      // NOLINT
extern ssize_t __read(int fd, void *out, size_t count);   // NOLINT
extern ssize_t __write(int fd, const void *in, size_t n); // NOLINT
extern int __close(int fd);                               // NOLINT

#define CROSS(class, place) preload_cross(class, __builtin_return_address(0), place)

void *malloc(size_t size)
{
    int place;
    return CROSS(FAULT_MEM_ALLOC, &place).action != FAULT_GO_ON
               ? NULL
               : preload_keep(__libc_malloc(size), place);
}

void *calloc(size_t count, size_t size)
{
    int place;
    return CROSS(FAULT_MEM_ALLOC, &place).action != FAULT_GO_ON
               ? NULL
               : preload_keep(__libc_calloc(count, size), place);
}

/* A block that has a place keeps it. */
static void *move(void *block, size_t size, int place)
{
    int before = preload_drop(block);
    void *moved = __libc_realloc(block, size);
    if (moved == NULL && size != 0)
        preload_keep(block, before);
    return preload_keep(moved, before != NOWHERE ? before : place);
}

void *realloc(void *block, size_t size)
{
    int place;
    return CROSS(FAULT_MEM_ALLOC, &place).action != FAULT_GO_ON ? NULL : move(block, size, place);
}

void *reallocarray(void *block, size_t count, size_t size)
{
    int place;
    size_t bytes;
    if (CROSS(FAULT_MEM_ALLOC, &place).action != FAULT_GO_ON)
        return NULL;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return move(block, bytes, place);
}

char *strdup(const char *text)
{
    int place;
    if (CROSS(FAULT_MEM_ALLOC, &place).action != FAULT_GO_ON)
        return NULL;
    size_t size = strlen(text) + 1;
    char *copy = preload_keep(__libc_malloc(size), place);
    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

void free(void *block)
{
    int saved = errno;
    preload_drop(block);
    __libc_free(block);
    errno = saved;
}

static int opened(const char *path, int flags, mode_t mode, const void *caller)
{
    int place;
    enum fault_class class = (flags & O_CREAT) != 0 ? FAULT_FILE_CREATE : FAULT_FILE_OPEN;
    if (preload_cross(class, caller, &place).action != FAULT_GO_ON)
        return -1;
    return preload_keep_descriptor(__open(path, flags, mode), place);
}

#define OPEN(name)                                                                                 \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;             \
        va_end(rest);                                                                              \
        return opened(path, flags, mode, __builtin_return_address(0));                             \
    }
OPEN(open)
OPEN(open64)

static bool is_socket(int fd)
{
    struct stat about;
    int saved = errno;
    bool is = fstat(fd, &about) == 0 && S_ISSOCK(about.st_mode);
    errno = saved;
    return is;
}

/* How many bytes a call moves; -1: it fails; 0: the end. */
static ssize_t allowed(struct fault_effect effect, size_t count)
{
    switch (effect.action) {
    case FAULT_GO_ON:
        return (ssize_t)count;
    case FAULT_SHORT:
        return count > 1 ? (ssize_t)(count / 2) : (ssize_t)count;
    case FAULT_END:
        return 0;
    default:
        return -1;
    }
}

ssize_t read(int fd, void *out, size_t count)
{
    int place;
    ssize_t n = allowed(CROSS(is_socket(fd) ? FAULT_NET_RECV : FAULT_FILE_READ, &place), count);
    return n <= 0 && count != 0 ? n : __read(fd, out, (size_t)n);
}

ssize_t write(int fd, const void *in, size_t count)
{
    int place;
    ssize_t n = allowed(CROSS(is_socket(fd) ? FAULT_NET_SEND : FAULT_FILE_WRITE, &place), count);
    return n < 0 ? n : __write(fd, in, (size_t)n);
}

/* As on Linux, the descriptor is closed whatever close() says. */
int close(int fd)
{
    int place;
    struct fault_effect effect = CROSS(FAULT_FILE_CLOSE, &place);
    preload_drop_descriptor(fd);
    int result = __close(fd);
    if (effect.action != FAULT_FAIL)
        return result;
    errno = effect.value;
    return -1;
}

int fclose(FILE *stream)
{
    static int (*next)(FILE *);
    preload_drop_descriptor(fileno(stream));
    *(void **)&next = dlsym(RTLD_NEXT, "fclose");
    return next(stream);
}
