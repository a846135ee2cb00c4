/* SPDX-License-Identifier: Apache-2.0 */
#include "server.h"

#include "faults/world/world.h"
#include "isolate.h"
#include "keeper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SERVERS = 4 };

static struct server servers[SERVERS];
static unsigned count;
static pid_t starter;

void rundown_add_server(const char *name, const struct rundown_server_needs *needs,
                        const char *const *words)
{
    if (count == SERVERS) {
        fprintf(stderr, "more than %d servers\n", SERVERS);
        exit(2);
    }
    servers[count++] = (struct server){
        .name = name,
        .words = words,
        .needs = needs != NULL ? *needs : (struct rundown_server_needs){0},
    };
}

const char *rundown_server(const char *name)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(servers[i].name, name) != 0)
            continue;
        world_set_mode(WORLD_NET, WORLD_PASS_THROUGH);
        if (servers[i].needs.seconds > 0)
            isolate_hurry(servers[i].needs.seconds);
        return servers[i].socket;
    }
    fprintf(stderr, "there is no server '%s'\n", name);
    _Exit(2);
}

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
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
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
    if (recv(ends[0], s->folder, sizeof s->folder, MSG_WAITALL) != sizeof s->folder)
        return false;
    server_name_socket(s);
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
