/* SPDX-License-Identifier: Apache-2.0 */
#include "toy.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *toy_copy(const char *text)
{
    return strdup(text);
}

void toy_free(void *block)
{
    free(block);
}

char *toy_joined(const char *a, const char *b)
{
    char *first = strdup(a);
    if (first == NULL)
        return NULL;
    char *joined = malloc(strlen(a) + strlen(b) + 1);
    if (joined == NULL)
        return NULL;
    strcat(strcpy(joined, first), b);
    free(first);
    return joined;
}

char *toy_doubled(const char *text)
{
    char *first = strdup(text);
    if (first == NULL)
        return NULL;
    char *second = malloc(2 * strlen(text) + 1);
    if (second == NULL)
        free(first);
    else
        strcat(strcpy(second, first), text);
    free(first);
    return second;
}

char *toy_unchecked(const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = malloc(n);
    for (size_t i = 0; i < n; i++)
        copy[i] = text[i];
    return copy;
}

char *toy_speechless(const char *text)
{
    char *copy = malloc(strlen(text) + 1);
    if (copy != NULL)
        return strcpy(copy, text);
    volatile char *words = malloc(16);
    words[0] = '!';
    free((void *)words);
    return NULL;
}

char *toy_sorry(const char *text)
{
    char *copy = malloc(strlen(text) + 1);
    if (copy != NULL)
        return strcpy(copy, text);
    void *volatile first = malloc(16);
    if (first == NULL)
        return NULL;
    volatile char *second = malloc(16);
    second[0] = '!';
    free((void *)second);
    free(first);
    return NULL;
}

int toy_closed(void)
{
    int fd = open("/toy", O_RDWR | O_CREAT, 0600);
    if (fd < 0)
        return -1;
    bool written = write(fd, "a", 1) == 1;
    bool closed = close(fd) == 0;
    if (!written)
        fsync(fd);
    return written && closed ? 0 : -1;
}

char *toy_borrowed(const char *text)
{
    char *copy = strdup(text);
    if (copy == NULL)
        free((void *)(uintptr_t)text);
    return copy;
}

char *toy_reloaded(const char *text)
{
    static void *volatile loaded;
    char *copy = malloc(strlen(text) + 1);
    if (copy == NULL && loaded == NULL)
        return NULL;
    if (loaded == NULL && (loaded = malloc(1)) == NULL) {
        free(copy);
        return NULL;
    }
    return strcpy(copy, text);
}

static void *make(void *context)
{
    return memset(context, 1, 1);
}

int toy_thread(void)
{
    char *block = malloc(1);
    pthread_t thread;
    if (block == NULL)
        return -1;
    int code = pthread_create(&thread, NULL, make, block);
    if (code == 0)
        pthread_join(thread, NULL);
    free(block);
    return code == 0 ? 0 : -1;
}

int toy_hint(void)
{
    void *volatile block = malloc(100);
    free(block);
    return 0;
}

char *toy_truncated(const char *text)
{
    char *copy = strdup(text);
    return copy != NULL ? copy : strdup("");
}

char *toy_impatient(const char *text)
{
    char *copy;
    do
        copy = strdup(text);
    while (copy == NULL);
    return copy;
}

char *toy_fatal(const char *text)
{
    char *copy = strdup(text);
    if (copy == NULL)
        _Exit(3);
    return copy;
}

char *toy_once(const char *text)
{
    static bool failed;
    char *copy = failed ? NULL : strdup(text);
    failed = copy == NULL;
    return copy;
}

int toy_counted(void)
{
    static void *kept;
    void **block = malloc(sizeof(void *));
    if (block == NULL)
        return -1;
    *block = kept;
    kept = block;
    return 0;
}

int toy_table(void)
{
    static int *volatile table;
    if (table == NULL)
        table = calloc(16, sizeof *table);
    return table != NULL ? 0 : -1;
}

void *(*toy_allocators[])(size_t) = {malloc};

void *toy_through_pointer(size_t size)
{
    return toy_allocators[0](size);
}
