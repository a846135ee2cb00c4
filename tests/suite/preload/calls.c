/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program for suite/preload_calls. Each function leaves behind what it holds when one of its
 * calls fails, and is right otherwise. Its argument says which.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALL static __attribute__((noinline)) int

/* Forgets the socket when it cannot listen, and the connection when it cannot read. */
CALL serve(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX}; /* the kernel chooses a name */
    socklen_t size = sizeof address;
    char byte;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0), client = -1;
    if (fd == -1)
        return 1;
    if (bind(fd, (struct sockaddr *)&address, sizeof(sa_family_t)) != 0) {
        close(fd);
        return 1;
    }
    if (listen(fd, 1) != 0)
        return 1;
    if (getsockname(fd, (struct sockaddr *)&address, &size) == 0)
        client = socket(AF_UNIX, SOCK_STREAM, 0);
    int peer = -1;
    if (client != -1 && connect(client, (struct sockaddr *)&address, size) == 0)
        peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    close(fd);
    close(client);
    if (peer == -1)
        return 1;
    if (read(peer, &byte, 1) == -1)
        return 1;
    close(peer);
    return 0;
}

/* Forgets both ends when it cannot write. */
CALL join(void)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return 1;
    if (write(ends[0], "x", 1) == -1)
        return 1;
    close(ends[0]);
    close(ends[1]);
    return 0;
}

/* Forgets the pipe when it cannot copy an end, and the copy when that cannot take a number. */
CALL copy(void)
{
    int ends[2];
    if (pipe2(ends, 0) != 0)
        return 1;
    int end = dup(ends[1]);
    if (end == -1)
        return 1;
    close(ends[0]);
    close(ends[1]);
    if (dup2(end, 50) == -1)
        return 1;
    close(50);
    close(end);
    return 0;
}

/* Forgets its descriptor when it cannot watch another one. */
CALL watch(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    int fd = epoll_create1(0), ends[2];
    if (fd == -1)
        return 1;
    if (pipe(ends) != 0) {
        close(fd);
        return 1;
    }
    int failed = epoll_ctl(fd, EPOLL_CTL_ADD, ends[0], &event);
    int events = failed == 0 ? epoll_wait(fd, &event, 1, 0) : 0;
    close(ends[0]);
    close(ends[1]);
    if (failed != 0)
        return 1;
    close(fd);
    return events != 0;
}

/* Forgets the pipe when it cannot wait for it, in each way. */
CALL select_in_time(void)
{
    int ends[2], result[4];
    if (pipe(ends) != 0)
        return 1;
    fd_set set;
    struct timeval timeout = {0, 0};
    struct timespec time = {0, 0};
    struct pollfd one = {.fd = ends[0], .events = POLLIN};
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    result[0] = select(ends[0] + 1, &set, NULL, NULL, &timeout);
    FD_SET(ends[0], &set);
    result[1] = pselect(ends[0] + 1, &set, NULL, NULL, &time, NULL);
    result[2] = ppoll(&one, 1, &time, NULL);
    for (int i = 0; i < 3; i++)
        if (result[i] != 0)
            return 1;
    close(ends[0]);
    close(ends[1]);
    return FD_ISSET(ends[0], &set) != 0;
}

/* Forgets the pipe when not all bytes go through it at once. */
CALL vectors(void)
{
    char a[] = "ab", b[] = "cdef";
    struct iovec parts[] = {{NULL, 0}, {a, 2}, {b, 4}};
    int ends[2];
    if (pipe(ends) != 0)
        return 1;
    if (writev(ends[1], parts, 3) != 6 || readv(ends[0], parts, 3) != 6)
        return 1;
    close(ends[0]);
    close(ends[1]);
    return memcmp(a, "ab", 2) != 0 || memcmp(b, "cdef", 4) != 0;
}

/* Forgets the stream of a program when memory is short. */
CALL run_program(void)
{
    FILE *stream = popen("exit 0", "r");
    if (stream == NULL)
        return 1;
    char *block = malloc(8);
    if (block == NULL)
        return 1;
    free(block);
    return pclose(stream);
}

/* Forgets the stream when it cannot write. */
CALL write_stream(void)
{
    FILE *stream = fopen("/dev/null", "w");
    if (stream == NULL)
        return 1;
    if (fputs("text", stream) == EOF)
        return 1;
    fclose(stream); /* whatever it says */
    return 0;
}

