/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stress_copy unix|tcp FILE: what a backup is measured against. One process reads the file and
 * writes it to a socket, as `cat` does; another reads the socket and forgets. Prints bytes and
 * milliseconds.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 128 << 10 }; /* what cat takes */

static char block[BLOCK];

static int make_tcp_pair(int ends[2])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t bytes = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    ends[0] = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || ends[0] < 0 || bind(listener, (void *)&address, bytes) != 0 ||
        listen(listener, 1) != 0 || getsockname(listener, (void *)&address, &bytes) != 0 ||
        connect(ends[0], (void *)&address, bytes) != 0)
        return -1;
    ends[1] = accept(listener, NULL, NULL);
    return ends[1] < 0 ? -1 : 0;
}

static int send_file(int out, const char *path)
{
    int in = open(path, O_RDONLY);
    ssize_t n;
    while ((n = read(in, block, BLOCK)) > 0)
        for (ssize_t done = 0, sent; done < n; done += sent)
            if ((sent = write(out, block + done, (size_t)(n - done))) <= 0)
                return 1;
    return n != 0;
}

int main(int argc, char **argv)
{
    int ends[2], status = 0;
    struct timespec start, stop;
    unsigned long long bytes = 0;
    ssize_t n;
    if (argc != 3 || (strcmp(argv[1], "tcp") == 0 ? make_tcp_pair(ends)
                                                  : socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) != 0)
        return 2;
    clock_gettime(CLOCK_MONOTONIC, &start);
    pid_t sender = fork();
    if (sender == 0)
        _exit(close(ends[0]) != 0 || send_file(ends[1], argv[2]) != 0);
    close(ends[1]);
    while ((n = read(ends[0], block, BLOCK)) > 0)
        bytes += (unsigned long long)n;
    clock_gettime(CLOCK_MONOTONIC, &stop);
    if (sender < 0 || waitpid(sender, &status, 0) != sender || status != 0 || n < 0)
        return 1;
    printf("ended %llu bytes %lld ms\n", bytes,
           (long long)(stop.tv_sec - start.tv_sec) * 1000 +
               (stop.tv_nsec - start.tv_nsec) / 1000000);
    return 0;
}
