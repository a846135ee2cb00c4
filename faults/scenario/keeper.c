/* SPDX-License-Identifier: Apache-2.0 */
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORDS = 32, MOMENT_MS = 20 };
enum { SECONDS = 20 }; /* for a command, until the server answers, until it ends */

static const int unheard[] = {SIGINT, SIGTERM, SIGPIPE};
static const struct passwd *user; /* NULL: nobody else */

static bool find_user(const struct server *s)
{
    if (s->needs.user == NULL || geteuid() != 0)
        return true;
    user = getpwnam(s->needs.user);
    if (user == NULL)
        fprintf(stderr, "there is no user '%s'\n", s->needs.user);
    return user != NULL && chown(s->folder, user->pw_uid, user->pw_gid) == 0;
}

/* `at_end`: the signal that it gets when the keeper ends. */
_Noreturn static void become(const struct server *s, const char *const *command, int at_end)
{
    const char *words[WORDS + 1] = {NULL};
    for (size_t i = 0; i < sizeof unheard / sizeof *unheard; i++)
        signal(unheard[i], SIG_DFL);
    for (size_t i = 0; i < WORDS && command[i] != NULL; i++)
        words[i] = strcmp(command[i], "{}") == 0    ? s->socket
                   : strcmp(command[i], "{.}") == 0 ? s->folder
                                                    : command[i];
    int log = open("log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    if (user != NULL && (initgroups(user->pw_name, user->pw_gid) != 0 ||
                         setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
        _exit(EXIT_FAILURE);
    prctl(PR_SET_PDEATHSIG, at_end); /* after a change of user, which undoes it */
    if (words[0] != NULL)
        execvp(words[0], (char **)(uintptr_t)words);
    perror(words[0]);
    _exit(EXIT_FAILURE);
}

static pid_t start(const struct server *s, const char *const *command, int at_end)
{
    pid_t pid = fork();
    if (pid == 0)
        become(s, command, at_end);
    return pid;
}

/* It has not ended; if it has, it can still be waited for. */
static bool runs(pid_t pid)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

static void wait_a_moment(void)
{
    nanosleep(&(struct timespec){.tv_nsec = MOMENT_MS * 1000000}, NULL);
}

/* Waits as long as it is given. Returns whether it ended by itself, with code 0. */
static bool wait_for_end(pid_t pid)
{
    int status = -1;
    for (time_t end = time(NULL) + SECONDS; runs(pid) && time(NULL) < end;)
        wait_a_moment();
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return status == 0;
}

static bool succeeds(const struct server *s, const char *const *command)
{
    pid_t pid = start(s, command, SIGKILL);
    return pid > 0 && wait_for_end(pid);
}

static bool answers(const struct server *s)
{
    if (s->needs.ready != NULL)
        return succeeds(s, s->needs.ready);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, s->socket, sizeof address.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return good;
}

static bool wait_for(const struct server *s, pid_t pid)
{
    for (time_t end = time(NULL) + SECONDS; runs(pid) && time(NULL) < end; wait_a_moment())
        if (answers(s))
            return true;
    return false;
}

/* Until the program has no need of it, or is gone. Returns whether it could be used. */
static bool run_server(const struct server *s, int program)
{
    char end;
    if (s->needs.before != NULL && !succeeds(s, s->needs.before))
        return false;
    int end_signal = s->needs.end_signal != 0 ? s->needs.end_signal : SIGKILL;
    pid_t pid = start(s, s->words, end_signal);
    if (pid < 0)
        return false;
    bool good = wait_for(s, pid);
    if (good && write(program, "r", 1) == 1)
        while (read(program, &end, 1) < 0 && errno == EINTR)
            continue;
    kill(pid, end_signal);
    wait_for_end(pid);
    return good;
}

static void show_log(void)
{
    char bytes[4096];
    ssize_t n;
    int log = open("log", O_RDONLY | O_CLOEXEC);
    while (log >= 0 && (n = read(log, bytes, sizeof bytes)) > 0)
        if (write(STDERR_FILENO, bytes, (size_t)n) != n)
            break;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status, (void)kind, (void)where;
    return remove(path);
}

void server_name_socket(struct server *s)
{
    snprintf(s->socket, sizeof s->socket, "%s/%s", s->folder,
             s->needs.socket != NULL ? s->needs.socket : "socket");
}

_Noreturn void keep(struct server *s, int program)
{
    /* It is the program that a terminal interrupts; and that may be gone when the server answers.
     */
    for (size_t i = 0; i < sizeof unheard / sizeof *unheard; i++)
        signal(unheard[i], SIG_IGN);
    /* Who makes the folder removes it: the program may be killed at any moment. */
    if (mkdtemp(s->folder) == NULL)
        _exit(EXIT_FAILURE);
    server_name_socket(s);
    (void)send(program, s->folder, sizeof s->folder, MSG_NOSIGNAL);
    if (chdir(s->folder) != 0)
        _exit(EXIT_FAILURE);
    if (!find_user(s) || !run_server(s, program))
        show_log();
    nftw(s->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    _exit(EXIT_SUCCESS);
}
