/* SPDX-License-Identifier: Apache-2.0 */
#include "server.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NO_CODE = 0xffffffff, PATH = 512 };

static void run_server(const struct real_settings *s, bool restore_mode, int ready)
{
    char store[PATH], socket[PATH], accounts[PATH], log[PATH], sessions[16];
    snprintf(store, sizeof store, "%s/disk/store", s->directory);
    snprintf(accounts, sizeof accounts, "%s/disk/accounts", s->directory);
    snprintf(socket, sizeof socket, "%s/server", s->directory);
    snprintf(log, sizeof log, "%s/server.log", s->directory);
    snprintf(sessions, sizeof sessions, "%u", s->sessions);
    /* It ends with the stage, not by a Ctrl-C that is meant for the runner. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || dup2(fd, STDERR_FILENO) < 0 || dup2(ready, STDOUT_FILENO) < 0)
        _exit(127);
    execl(s->server, s->server, "--store", store, "--accounts", accounts, "--socket", socket,
          "--insecure-tcp-loopback", "0", "--host-name", "DC1", "--max-sessions", sessions,
          restore_mode ? "--restore-mode" : NULL, (char *)NULL);
    _exit(127);
}

/* The code in brackets at the end of the server's message when it cannot start. */
static uint32_t refusal(const struct real_settings *s)
{
    char path[PATH], line[1024];
    unsigned code = NO_CODE;
    snprintf(path, sizeof path, "%s/server.log", s->directory);
    FILE *f = fopen(path, "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        const char *hex = strstr(line, "(0x");
        if (hex != NULL)
            code = (unsigned)strtoul(hex + 1, NULL, 16);
    }
    if (f != NULL)
        fclose(f);
    return code;
}

/* "ntdsbsrvd ready ncalrpc:[...] ncacn_ip_tcp:..." */
static bool read_ready_line(struct real_server *s, int fd)
{
    char line[1024];
    FILE *f = fdopen(fd, "r");
    bool ready = f != NULL && fgets(line, sizeof line, f) != NULL;
    if (f != NULL)
        fclose(f);
    const char *at = ready ? strstr(line, s->settings->tcp ? "ncacn_ip_tcp:" : "ncalrpc:") : NULL;
    if (at != NULL)
        snprintf(s->endpoint, sizeof s->endpoint, "%.*s", (int)strcspn(at, "]\n") + 1, at);
    return at != NULL;
}

uint32_t real_server_start(struct real_server *s, bool restore_mode)
{
    int ends[2];
    if (s->pid != 0)
        return 0;
    if (pipe2(ends, O_CLOEXEC) != 0 || (s->pid = fork()) < 0) {
        perror("rundown_real: the server");
        exit(EXIT_FAILURE);
    }
    if (s->pid == 0)
        run_server(s->settings, restore_mode, ends[1]);
    close(ends[1]);
    if (read_ready_line(s, ends[0])) {
        s->descriptors = real_server_descriptors(s);
        return 0;
    }
    real_server_end(s, SIGKILL);
    return refusal(s->settings);
}

int real_server_descriptors(const struct real_server *s)
{
    char path[64];
    struct dirent **entries;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)s->pid);
    int n = scandir(path, &entries, NULL, NULL);
    for (int i = 0; i < n; i++)
        free(entries[i]);
    if (n >= 0)
        free(entries);
    return n;
}

int real_server_end(struct real_server *s, int signal)
{
    int status = 0;
    if (s->pid == 0)
        return 0;
    kill(s->pid, signal);
    waitpid(s->pid, &status, 0);
    s->pid = 0;
    return status;
}
