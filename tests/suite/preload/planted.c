/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program with six functions for suite/preload: one crashes and one hangs when memory is short,
 * one leaves a descriptor and a block behind when it cannot read, one a socket when it cannot
 * connect, one takes a file for another when a look-up fails, one is right. Its argument says
 * which.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
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

static __attribute__((noinline)) int connects(void)
{
    struct sockaddr_un nobody = {.sun_family = AF_UNIX, .sun_path = "/nonexistent"};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd == -1)
        return 1;
    if (connect(fd, (struct sockaddr *)&nobody, sizeof nobody) == -1 && errno != ENOENT)
        return 1;
    close(fd);
    return 0;
}

/* Calls that a compiler turns into others where the size is known. */
static __attribute__((noinline)) int checks(const char *word)
{
    char bytes[16];
    size_t count = strlen(word);
    struct stat about;
    FILE *stream = fopen("/dev/zero", "r");
    if (stream == NULL)
        return 1;
    if (stat("/dev/null", &about) != 0) {
        fclose(stream);
        return 0; /* wrong: nothing is known of it */
    }
    ssize_t n = read(fileno(stream), bytes, count);
    fclose(stream);
    return n == (ssize_t)count ? 0 : 1;
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

#ifdef THREAD
static void *wait_for_nothing(void *context)
{
    pause();
    return context;
}

/* There before main(). */
static __attribute__((constructor)) void start_thread(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, wait_for_nothing, NULL) != 0)
        abort();
}
#endif

int main(int count, char **words)
{
    if (count != 2)
        abort(); /* not the words that were written */
    switch (words[1][0]) {
    case 'c':
        return crashes();
    case 'l':
        return leaks();
    case 'n':
        return connects();
    case 's':
        return checks(words[1]);
    case 'h':
        return hangs();
    default:
        return right();
    }
}
