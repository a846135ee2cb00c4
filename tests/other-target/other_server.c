/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server of the other implementation, as callbacks of the suite: a backup of the database and
 * its patch file, with no restore. One line is a request, and its answer is a line; the bytes of a
 * file come behind it.
 */
#include "other.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE = 256, BLOCK = 1 << 16 };

struct side {
    struct rundown_connection *connection;
    bool session;
    int file; /* -1: none is open */
    long long size, done;
    char line[LINE];
    size_t length;
};

static struct {
    char store[64];
    unsigned most;
    struct rundown_server_counts counts;
} server;

static int32_t start(const struct rundown_settings *settings)
{
    memset(&server, 0, sizeof server);
    snprintf(server.store, sizeof server.store, "%s", settings->store);
    server.most = settings->most_sessions;
    server.counts.online = !settings->restore_mode;
    return 0;
}

static void *connected(struct rundown_connection *c)
{
    struct side *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->connection = c;
    s->file = -1;
    server.counts.connections++;
    return s;
}

static void close_file(struct side *s)
{
    if (s->file < 0)
        return;
    close(s->file);
    s->file = -1;
    server.counts.open_files--;
}

static void end_session(struct side *s)
{
    close_file(s);
    server.counts.backup_sessions -= s->session;
    s->session = false;
}

static void disconnected(void *side)
{
    end_session(side);
    server.counts.connections--;
    free(side);
}

static int open_in_store(const char *name)
{
    char path[LINE + 80];
    snprintf(path, sizeof path, "%s/%s", server.store, name);
    return open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
}

static HRESULT prepare(struct side *s)
{
    if (!server.counts.online)
        return hrCouldNotConnect;
    if (server.counts.backup_sessions == server.most)
        return hrBackupInProgress;
    int database = open_in_store("ntds.dit");
    if (database < 0)
        return errno == ENOENT ? hrFileNotFound : hrDiskIO;
    close(database);
    s->session = true;
    server.counts.backup_sessions++;
    return S_OK;
}

static HRESULT open_file(struct side *s, const char *name)
{
    const char *slash = strrchr(name, '\\');
    struct stat facts;
    if (s->file >= 0)
        return hrInvalidHandle;
    name = slash != NULL ? slash + 1 : name;
    if (strcmp(name, "ntds.dit") != 0 && strcmp(name, "temp.pat") != 0)
        return hrFileNotFound;
    s->file = open_in_store(name);
    if (s->file < 0)
        return errno == EACCES                     ? hrFileAccessDenied
               : errno == ENOENT || errno == ELOOP ? hrFileNotFound
                                                   : hrDiskIO;
    server.counts.open_files++;
    if (fstat(s->file, &facts) == 0 && S_ISREG(facts.st_mode)) {
        s->size = facts.st_size;
        s->done = 0;
        return S_OK;
    }
    close_file(s);
    return hrFileNotFound;
}

static HRESULT send_block(struct side *s, size_t most)
{
    static char block[BLOCK];
    char line[32];
    size_t n = 0;
    if (s->file < 0)
        return hrInvalidHandle;
    if (most > BLOCK)
        most = BLOCK;
    if ((long long)most > s->size - s->done)
        most = (size_t)(s->size - s->done);
    while (n < most) {
        ssize_t got = pread(s->file, block + n, most - n, s->done + (long long)n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    if (n == 0)
        return hrReadVerifyFailure;
    s->done += (long long)n;
    rundown_send(s->connection, line, (size_t)snprintf(line, sizeof line, "OK %zu\n", n));
    rundown_send(s->connection, block, n);
    return S_OK;
}

static void answer(struct side *s, HRESULT result, const char *more)
{
    char line[LINE];
    int n = result == S_OK ? snprintf(line, sizeof line, "OK %s\n", more)
                           : snprintf(line, sizeof line, "NO %d\n", (int)result);
    rundown_send(s->connection, line, (size_t)n);
}

static void serve(struct side *s, const char *line)
{
    char size[32] = "";
    HRESULT result = S_OK;
    if (strcmp(line, "PREPARE") == 0) {
        answer(s, prepare(s), "");
    } else if (!s->session) {
        answer(s, RPC_S_PROTOCOL_ERROR, "");
    } else if (strcmp(line, "NAMES") == 0) {
        answer(s, s->file < 0 ? S_OK : hrInvalidBackupSequence, "ntds.dit");
    } else if (strncmp(line, "OPEN ", 5) == 0) {
        result = open_file(s, line + 5);
        snprintf(size, sizeof size, "%lld", s->size);
        answer(s, result, size);
    } else if (strncmp(line, "READ ", 5) == 0) {
        result = send_block(s, strtoul(line + 5, NULL, 10));
        if (result != S_OK)
            answer(s, result, "");
    } else if (strcmp(line, "CLOSE") == 0) {
        result = s->file < 0 ? hrInvalidHandle : S_OK;
        close_file(s);
        answer(s, result, "");
    } else if (strcmp(line, "END") == 0) {
        end_session(s);
        answer(s, S_OK, "");
        rundown_close(s->connection);
    } else {
        answer(s, RPC_S_PROTOCOL_ERROR, "");
    }
}

static void received(void *side, const void *bytes, size_t n)
{
    struct side *s = side;
    const char *text = bytes;
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '\n') {
            s->line[s->length] = '\0';
            s->length = 0;
            serve(s, s->line);
        } else if (s->length + 1 < LINE) {
            s->line[s->length++] = text[i];
        }
    }
}

static void counts(struct rundown_server_counts *out)
{
    *out = server.counts;
}

static const struct rundown_server other_server = {.start = start,
                                                   .connected = connected,
                                                   .received = received,
                                                   .disconnected = disconnected,
                                                   .counts = counts};

const struct rundown_target rundown_target = {
    .socket = OTHER_SOCKET,
    .counts = other_counts,
    .server = &other_server,
#ifdef OTHER_LIES
    .hostile = true,
#endif
};
