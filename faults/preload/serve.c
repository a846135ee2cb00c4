/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fork server: a program that has come to main() and waits there. Each run is a child of it.
 */
#include "serve.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern int __open(const char *path, int flags, ...);      // NOLINT
extern int __close(int fd);                               // NOLINT
extern ssize_t __read(int fd, void *out, size_t count);   // NOLINT
extern ssize_t __write(int fd, const void *in, size_t n); // NOLINT

static bool say(int fd, int32_t number)
{
    return __write(fd, &number, sizeof number) == sizeof number;
}

/* By a file of the kernel, without a call that the program could have made. 0: it cannot be read.
 */
static int32_t count_threads(void)
{
    enum { FIELDS_BEFORE = 18 /* between the name of the program and the number */ };
    char text[512];
    int fd = __open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd != -1 ? __read(fd, text, sizeof text - 1) : -1;
    if (fd != -1)
        __close(fd);
    text[n > 0 ? n : 0] = '\0';
    const char *at = strrchr(text, ')');
    for (int i = 0; at != NULL && i < FIELDS_BEFORE; i++)
        at = strchr(at + 1, ' ');
    return at != NULL ? (int32_t)strtol(at, NULL, 10) : 0;
}

bool preload_serve(void)
{
    const char *text = getenv(PRELOAD_SERVER);
    int32_t threads;
    char go;
    if (text == NULL)
        return true;
    int fd = atoi(text), status;
    unsetenv(PRELOAD_SERVER);
    threads = count_threads();
    if (!say(fd, threads) || threads != 1)
        return false;
    while (__read(fd, &go, 1) == 1) {
        /* Without what the program has registered with pthread_atfork(). */
        pid_t child = _Fork();
        if (child == 0) {
            __close(fd);
            setpgid(0, 0);
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            return true;
        }
        status = 0;
        if (!say(fd, child) || child == -1 || waitpid(child, &status, 0) != child ||
            !say(fd, status))
            break;
    }
    return false;
}
