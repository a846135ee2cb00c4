/* SPDX-License-Identifier: Apache-2.0 */
#include "server.h"

#include "faults/world/world.h"
#include "scenario.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SERVERS = 4, WORDS = 32, SOCKET = sizeof((struct sockaddr_un *)NULL)->sun_path };
enum { MOMENT_MS = 20, MOMENTS = 1000 }; /* that one has until it answers */

static struct server {
    const char *name, *const *words;
    char folder[SOCKET / 2], socket[SOCKET];
    int keeper; /* a socket to it */
} servers[SERVERS];
static unsigned count;
static pid_t starter;

void rundown_add_server(const char *name, const char *const *words)
{
    if (count == SERVERS) {
        fprintf(stderr, "more than %d servers\n", SERVERS);
        exit(2);
    }
    servers[count++] = (struct server){.name = name, .words = words};
}

const char *rundown_server(const char *name)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(servers[i].name, name) != 0)
            continue;
        world_set_mode(WORLD_NET, WORLD_PASS_THROUGH);
        return servers[i].socket;
    }
    fprintf(stderr, "there is no server '%s'\n", name);
    _Exit(2);
}

/* The keeper ------------------------------------------------------------------------------------
 */

static const int unheard[] = {SIGINT, SIGTERM, SIGPIPE};

_Noreturn static void be_server(const struct server *s)
{
    const char *words[WORDS + 1] = {NULL};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (size_t i = 0; i < sizeof unheard / sizeof *unheard; i++)
        signal(unheard[i], SIG_DFL);
    for (size_t i = 0; i < WORDS && s->words[i] != NULL; i++)
        words[i] = strcmp(s->words[i], "{}") == 0 ? s->socket : s->words[i];
    int log = open("log", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    if (words[0] != NULL)
        execvp(words[0], (char **)(uintptr_t)words);
    _exit(127);
}

static bool answers(const struct server *s)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, s->socket, sizeof address.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return good;
}

static bool wait_for(const struct server *s, pid_t pid)
{
    for (int i = 0; i < MOMENTS && waitpid(pid, NULL, WNOHANG) == 0; i++) {
        if (answers(s))
            return true;
        nanosleep(&(struct timespec){.tv_nsec = MOMENT_MS * 1000000}, NULL);
    }
    return false;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status, (void)kind, (void)where;
    return remove(path);
}

_Noreturn static void keep(const struct server *s, int program)
{
    char end;
    /* It is the program that a terminal interrupts; and that may be gone when the server answers.
     */
    for (size_t i = 0; i < sizeof unheard / sizeof *unheard; i++)
        signal(unheard[i], SIG_IGN);
    if (chdir(s->folder) != 0)
        _exit(EXIT_FAILURE);
    pid_t pid = fork();
    if (pid == 0)
        be_server(s);
    if (wait_for(s, pid) && write(program, "r", 1) == 1)
        while (read(program, &end, 1) < 0 && errno == EINTR)
            continue;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    nftw(s->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    _exit(EXIT_SUCCESS);
}

/* The program -----------------------------------------------------------------------------------
 */

static void end_servers(void)
{
    char end;
    for (unsigned i = 0; getpid() == starter && i < count; i++) {
        shutdown(servers[i].keeper, SHUT_WR);
        while (read(servers[i].keeper, &end, 1) > 0)
            continue;
    }
}

/* The keeper is no child of the program, which waits for all of those. */
static bool start(struct server *s)
{
    int ends[2];
    char ready;
    const char *parent = getenv("TMPDIR");
    snprintf(s->folder, sizeof s->folder, "%s/rundown-XXXXXX", parent != NULL ? parent : "/tmp");
    if (mkdtemp(s->folder) == NULL || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    snprintf(s->socket, sizeof s->socket, "%s/socket", s->folder);
    pid_t between = fork();
    if (between == 0 && fork() == 0) {
        close(ends[0]);
        keep(s, ends[1]);
    }
    if (between == 0)
        _exit(EXIT_SUCCESS);
    close(ends[1]);
    waitpid(between, NULL, 0);
    s->keeper = ends[0];
    return read(ends[0], &ready, 1) == 1;
}

bool servers_start(void)
{
    bool all = true;
    starter = getpid();
    fflush(NULL);
    atexit(end_servers);
    for (unsigned i = 0; i < count && all; i++) {
        all = start(&servers[i]);
        if (!all)
            fprintf(stderr, "server '%s': %s cannot be started, or does not answer\n",
                    servers[i].name, servers[i].words[0]);
    }
    return all;
}
