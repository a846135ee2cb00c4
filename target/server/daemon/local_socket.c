/* SPDX-License-Identifier: Apache-2.0 */
#include "local_socket.h"

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_ATTEMPTS = 40, LOCK_PAUSE_MS = 50 };

static bool fail(const char *path, const char *what)
{
    log_line(LOG_LEVEL_ERROR, "%s: %s: %s", path, what, strerror(errno));
    return false;
}

/* The directory of `path`, open and locked, so that of two servers that start at the same time the
   second sees the first one's socket. No lock file remains. */
static int lock_directory(const char *path)
{
    char directory[sizeof((struct sockaddr_un *)NULL)->sun_path];
    const char *slash = strrchr(path, '/');
    snprintf(directory, sizeof directory, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    /* Accessible for all: the socket's own mode decides. The umask would lock the group out. */
    if (mkdir(directory, 0755) == 0)
        (void)chmod(directory, 0755);
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        fail(directory, "cannot open the socket's directory");
        return -1;
    }
    for (int attempt = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; attempt++) {
        struct timespec pause = {.tv_nsec = LOCK_PAUSE_MS * 1000000L};
        if (errno != EWOULDBLOCK || attempt == LOCK_ATTEMPTS) {
            fail(directory, "cannot lock the socket's directory");
            close(fd);
            return -1;
        }
        nanosleep(&pause, NULL);
    }
    return fd;
}

/* Removes the socket of a dead server. False: there is something that must stay. */
static bool remove_stale(const struct sockaddr_un *address)
{
    const char *path = address->sun_path;
    struct stat status;
    if (lstat(path, &status) != 0)
        return errno == ENOENT || fail(path, "cannot look at it");
    if (!S_ISSOCK(status.st_mode)) {
        log_line(LOG_LEVEL_ERROR, "%s: is there already, and is not a socket", path);
        return false;
    }
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0)
        return fail(path, "no socket to look for a server");
    int result = connect(probe, (const struct sockaddr *)address, sizeof *address);
    int why = errno;
    close(probe);
    if (result == 0 || why == EAGAIN) { /* EAGAIN: it listens, and its backlog is full */
        log_line(LOG_LEVEL_ERROR, "%s: another server listens there", path);
        return false;
    }
    errno = why;
    if (why != ECONNREFUSED)
        return fail(path, "cannot tell whether a server listens there");
    log_line(LOG_LEVEL_INFO, "%s: replacing the socket of a server that is gone", path);
    return unlink(path) == 0 || errno == ENOENT || fail(path, "cannot remove it");
}

static bool grant(const char *path, struct local_socket_access access)
{
    if (access.everybody)
        return chmod(path, 0666) == 0 || fail(path, "cannot open it to all users");
    if (access.group == (gid_t)LOCAL_SOCKET_NO_GROUP)
        return true;
    if (chown(path, (uid_t)-1, access.group) == 0)
        return chmod(path, 0660) == 0 || fail(path, "cannot open it to the group");
    if (errno != EPERM)
        return fail(path, "cannot give it to the group");
    log_line(LOG_LEVEL_INFO, "%s: may not be given to the group; open to the own user alone", path);
    return true;
}

static int bind_and_listen(struct local_socket *s, const struct sockaddr_un *address,
                           struct local_socket_access access)
{
    struct stat status;
    const char *path = address->sun_path;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        fail(path, "no socket");
        return -1;
    }
    mode_t mask = umask(0177); /* 0600 from the first moment on */
    int result = bind(fd, (const struct sockaddr *)address, sizeof *address);
    umask(mask);
    if (result != 0) {
        fail(path, "cannot bind");
        close(fd);
        return -1;
    }
    /* Under the lock nobody else's file can have its name. */
    if (lstat(path, &status) != 0) {
        fail(path, "cannot look at it");
        unlink(path);
        close(fd);
        return -1;
    }
    *s = (struct local_socket){s->path, status.st_dev, status.st_ino};
    if (!grant(path, access))
        goto failed;
    /* Listens before the lock is given back: a server that starts now must see that this
       one is live. */
    if (listen(fd, SOMAXCONN) == 0)
        return fd;
    fail(path, "cannot listen");
failed:
    close(fd);
    local_socket_release(s);
    return -1;
}

int local_socket_claim(struct local_socket *s, const char *path, struct local_socket_access access)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    *s = (struct local_socket){.path = NULL};
    int lock = lock_directory(path);
    if (lock < 0)
        return -1;
    s->path = path;
    int fd = remove_stale(&address) ? bind_and_listen(s, &address, access) : -1;
    close(lock);
    if (fd < 0)
        s->path = NULL;
    return fd;
}

void local_socket_release(struct local_socket *s)
{
    struct stat status;
    if (s->path != NULL && lstat(s->path, &status) == 0 && status.st_dev == s->device &&
        status.st_ino == s->inode)
        unlink(s->path);
    s->path = NULL;
}
