/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Peers that answer by a script. Each connection begins at its top.
 */
#include "faults/world/clock.h"
#include "faults/world/net.h"
#include "peer_change.h"
#include "peer_text.h"
#include "scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PEERS = 4, CONNECTIONS = 64 };

struct peer {
    const char *script, *path; /* path NULL: a port */
    unsigned short port;
    struct net_service service;
};

struct connection {
    const struct peer *peer;
    struct net_stream *stream;     /* NULL: not in use */
    const char *at;                /* the line that comes next */
    char waiting[PEER_TEXT_BYTES]; /* for this text; of what was sent, what may be its beginning */
    size_t received;
};

static struct peer peers[PEERS];
static unsigned peer_count;
static struct connection connections[CONNECTIONS];

static struct {
    const struct peer_edit *edits;
    size_t count, sent; /* sent: bytes of all peers */
} changed;

void peer_change(const struct peer_edit *edits, size_t n)
{
    changed.edits = edits;
    changed.count = n;
    changed.sent = 0;
}

/* What the peer sends, with the edits that are of it. */
static void send_text(struct net_stream *stream, char *text, size_t n)
{
    for (size_t i = 0; i < changed.count; i++) {
        size_t at = changed.edits[i].at - changed.sent;
        if (changed.edits[i].at >= changed.sent && at < n)
            text[at] = (char)changed.edits[i].byte;
    }
    changed.sent += n;
    net_stream_write(stream, text, n);
}

static const char *after(const char *line)
{
    line += strcspn(line, "\n");
    return *line == '\n' ? line + 1 : line;
}

/* Does what the script says up to the next text that it waits for. */
static void go_on(struct connection *c)
{
    char text[PEER_TEXT_BYTES];
    while (c->stream != NULL && *c->at != '\0') {
        const char *line = c->at + strspn(c->at, " ");
        struct net_stream *stream = c->stream;
        if (*line == '>')
            return;
        c->at = after(line);
        if (*line == '<') {
            send_text(stream, text, peer_text(line, text));
        } else if (strncmp(line, "close", 5) == 0) {
            c->stream = NULL;
            net_stream_close(stream);
        } else if (strncmp(line, "reset", 5) == 0) {
            c->stream = NULL;
            net_stream_reset(stream);
        } else if (strncmp(line, "late ", 5) == 0) {
            clock_advance_ms(1000 * strtoul(line + 5, NULL, 10));
        } else if (*line != '#' && *line != '\n') {
            peer_text_give_up("unknown line", line);
        }
    }
}

static void *on_accepted(void *context, struct net_stream *stream)
{
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        struct connection *c = &connections[i];
        if (c->stream != NULL)
            continue;
        c->peer = context;
        c->stream = stream;
        c->at = c->peer->script;
        c->received = 0;
        go_on(c);
        return c;
    }
    return NULL;
}

/* Drops what was received up to the end of `text`. False: it is not there yet. */
static bool take(struct connection *c, const char *text, size_t n)
{
    char *found = n == 0 ? c->waiting : memmem(c->waiting, c->received, text, n);
    if (found == NULL || c->received == 0)
        return false;
    size_t used = n == 0 ? c->received : (size_t)(found - c->waiting) + n;
    memmove(c->waiting, c->waiting + used, c->received - used);
    c->received -= used;
    return true;
}

static void on_received(void *connection, const void *bytes, size_t n)
{
    struct connection *c = connection;
    char text[PEER_TEXT_BYTES];
    size_t room = sizeof c->waiting - c->received, kept = n < room ? n : room;
    memcpy(c->waiting + c->received, bytes, kept);
    c->received += kept;
    while (c->stream != NULL && *c->at != '\0') {
        const char *line = c->at + strspn(c->at, " ");
        if (*line == '>' && !take(c, text, peer_text(line, text)))
            return;
        if (*line == '>')
            c->at = after(line);
        go_on(c);
    }
}

static void on_closed(void *connection)
{
    ((struct connection *)connection)->stream = NULL;
}

/* The peer at that address, which listens from now on. A scenario may run again in one process. */
static void add(struct peer wanted)
{
    for (unsigned i = 0; i < peer_count; i++) {
        struct peer *p = &peers[i];
        bool same = p->path != NULL ? wanted.path != NULL && strcmp(p->path, wanted.path) == 0
                                    : wanted.path == NULL && p->port == wanted.port;
        if (same) {
            p->script = wanted.script;
            return;
        }
    }
    if (peer_count == PEERS)
        peer_text_give_up("more peers than there is room for", wanted.script);
    struct peer *p = &peers[peer_count++];
    *p = wanted;
    p->service = (struct net_service){p, on_accepted, on_received, on_closed};
    bool listens = p->path != NULL ? net_listen_local(p->path, &p->service)
                                   : net_listen_tcp(p->port, &p->service);
    if (!listens)
        peer_text_give_up("it cannot listen", wanted.script);
}

void rundown_peer_local(const char *path, const char *script)
{
    add((struct peer){.path = path, .script = script});
}

void rundown_peer_tcp(unsigned short port, const char *script)
{
    add((struct peer){.port = port, .script = script});
}
