/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory of the program and its libraries.
 */
#include "next.h"

#include <errno.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <wchar.h>

/* The entries of glibc behind its public names: there before any constructor has run, and before
   dlsym() works. */
extern void *__libc_malloc(size_t size);               // NOLINT
extern void *__libc_calloc(size_t count, size_t size); // NOLINT
extern void *__libc_realloc(void *block, size_t size); // NOLINT
extern void __libc_free(void *block);                  // NOLINT

void *malloc(size_t size)
{
    int place;
    return FAILS(FAULT_MEM_ALLOC, &place) ? NULL : preload_keep(__libc_malloc(size), place);
}

void *calloc(size_t count, size_t size)
{
    int place;
    return FAILS(FAULT_MEM_ALLOC, &place) ? NULL : preload_keep(__libc_calloc(count, size), place);
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
    return FAILS(FAULT_MEM_ALLOC, &place) ? NULL : move(block, size, place);
}

void *reallocarray(void *block, size_t count, size_t size)
{
    int place;
    size_t bytes;
    if (FAILS(FAULT_MEM_ALLOC, &place))
        return NULL;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return move(block, bytes, place);
}

/* On failure errno stays as it was: the error is the result. */
int posix_memalign(void **out, size_t alignment, size_t size)
{
    int place, saved = errno;
    if (FAILS(FAULT_MEM_ALLOC, &place)) {
        errno = saved;
        return ENOMEM;
    }
    int result = NEXT(posix_memalign)(out, alignment, size);
    if (result == 0)
        preload_keep(*out, place);
    return result;
}

// NOLINTBEGIN(bugprone-macro-parentheses): the name and the type of a function
#define ALIGNED(name)                                                                              \
    void *name(size_t alignment, size_t size)                                                      \
    {                                                                                              \
        int place;                                                                                 \
        return FAILS(FAULT_MEM_ALLOC, &place) ? NULL                                               \
                                              : preload_keep(NEXT(name)(alignment, size), place);  \
    }
// NOLINTEND(bugprone-macro-parentheses)
ALIGNED(aligned_alloc)
ALIGNED(memalign)

static char *copy(const char *text, size_t length, int place)
{
    char *bytes = preload_keep(__libc_malloc(length + 1), place);
    if (bytes != NULL)
        memcpy(bytes, text, length);
    if (bytes != NULL)
        bytes[length] = '\0';
    return bytes;
}

char *strdup(const char *text)
{
    int place;
    return FAILS(FAULT_MEM_ALLOC, &place) ? NULL : copy(text, strlen(text), place);
}

char *strndup(const char *text, size_t most)
{
    int place;
    return FAILS(FAULT_MEM_ALLOC, &place) ? NULL : copy(text, strnlen(text, most), place);
}

extern char *__strdup(const char *text);               // NOLINT
extern char *__strndup(const char *text, size_t most); // NOLINT

char *__strdup(const char *text) // NOLINT
{
    int place;
    return FAILS(FAULT_MEM_ALLOC, &place) ? NULL : copy(text, strlen(text), place);
}

char *__strndup(const char *text, size_t most) // NOLINT
{
    int place;
    return FAILS(FAULT_MEM_ALLOC, &place) ? NULL : copy(text, strnlen(text, most), place);
}

wchar_t *wcsdup(const wchar_t *text)
{
    int place;
    if (FAILS(FAULT_MEM_ALLOC, &place))
        return NULL;
    return preload_keep(NEXT(wcsdup)(text), place);
}

/* The block of the line moves as realloc() does it. */
// NOLINTBEGIN(bugprone-macro-parentheses): the parameters of a function
#define LINE(name, parameters, arguments)                                                          \
    ssize_t name parameters                                                                        \
    {                                                                                              \
        int place;                                                                                 \
        if (FAILS(FAULT_MEM_ALLOC, &place))                                                        \
            return -1;                                                                             \
        int before = preload_drop(*line);                                                          \
        ssize_t n = NEXT(name) arguments;                                                          \
        preload_keep(*line, before != NOWHERE ? before : place);                                   \
        return n;                                                                                  \
    }
LINE(getline, (char **restrict line, size_t *restrict size, FILE *restrict stream),
     (line, size, stream))
LINE(getdelim, (char **restrict line, size_t *restrict size, int end, FILE *restrict stream),
     (line, size, end, stream))
LINE(__getdelim,
     (char **restrict line, size_t *restrict size, int end, FILE *restrict stream), // NOLINT
     (line, size, end, stream))
// NOLINTEND(bugprone-macro-parentheses)

static int print(char **out, const char *format, va_list values, const void *caller)
{
    int place;
    if (preload_cross(FAULT_MEM_ALLOC, caller, &place).action != FAULT_GO_ON)
        return -1;
    int n = NEXT(vasprintf)(out, format, values);
    if (n >= 0)
        preload_keep(*out, place);
    return n;
}

int vasprintf(char **out, const char *format, va_list values)
{
    return print(out, format, values, __builtin_return_address(0));
}

int asprintf(char **out, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    int n = print(out, format, values, __builtin_return_address(0));
    va_end(values);
    return n;
}

/* As _FORTIFY_SOURCE calls them; what `flag` asks libc to check is not checked. */
extern int __vasprintf_chk(char **out, int flag, const char *format, va_list values); // NOLINT
extern int __asprintf_chk(char **out, int flag, const char *format, ...);             // NOLINT

int __vasprintf_chk(char **out, int flag, const char *format, va_list values) // NOLINT
{
    (void)flag;
    return print(out, format, values, __builtin_return_address(0));
}

int __asprintf_chk(char **out, int flag, const char *format, ...) // NOLINT
{
    va_list values;
    (void)flag;
    va_start(values, format);
    int n = print(out, format, values, __builtin_return_address(0));
    va_end(values);
    return n;
}

// NOLINTBEGIN(bugprone-macro-parentheses): the name and the type of a function
#define MAP(name, offset_type)                                                                     \
    void *name(void *at, size_t size, int protection, int flags, int fd, offset_type offset)       \
    {                                                                                              \
        int place;                                                                                 \
        return FAILS(FAULT_MEM_MAP, &place) ? MAP_FAILED                                           \
                                            : NEXT(name)(at, size, protection, flags, fd, offset); \
    }
// NOLINTEND(bugprone-macro-parentheses)
MAP(mmap, off_t)
MAP(mmap64, off64_t)

void free(void *block)
{
    int saved = errno;
    preload_drop(block);
    __libc_free(block);
    errno = saved;
}
