/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that starts a server, and that outlives the program by moments: it ends the server
 * and removes its folder, however the program ends.
 */
#ifndef SCENARIO_KEEPER_H
#define SCENARIO_KEEPER_H

#include "scenario.h"

#include <sys/un.h>

enum { SOCKET_BYTES = sizeof((struct sockaddr_un *)NULL)->sun_path };

struct server {
    const char *name, *const *words;
    struct rundown_server_needs needs;
    char folder[SOCKET_BYTES / 2], socket[SOCKET_BYTES];
    int keeper; /* a socket to it */
};

/* What the keeper does. Makes the folder that s->folder is a template of, and tells `program`, a
   socket, its name; writes a byte to it when the server can be used, and ends all of it when nobody
   holds the other end. */
_Noreturn void keep(struct server *s, int program);
/* Where the server listens: in its folder. */
void server_name_socket(struct server *s);

#endif
