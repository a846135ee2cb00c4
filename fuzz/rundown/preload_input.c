/* SPDX-License-Identifier: Apache-2.0 */
#include "preload_input.h"

#include "command_findings.h"
#include "fuzz/search/trial.h"
#include "preload_fault.h"

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD = 5 /* texts before the words */ };

const char *preload_standard_input(void)
{
    static char path[PATH_MAX];
    struct stat about;
    ssize_t n = 0;
    if (fstat(STDIN_FILENO, &about) == 0 && S_ISREG(about.st_mode))
        n = readlink("/proc/self/fd/0", path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    return path;
}

static FILE *open_text(char **text, size_t *n)
{
    FILE *out = open_memstream(text, n);
    if (out == NULL)
        abort();
    return out;
}

uint8_t *preload_input_encode(const struct preload_input *i, size_t *out_n)
{
    char *text;
    FILE *out = open_text(&text, out_n);
    fprintf(out, "%s%c%u%c%s%c%s%c%s%c", PRELOAD_INPUT, 0, i->seconds, 0, i->standard_input, 0,
            i->fault, 0, i->point, 0);
    for (char *const *word = i->words; *word != NULL; word++)
        fprintf(out, "%s%c", *word, 0);
    if (fclose(out) != 0)
        abort();
    return (uint8_t *)text;
}

/* False: it is none. What it points to is never released. */
static bool decode(const uint8_t *bytes, size_t n, struct preload_input *out)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += bytes[i] == 0;
    if (count <= HEAD || bytes[n - 1] != 0 || strcmp((const char *)bytes, PRELOAD_INPUT) != 0)
        return false;
    char *copy = malloc(n), **texts = calloc(count + 1, sizeof *texts);
    if (copy == NULL || texts == NULL)
        abort();
    memcpy(copy, bytes, n);
    for (size_t i = 0; i < count; copy += strlen(copy) + 1)
        texts[i++] = copy;
    *out = (struct preload_input){(unsigned)strtoul(texts[1], NULL, 10), texts[2], texts[3],
                                  texts[4], texts + HEAD};
    return out->seconds > 0;
}

/* So that a shell reads it as it is. */
static void put_word(const char *word, FILE *out)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+=:,@%";
    if (*word != '\0' && word[strspn(word, plain)] == '\0') {
        fputs(word, out);
        return;
    }
    fputc('\'', out);
    for (; *word != '\0'; word++)
        *word == '\'' ? (void)fputs("'\\''", out) : (void)fputc(*word, out);
    fputc('\'', out);
}

char *preload_input_command(const struct preload_input *i)
{
    char *text;
    size_t n;
    FILE *out = open_text(&text, &n);
    fprintf(out, "rundown preload --seconds %u --fault '%s' --", i->seconds, i->fault);
    for (char *const *word = i->words; *word != NULL; word++) {
        fputc(' ', out);
        put_word(*word, out);
    }
    if (i->standard_input[0] != '\0') {
        fputs(" <", out);
        put_word(i->standard_input, out);
    }
    if (fclose(out) != 0)
        abort();
    return text;
}

void preload_input_print(const uint8_t *bytes, size_t n)
{
    struct preload_input input;
    if (!decode(bytes, n, &input))
        return;
    printf("# at %s\n%s\n", input.point, preload_input_command(&input));
}

/* Running it ---------------------------------------------------------------------------------- */

__attribute__((format(printf, 1, 2))) static _Noreturn void be_untried(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    fputs(TRIAL_UNTRIED, stdout);
    vprintf(format, values);
    putchar('\n');
    va_end(values);
    fflush(stdout);
    _exit(EXIT_CANNOT_BE_TRIED);
}

static void read_from(const char *path)
{
    int fd = open(path[0] != '\0' ? path : "/dev/null", O_RDONLY | O_CLOEXEC);
    if (fd == -1)
        be_untried("%s: standard input cannot be read", path);
    dup2(fd, STDIN_FILENO);
    close(fd);
}

void preload_input_run(const uint8_t *bytes, size_t n)
{
    enum { MORE_SECONDS = 10 };
    static struct preload_watched watched;
    static struct preload_judged judged;
    struct preload_input input;
    struct preload_fault fault;
    uint64_t trace;
    if (!decode(bytes, n, &input))
        be_untried("it is no run of rundown preload");
    trial_limit(input.seconds + MORE_SECONDS);
    read_from(input.standard_input);
    const char *why = preload_watch(&watched, input.words, input.seconds);
    if (why == NULL)
        why = preload_fault_read(&watched, input.fault, &fault);
    if (why != NULL)
        be_untried("%s", why);
    /* The nth call of a class is another one after a change of the program. */
    const char *point = preload_fault_point(&watched, fault.class, fault.nth, NULL);
    if (!fault.bound && strcmp(point, input.point) != 0)
        be_untried("'%s' hits %s now, not %s", input.fault, point, input.point);
    preload_judge(&watched, &watched.base_result, &judged);
    trace = judged.trace;
    struct preload_result r = preload_run(&watched.program, &fault);
    preload_judge(&watched, &r, &judged);
    if (judged.fired == 0 && judged.trace != trace)
        preload_judge_differs(&judged, "a fault that does not fire has changed the run");
    if (!judged.report.finding)
        return;
    for (unsigned i = 0; i < judged.signatures.count; i++)
        preload_judged_print(&judged, i, input.fault, preload_input_command(&input));
    fflush(NULL);
    _exit(EXIT_FAILURE);
}
