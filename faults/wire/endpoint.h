/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real addresses of DCE/RPC services: parsing, connecting and listening, for a proxy between a
 * service and its clients.
 */
#ifndef FAULTS_ENDPOINT_H
#define FAULTS_ENDPOINT_H

#include <stdbool.h>
#include <sys/socket.h>

struct endpoint {
    struct sockaddr_storage address;
    socklen_t length;
};

/* "ncalrpc:[/path]" or "ncacn_ip_tcp:ADDRESS[PORT]", the address numeric or a name. False: not a
   valid endpoint, or the name is unknown. */
bool endpoint_parse(const char *binding, struct endpoint *out);
/* A listening or connected socket, non-blocking; -1 with errno set. A stale socket
   file is replaced. */
int endpoint_listen(const struct endpoint *e);
int endpoint_connect(const struct endpoint *e);

#endif