/* Forgets the descriptor when there is no stream for it. */
CALL open_stream(void)
{
    int fd = dup(STDOUT_FILENO);
    if (fd == -1)
        return 1;
    FILE *stream = fdopen(fd, "w");
    if (stream == NULL)
        return 1;
    int failed = ferror(stream);
    return fclose(stream) != 0 || failed;
}

/* Right: it asks the stream in the end. */
CALL print(void)
{
    printf("%d\n", getpid() > 0);
    fputs("text", stdout);
    putchar('\n');
    fwrite("x", 1, 1, stdout);
    return ferror(stdout) || fflush(stdout) != 0;
}

/* Forgets the directory when it cannot read it. */
CALL list(void)
{
    DIR *directory = opendir("/");
    if (directory == NULL)
        return 1;
    errno = 0;
    if (readdir(directory) == NULL && errno != 0)
        return 1;
    closedir(directory);
    return 0;
}

/* Forgets the descriptor when it cannot remove the name. */
CALL temporary(void)
{
    char path[] = "calls.XXXXXX";
    int fd = mkstemp(path);
    if (fd == -1)
        return 1;
    if (unlink(path) != 0) {
        rmdir(path);
        return 1;
    }
    close(fd);
    return 0;
}

/* Forgets the line of before when there is none. */
CALL lines(void)
{
    size_t size = 2;
    char *line = strdup("x");
    FILE *stream = fopen("/etc/passwd", "r");
    if (stream == NULL || line == NULL) {
        free(line);
        if (stream != NULL)
            fclose(stream);
        return 1;
    }
    ssize_t n = getline(&line, &size, stream);
    fclose(stream);
    if (n < 0)
        return 1;
    free(line);
    return 0;
}

/* Forgets a block when there is no child. */
CALL children(void)
{
    int status;
    char *block = malloc(8);
    if (block == NULL)
        return 1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    if (pid == -1)
        return 1;
    free(block);
    return waitpid(pid, &status, 0) != pid || status != 0;
}

/* Forgets the descriptor when memory is short. A child that shares its memory closes its own. */
CALL borrow(void)
{
    int status, fd = dup(STDOUT_FILENO);
    if (fd == -1)
        return 1;
    pid_t pid = vfork();
    if (pid == 0) {
        close(fd);
        _exit(0);
    }
    if (pid == -1 || waitpid(pid, &status, 0) != pid)
        abort();
    char *block = malloc(8);
    if (block == NULL)
        return 1;
    free(block);
    close(fd);
    return 0;
}

static void wait_for(pid_t pid)
{
    int status;
    if (pid == -1 || waitpid(pid, &status, 0) != pid)
        abort();
}

/* Starts ./static and ./other in each way. */
CALL start_programs(void)
{
    static char *const no_words[] = {"static", NULL}, *const other_words[] = {"other", NULL};
    pid_t pid = vfork();
    if (pid == 0) {
        execl("./static", "static", NULL);
        _exit(1);
    }
    wait_for(pid);
    pid = vfork();
    if (pid == 0) {
        execle("./static", "static", NULL, environ);
        _exit(1);
    }
    wait_for(pid);
    setenv("PATH", "/none:.:/bin", 1);
    pid = vfork();
    if (pid == 0) {
        execlp("static", "static", NULL);
        _exit(1);
    }
    wait_for(pid);
    pid = vfork();
    if (pid == 0) {
        execvpe("static", no_words, environ);
        _exit(1);
    }
    wait_for(pid);
    if (posix_spawnp(&pid, "static", NULL, NULL, no_words, environ) == 0)
        wait_for(pid);
    if (posix_spawn(&pid, "./other", NULL, NULL, other_words, environ) == 0)
        wait_for(pid);
    /* And a program that starts it. */
    return system("./static; exec ./static") == 0 ? 0 : 1;
}

int main(int count, char **words)
{
    static const struct {
        const char *word;
        int (*call)(void);
    } calls[] = {{"serve", serve},           {"join", join},          {"copy", copy},
                 {"watch", watch},           {"write", write_stream}, {"open", open_stream},
                 {"print", print},           {"list", list},          {"temporary", temporary},
                 {"lines", lines},           {"children", children},  {"borrow", borrow},
                 {"select", select_in_time}, {"vectors", vectors},    {"program", run_program},
                 {"start", start_programs}};
    for (size_t i = 0; count == 2 && i < sizeof calls / sizeof *calls; i++)
        if (strcmp(words[1], calls[i].word) == 0)
            return calls[i].call();
    return 2;
}
