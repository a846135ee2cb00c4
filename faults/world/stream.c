/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The streams of libc that the target prints to: standard output, which is buffered as that of a
 * pipe, standard error, which is not, and streams that grow a text in memory.
 */
#include "fail.h"
#include "faults/fault/fault.h"
#include "faults/seam/wrap.h"
#include "ledger.h"
#include "process.h"
#include "world_internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OUTPUT_BUFFER = 4096, MEMORY_STREAMS = 4 };

/* Bytes; the memory is kept from world to world. */
struct text {
    char *bytes;
    size_t n, capacity;
};

static struct {
    struct text text;
    size_t arrived; /* of its bytes: a failure loses those after them */
    bool failed;
} standard[STREAMS];

static struct memory_stream {
    struct text text;
    char **out;
    size_t *out_n;
    bool used;
} memory[MEMORY_STREAMS];

static void add(struct text *t, const void *bytes, size_t n)
{
    if (t->n + n + 1 > t->capacity) {
        t->capacity = 2 * (t->n + n + 1);
        t->bytes = realloc(t->bytes, t->capacity);
        if (t->bytes == NULL)
            abort(); /* the harness itself is out of memory */
    }
    memcpy(t->bytes + t->n, bytes, n);
    t->n += n;
    t->bytes[t->n] = '\0';
}

void stream_restart(void)
{
    for (int i = 0; i < STREAMS; i++) {
        standard[i].text.n = standard[i].arrived = 0;
        standard[i].failed = false;
    }
}

void stream_reset(void)
{
    stream_restart();
    for (unsigned i = 0; i < MEMORY_STREAMS; i++)
        memory[i].used = false;
}

const char *stream_text(enum stream which)
{
    return standard[which].text.n > 0 ? standard[which].text.bytes : "";
}

bool stream_failed(enum stream which)
{
    return standard[which].failed;
}

static bool simulated(void)
{
    return world_mode(WORLD_PROCESS) == WORLD_SIMULATED;
}

static struct memory_stream *memory_of(const FILE *stream)
{
    const char *at = (const char *)stream;
    return at >= (const char *)memory && at < (const char *)(memory + MEMORY_STREAMS)
               ? (struct memory_stream *)(void *)stream
               : NULL;
}

/* Printing ---------------------------------------------------------------------------------- */

/* Moves the bytes to the stream, unless this effect prevents it. False: errno says why. */
static bool put(FILE *stream, struct fault_effect effect, const void *bytes, size_t n)
{
    struct memory_stream *m = memory_of(stream);
    int which = stream == stderr ? STREAM_ERROR : STREAM_OUTPUT;
    if (effect.action == FAULT_FAIL) {
        /* A text in memory cannot grow, which leaves no mark on its stream. */
        errno = m != NULL ? ENOMEM : effect.value;
        standard[which].failed |= m == NULL;
        standard[which].text.n = m == NULL ? standard[which].arrived : standard[which].text.n;
        return false;
    }
    if (m != NULL) {
        add(&m->text, bytes, n);
        return true;
    }
    if (!simulated())
        return fwrite(bytes, 1, n, stream) == n;
    add(&standard[which].text, bytes, n);
    if (which == STREAM_ERROR || standard[which].text.n - standard[which].arrived > OUTPUT_BUFFER)
        standard[which].arrived = standard[which].text.n;
    return true;
}

bool stream_write(int fd, const void *bytes, size_t n)
{
    int which = fd == STDERR_FILENO ? STREAM_ERROR : STREAM_OUTPUT;
    if ((fd != STDOUT_FILENO && fd != STDERR_FILENO) || !simulated())
        return false;
    add(&standard[which].text, bytes, n);
    standard[which].arrived = standard[which].text.n;
    return true;
}

static int print(FILE *stream, struct fault_effect effect, const char *format, va_list arguments)
{
    char *text = NULL;
    int n = vasprintf(&text, format, arguments);
    if (n < 0)
        abort(); /* the harness itself is out of memory */
    bool done = put(stream, effect, text, (size_t)n);
    free(text);
    return done ? n : -1;
}

