/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The UNIX socket's file: taken over from a dead server, never from a live one, and removed at
 * the end.
 */
#ifndef DAEMON_LOCAL_SOCKET_H
#define DAEMON_LOCAL_SOCKET_H

#include <stdbool.h>
#include <sys/types.h>

enum { LOCAL_SOCKET_NO_GROUP = -1 };

struct local_socket {
    const char *path; /* borrowed; NULL: not claimed */
    dev_t device;     /* of the file that is ours */
    ino_t inode;
};

/* Who may connect: all users, or the server's own user and (unless
   LOCAL_SOCKET_NO_GROUP) a group. */
struct local_socket_access {
    bool everybody;
    gid_t group;
};

/* Binds and listens at `path`, creating its directory if only that is missing. The descriptor,
   owned by the caller; or -1: failed, and logged. */
int local_socket_claim(struct local_socket *s, const char *path, struct local_socket_access access);

/* Removes the file if it is still ours. */
void local_socket_release(struct local_socket *s);

#endif
