/* SPDX-License-Identifier: Apache-2.0 */
#include "peer_credentials.h"

#include <limits.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_member(int socket, const struct ucred *peer, gid_t group)
{
    static gid_t groups[NGROUPS_MAX]; /* the most that a process can have, so it always fits */
    socklen_t bytes = sizeof groups;
    if (peer->gid == group)
        return true;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups, &bytes) != 0)
        return false;
    for (size_t i = 0; i < bytes / sizeof *groups; i++)
        if (groups[i] == group)
            return true;
    return false;
}

bool peer_credentials_get(int socket, const struct trust *trust, struct peer_credentials *out)
{
    struct ucred peer;
    socklen_t bytes = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) != 0)
        return false;
    *out = (struct peer_credentials){
        .pid = peer.pid,
        .uid = peer.uid,
        .trusted = peer.uid == 0 || peer.uid == geteuid() ||
                   (trust->has_group && is_member(socket, &peer, trust->group)),
    };
    return true;
}