int __wrap_printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = print(stdout, FAULT_POINT(FAULT_OUT_WRITE), format, arguments);
    va_end(arguments);
    return n;
}

int __wrap_fprintf(FILE *stream, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = print(stream, FAULT_POINT(FAULT_OUT_WRITE), format, arguments);
    va_end(arguments);
    return n;
}

int __wrap_vfprintf(FILE *stream, const char *format, va_list arguments)
{
    return print(stream, FAULT_POINT(FAULT_OUT_WRITE), format, arguments);
}

int __wrap_puts(const char *text)
{
    struct fault_effect effect = FAULT_POINT(FAULT_OUT_WRITE);
    return put(stdout, effect, text, strlen(text)) && put(stdout, effect, "\n", 1) ? 1 : EOF;
}

int __wrap_fputs(const char *text, FILE *stream)
{
    return put(stream, FAULT_POINT(FAULT_OUT_WRITE), text, strlen(text)) ? 1 : EOF;
}

int __wrap_putchar(int c)
{
    char byte = (char)c;
    return put(stdout, FAULT_POINT(FAULT_OUT_WRITE), &byte, 1) ? c : EOF;
}

int __wrap_fputc(int c, FILE *stream)
{
    char byte = (char)c;
    return put(stream, FAULT_POINT(FAULT_OUT_WRITE), &byte, 1) ? c : EOF;
}

size_t __wrap_fwrite(const void *bytes, size_t size, size_t count, FILE *stream)
{
    return put(stream, FAULT_POINT(FAULT_OUT_WRITE), bytes, size * count) ? count : 0;
}

/* Streams ----------------------------------------------------------------------------------- */

int __wrap_fflush(FILE *stream)
{
    struct fault_effect effect = FAULT_POINT(FAULT_OUT_WRITE);
    struct memory_stream *m = memory_of(stream);
    if (!put(stream, effect, "", 0))
        return EOF;
    if (m != NULL) {
        *m->out = m->text.bytes;
        *m->out_n = m->text.n;
    } else if (!simulated()) {
        return fflush(stream);
    } else if (stream == stdout) {
        standard[STREAM_OUTPUT].arrived = standard[STREAM_OUTPUT].text.n;
    }
    return 0;
}

int __wrap_ferror(FILE *stream)
{
    world_count_step();
    if (memory_of(stream) != NULL)
        return 0;
    return simulated() ? standard[stream == stderr ? STREAM_ERROR : STREAM_OUTPUT].failed
                       : ferror(stream);
}

FILE *__wrap_open_memstream(char **text, size_t *n)
{
    struct fault_effect effect = FAULT_POINT(FAULT_MEM_ALLOC);
    if (effect.action == FAULT_FAIL)
        return fail_null(effect.value);
    for (unsigned i = 0; i < MEMORY_STREAMS; i++) {
        struct memory_stream *m = &memory[i];
        if (m->used)
            continue;
        m->used = true;
        m->text.n = 0;
        add(&m->text, "", 0);
        m->out = text;
        m->out_n = n;
        ledger_acquire(LEDGER_STREAM, (uint64_t)(uintptr_t)m, 0);
        return (FILE *)(void *)m;
    }
    return fail_null(EMFILE);
}

/* Only streams in memory are closed: their text then belongs to the target. */
int __wrap_fclose(FILE *stream)
{
    world_count_step();
    struct memory_stream *m = memory_of(stream);
    if (!ledger_release(LEDGER_STREAM, (uint64_t)(uintptr_t)stream) || m == NULL)
        return fail(EBADF);
    char *text = memory_take(m->text.n + 1);
    if (text == NULL)
        return EOF;
    memcpy(text, m->text.bytes, m->text.n + 1);
    *m->out = text;
    *m->out_n = m->text.n;
    m->used = false;
    return 0;
}
