/* SPDX-License-Identifier: Apache-2.0 */
#include "capture.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static void be_program(char *const arguments[], int out)
{
    int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, STDIN_FILENO);
    dup2(nowhere, STDERR_FILENO);
    dup2(out, STDOUT_FILENO);
    execvp(arguments[0], arguments);
    _exit(127);
}

bool capture_output(char *const arguments[], char *out, size_t capacity)
{
    int ends[2];
    char rest[256];
    size_t got = 0;
    if (pipe(ends) != 0)
        return false;
    pid_t pid = fork();
    if (pid == 0)
        be_program(arguments, ends[1]);
    close(ends[1]);
    while (pid > 0) {
        bool room = got < capacity - 1;
        ssize_t n = read(ends[0], room ? out + got : rest, room ? capacity - 1 - got : sizeof rest);
        if (n <= 0)
            break;
        got += room ? (size_t)n : 0;
    }
    out[got] = '\0';
    close(ends[0]);
    int status = 0;
    return pid > 0 && waitpid(pid, &status, 0) == pid && got > 0 && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}
