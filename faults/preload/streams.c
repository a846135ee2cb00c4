/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams and directories. A stream is in the ledger as its descriptor and as itself.
 */
#include "next.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

/* -1: it has none. */
static int number_of(FILE *stream)
{
    int saved = errno, fd = fileno(stream);
    errno = saved;
    return fd;
}

#define FOPEN(name)                                                                                \
    FILE *name(const char *path, const char *how)                                                  \
    {                                                                                              \
        int place;                                                                                 \
        if (FAILS(how[0] == 'r' ? FAULT_FILE_OPEN : FAULT_FILE_CREATE, &place))                    \
            return NULL;                                                                           \
        FILE *stream = NEXT(name)(path, how);                                                      \
        if (stream != NULL)                                                                        \
            preload_keep_descriptor(fileno(stream), place);                                        \
        return preload_keep(stream, place);                                                        \
    }
FOPEN(fopen)
FOPEN(fopen64)

/* The descriptor is in the ledger already. */
FILE *fdopen(int fd, const char *how)
{
    int place;
    return FAILS(FAULT_MEM_ALLOC, &place) ? NULL : preload_keep(NEXT(fdopen)(fd, how), place);
}

/* Of the child it is known that there is one (process.c). */
FILE *popen(const char *command, const char *how)
{
    int place;
    if (FAILS(FAULT_PROC_FORK, &place))
        return NULL;
    FILE *stream = NEXT(popen)(command, how);
    if (stream != NULL)
        preload_keep_descriptor(fileno(stream), place);
    return preload_keep(stream, place);
}

int pclose(FILE *stream)
{
    preload_drop_descriptor(number_of(stream));
    preload_drop(stream);
    return NEXT(pclose)(stream);
}

/* As of close(): the stream is closed whatever it says. */
int fclose(FILE *stream)
{
    int place, fd = number_of(stream);
    struct fault_effect effect = {FAULT_GO_ON, 0};
    if (fd != -1)
        effect = preload_cross(FAULT_FILE_CLOSE, __builtin_return_address(0), &place);
    preload_drop_descriptor(fd);
    preload_drop(stream);
    int result = NEXT(fclose)(stream);
    if (effect.action != FAULT_FAIL)
        return result;
    errno = effect.value;
    return EOF;
}

/* Writing ------------------------------------------------------------------------------------- */

/* As a real failure does, it leaves its mark on the stream; but on a stream in memory, which can
   only fail to grow. NULL: all streams. */
static bool fails(FILE *stream, const void *caller)
{
    int place;
    if (preload_cross(FAULT_OUT_WRITE, caller, &place).action == FAULT_GO_ON)
        return false;
    if (stream == NULL)
        return true;
    if (number_of(stream) == -1)
        errno = ENOMEM;
    else
        stream->_flags |= _IO_ERR_SEEN;
    return true;
}

// NOLINTBEGIN(bugprone-macro-parentheses, bugprone-reserved-identifier): parameters of functions
#define OUT(type, failure, stream, name, parameters, arguments)                                    \
    extern type name parameters;                                                                   \
    type name parameters                                                                           \
    {                                                                                              \
        return fails(stream, __builtin_return_address(0)) ? failure : NEXT(name) arguments;        \
    }
OUT(size_t, 0, stream, fwrite,
    (const void *restrict bytes, size_t size, size_t count, FILE *restrict stream),
    (bytes, size, count, stream))
#undef fwrite_unlocked /* a macro for short blocks */
OUT(size_t, 0, stream, fwrite_unlocked,
    (const void *restrict bytes, size_t size, size_t count, FILE *restrict stream),
    (bytes, size, count, stream))
OUT(int, EOF, stream, fputs, (const char *restrict text, FILE *restrict stream), (text, stream))
OUT(int, EOF, stream, fputs_unlocked, (const char *restrict text, FILE *restrict stream),
    (text, stream))
OUT(int, EOF, stdout, puts, (const char *text), (text))
OUT(int, EOF, stream, fputc, (int c, FILE *stream), (c, stream))
OUT(int, EOF, stream, fputc_unlocked, (int c, FILE *stream), (c, stream))
OUT(int, EOF, stream, putc, (int c, FILE *stream), (c, stream))
OUT(int, EOF, stream, putc_unlocked, (int c, FILE *stream), (c, stream))
OUT(int, EOF, stdout, putchar, (int c), (c))
OUT(int, EOF, stdout, putchar_unlocked, (int c), (c))
OUT(int, EOF, stream, __overflow, (FILE * stream, int c), (stream, c))
OUT(int, EOF, stream, fflush, (FILE * stream), (stream))
OUT(int, EOF, stream, fflush_unlocked, (FILE * stream), (stream))
OUT(int, -1, stream, vfprintf, (FILE *restrict stream, const char *restrict format, va_list values),
    (stream, format, values))
OUT(int, -1, stdout, vprintf, (const char *restrict format, va_list values), (format, values))
OUT(int, -1, stream, __vfprintf_chk, (FILE * stream, int flag, const char *format, va_list values),
    (stream, flag, format, values))
OUT(int, -1, stdout, __vprintf_chk, (int flag, const char *format, va_list values),
    (flag, format, values))

#define PRINT(stream, name, next, parameters, arguments)                                           \
    extern int name parameters;                                                                    \
    int name parameters                                                                            \
    {                                                                                              \
        va_list values;                                                                            \
        if (fails(stream, __builtin_return_address(0)))                                            \
            return -1;                                                                             \
        va_start(values, format);                                                                  \
        int n = NEXT(next) arguments;                                                              \
        va_end(values);                                                                            \
        return n;                                                                                  \
    }
PRINT(stream, fprintf, vfprintf, (FILE *restrict stream, const char *restrict format, ...),
      (stream, format, values))
PRINT(stdout, printf, vprintf, (const char *restrict format, ...), (format, values))
PRINT(stream, __fprintf_chk, __vfprintf_chk, (FILE * stream, int flag, const char *format, ...),
      (stream, flag, format, values))
PRINT(stdout, __printf_chk, __vprintf_chk, (int flag, const char *format, ...),
      (flag, format, values))
// NOLINTEND(bugprone-macro-parentheses, bugprone-reserved-identifier)

/* Directories --------------------------------------------------------------------------------- */

DIR *opendir(const char *path)
{
    int place;
    if (FAILS(FAULT_FILE_OPENDIR, &place))
        return NULL;
    DIR *directory = NEXT(opendir)(path);
    if (directory != NULL)
        preload_keep_descriptor(dirfd(directory), place);
    return directory;
}

DIR *fdopendir(int fd)
{
    int place;
    return FAILS(FAULT_FILE_LIST, &place) ? NULL : NEXT(fdopendir)(fd);
}

int closedir(DIR *directory)
{
    preload_drop_descriptor(dirfd(directory));
    return NEXT(closedir)(directory);
}

struct dirent *readdir(DIR *directory)
{
    int place;
    return FAILS(FAULT_FILE_LIST, &place) ? NULL : NEXT(readdir)(directory);
}

struct dirent64 *readdir64(DIR *directory)
{
    int place;
    return FAILS(FAULT_FILE_LIST, &place) ? NULL : NEXT(readdir64)(directory);
}
