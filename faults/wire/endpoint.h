/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a DCE/RPC service really listens, for those who stand between it and its clients.
 */
#ifndef FAULTS_ENDPOINT_H
#define FAULTS_ENDPOINT_H

#include <stdbool.h>
#include <sys/socket.h>

struct endpoint {
    struct sockaddr_storage address;
    socklen_t length;
};

/* "ncalrpc:[/path]" or "ncacn_ip_tcp:ADDRESS[PORT]", the address numeric or a name. False: it is
   none, or the name is not known. */
bool endpoint_parse(const char *binding, struct endpoint *out);
/* A listening or connected socket, non-blocking; -1 with errno set. A stale socket file is
   replaced. */
int endpoint_listen(const struct endpoint *e);
int endpoint_connect(const struct endpoint *e);

#endif
