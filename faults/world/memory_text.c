/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls that allocate a text.
 */
#include "fail.h"
#include "faults/fault/fault.h"
#include "faults/seam/wrap.h"
#include "world_internal.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static char *copy_of(const char *text, size_t n, const void *caller)
{
    struct fault_effect effect = fault_point(FAULT_MEM_ALLOC, caller);
    if (effect.action == FAULT_FAIL)
        return fail_null(effect.value);
    char *copy = memory_take(n + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}

char *__wrap_strdup(const char *text)
{
    return copy_of(text, strlen(text), __builtin_return_address(0));
}

char *__wrap_strndup(const char *text, size_t n)
{
    return copy_of(text, strnlen(text, n), __builtin_return_address(0));
}

wchar_t *__wrap_wcsdup(const wchar_t *text)
{
    struct fault_effect effect = FAULT_POINT(FAULT_MEM_ALLOC);
    if (effect.action == FAULT_FAIL)
        return fail_null(effect.value);
    size_t n = (wcslen(text) + 1) * sizeof *text;
    void *copy = memory_take(n);
    return copy != NULL ? memcpy(copy, text, n) : NULL;
}

/* When it fails *out is undefined: nothing that may be freed. */
__attribute__((format(printf, 2, 0))) static int print(char **out, const char *format,
                                                       va_list arguments, const void *caller)
{
    static char undefined[] = "undefined";
    struct fault_effect effect = fault_point(FAULT_MEM_ALLOC, caller);
    va_list again;
    *out = undefined;
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    va_copy(again, arguments);
    int n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = n >= 0 ? memory_take((size_t)n + 1) : NULL;
    if (text == NULL)
        return -1;
    vsnprintf(text, (size_t)n + 1, format, arguments);
    *out = text;
    return n;
}

int __wrap_asprintf(char **out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = print(out, format, arguments, __builtin_return_address(0));
    va_end(arguments);
    return n;
}

int __wrap_vasprintf(char **out, const char *format, va_list arguments)
{
    return print(out, format, arguments, __builtin_return_address(0));
}

int __wrap___asprintf_chk(char **out, int flag, const char *format, ...)
{
    (void)flag;
    va_list arguments;
    va_start(arguments, format);
    int n = print(out, format, arguments, __builtin_return_address(0));
    va_end(arguments);
    return n;
}

int __wrap___vasprintf_chk(char **out, int flag, const char *format, va_list arguments)
{
    (void)flag;
    return print(out, format, arguments, __builtin_return_address(0));
}

/* libc reads into a block of its own; the caller's is of the world. */
static ssize_t read_line(char **line, size_t *n, int end, FILE *stream, const void *caller)
{
    struct fault_effect effect = fault_point(FAULT_MEM_ALLOC, caller);
    char *read = NULL;
    size_t room = 0;
    if (effect.action == FAULT_FAIL)
        return fail(effect.value);
    ssize_t got = getdelim(&read, &room, end, stream);
    size_t bytes = (size_t)(got + 1);
    bool fits = got < 0 || (*line != NULL && *n >= bytes);
    char *block = fits ? *line : memory_resize(*line, bytes);
    if (block != NULL && got >= 0)
        memcpy(block, read, bytes);
    free(read);
    if (got < 0 || block == NULL)
        return -1;
    *line = block;
    *n = fits ? *n : bytes;
    return got;
}

ssize_t __wrap_getdelim(char **line, size_t *n, int end, FILE *stream)
{
    return read_line(line, n, end, stream, __builtin_return_address(0));
}

ssize_t __wrap_getline(char **line, size_t *n, FILE *stream)
{
    return read_line(line, n, '\n', stream, __builtin_return_address(0));
}
