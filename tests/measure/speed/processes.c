/* SPDX-License-Identifier: Apache-2.0 */
/*
 * processes N: how many processes that do nothing two others fork and wait for in a second, N each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void fork_and_wait(int n)
{
    for (int i = 0; i < n; i++) {
        pid_t child = fork();
        if (child == 0)
            _exit(EXIT_SUCCESS);
        if (child < 0)
            _exit(EXIT_FAILURE);
        waitpid(child, NULL, 0);
    }
}

int main(int argc, char **argv)
{
    enum { PROCESSES = 2 };
    struct timespec from, to;
    int n = argc == 2 ? atoi(argv[1]) : 0, status;
    if (n <= 0)
        return 2;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int i = 0; i < PROCESSES; i++)
        if (fork() == 0) {
            fork_and_wait(n);
            _exit(EXIT_SUCCESS);
        }
    for (int i = 0; i < PROCESSES; i++)
        if (wait(&status) < 0 || status != 0)
            return 1;
    clock_gettime(CLOCK_MONOTONIC, &to);
    double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    printf("%.0f\n", PROCESSES * n / seconds);
    return 0;
}
