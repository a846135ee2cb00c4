/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's information about the peer of a UNIX socket: SO_PEERCRED and SO_PEERGROUPS, both as
 * of the peer's connect().
 */
#ifndef DAEMON_PEER_CREDENTIALS_H
#define DAEMON_PEER_CREDENTIALS_H

#include <stdbool.h>
#include <sys/types.h>

/* The group whose members are trusted by the transport alone, besides root and the
   server's own user. */
struct trust {
    bool has_group;
    gid_t group;
};

struct peer_credentials {
    pid_t pid;
    uid_t uid;
    bool trusted;
};

/* False: the kernel gives no credentials (errno). */
bool peer_credentials_get(int socket, const struct trust *trust, struct peer_credentials *out);

#endif
