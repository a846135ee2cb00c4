/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program with four functions for suite/preload: one crashes and one hangs when memory is short,
 * one leaves a descriptor and a block behind when it cannot read, one is right. Its argument says
 * which.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static __attribute__((noinline)) int crashes(void)
{
    char *text = malloc(16);
    strcpy(text,
           "text"); // NOLINT(clang-analyzer-core.NonNullParamChecker,clang-analyzer-unix.Malloc)
    free(text);
    return 0;
}

static __attribute__((noinline)) int leaks(void)
{
    char *bytes = malloc(16);
    if (bytes == NULL)
        return 1;
    int fd = open("/dev/null", O_RDONLY);
    if (fd == -1) {
        free(bytes);
        return 1;
    }
    if (read(fd, bytes, 16) == -1)
        return 1; // NOLINT(clang-analyzer-unix.Malloc)
    close(fd);
    free(bytes);
    return 0;
}

static __attribute__((noinline)) int hangs(void)
{
    char *bytes;
    while ((bytes = malloc(16)) == NULL)
        ;
    free(bytes);
    return 0;
}

static __attribute__((noinline)) int right(void)
{
    char *bytes = malloc(16);
    if (bytes == NULL)
        return 1;
    memset(bytes, 'x', 16);
    ssize_t n = write(STDOUT_FILENO, bytes, 16);
    free(bytes);
    return n != 16;
}

int main(int count, char **words)
{
    if (count != 2)
        abort(); /* not the words that were written */
    switch (words[1][0]) {
    case 'c':
        return crashes();
    case 'l':
        return leaks();
    case 'h':
        return hangs();
    default:
        return right();
    }
}
