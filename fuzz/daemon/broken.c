/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of a kernel that refuses: who is turned away, who is not, and what the log says.
 */
#include "plays.h"

/* libuv gives its spare descriptor up, and turns all away who wait. */
void play_no_descriptor(void)
{
    story_comes(0, 0, 0);
    story_breaks("net.socket@libuv.accept#1", "EMFILE");
    story_come_at_once(1, 2, 0);
    story_closed_at(1, 0);
    story_closed_at(2, 0);
    story_comes(3, 0, 0);
    story_is_served(0);
    story_is_served(3);
    story_holds(2, 0);
}

void play_cannot_accept(void)
{
    story_breaks("net.socket@libuv.accept#1", "ENOMEM");
    story_come_at_once(0, 2, 0);
    story_closed_at(0, 0);
    story_is_served(1);
    story_logged(1, "ntdsbsrvd: ncalrpc:[/run/ntdsbsrvd/ncalrpc]: cannot accept a connection: "
                    "Cannot allocate memory\n");
}

void play_cannot_take(void)
{
    story_breaks("net.socket@libuv.take#1", "ENOMEM");
    story_come_at_once(0, 2, 0);
    story_closed_at(0, 0);
    story_is_served(1);
    story_holds(1, 0);
    story_logged(1, "ntdsbsrvd: unknown peer: closed: cannot be accepted\n");
}

void play_unnamed(void)
{
    story_breaks("net.option@peer_credentials_get#1", "ENOBUFS");
    story_comes(0, 0, 0);
    story_breaks("net.option@libuv.getpeername#1", "ENOBUFS");
    story_comes_over_tcp(1);
    story_closed_at(0, 0);
    story_closed_at(1, 0);
    story_logged(2, "ntdsbsrvd: unknown peer: closed: the kernel does not say who it is\n");
}

/* Whose groups are not known is in none. */
void play_without_groups(void)
{
    story_breaks("net.option@is_member#1", "ENOBUFS");
    story_comes_with_groups(0, STRANGER, (const gid_t[]){TRUSTED_GROUP}, 1);
    story_is_served(0);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    story_holds(1, 0);
}

void play_no_memory(void)
{
    story_breaks("mem.alloc@peer_connection.create#1", "ENOMEM");
    story_comes(0, 0, 0);
    story_closed_at(0, 0);
    story_logged(1, "ncalrpc:[/run/ntdsbsrvd/ncalrpc]: connection refused: out of memory\n");
    story_breaks("mem.alloc@rpc_connection_create#1", "ENOMEM");
    story_comes(1, 0, 0);
    story_closed_at(1, 0);
    story_logged(1, "user 0 process 101: closed: out of memory\n");
    story_comes(2, 0, 0);
    story_is_served(2);
    story_holds(1, 0);
}

/* Who resets or is gone is worth no line; a kernel without memory is. */
void play_cannot_read(void)
{
    static const char *const kinds[] = {"ECONNRESET", "eof", "ENOMEM"};
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        story_comes(4 + i, 0, 0);
        story_breaks("net.recv@libuv.read#1", kinds[i]);
        story_sends(4 + i, STORY_CANCEL);
        story_closed_at(4 + i, 0);
    }
    story_holds(0, 0);
    story_logged(1, "closed:");
    story_logged(1, "user 0 process 106: closed: Cannot allocate memory\n");
}

void play_cannot_send(void)
{
    static const char *const kinds[] = {"EPIPE", "ECONNRESET"};
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        story_comes(4 + i, 0, 0);
        story_breaks("net.send@libuv.try_write#1", kinds[i]);
        story_sends(4 + i, STORY_BIND);
        story_closed_at(4 + i, 0);
    }
    story_holds(0, 0);
    story_logged(0, "closed:");
}
