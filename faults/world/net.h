/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulated network: the target's client sockets on one side, services as callbacks on the
 * other, in the same thread. What the client sends arrives at once; bytes that a service writes
 * wait to be received. Waiting costs only virtual time.
 */
#ifndef FAULTS_NET_H
#define FAULTS_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct net_stream;

/* Callbacks run as the server's side of the ledger. `connection` is what accepted() returned; NULL
   refuses the connection. After peer_closed() or net_stream_close() no callback is called for the
   connection any more. */
struct net_service {
    void *context;
    void *(*accepted)(void *context, struct net_stream *stream);
    void (*received)(void *connection, const void *bytes, size_t n);
    void (*peer_closed)(void *connection);
};

/* Listens; the service is borrowed until world_reset(). False: too many (4). */
bool net_listen_local(const char *path, const struct net_service *service);
bool net_listen_tcp(uint16_t port, const struct net_service *service); /* on 127.0.0.1 */

/* For services. A write after the client closed is dropped. */
void net_stream_write(struct net_stream *stream, const void *bytes, size_t n);
/* The client receives the bytes that are there and then the end of the stream. peer_closed()
   is not called. */
void net_stream_close(struct net_stream *stream);
/* The same, but after the bytes that are there the client gets ECONNRESET: the peer's process or
   the connection is gone. */
void net_stream_reset(struct net_stream *stream);
/* Stops listening until the next net_listen_...(): the address stays, connect() is refused.
   Existing connections are not touched. */
void net_stop_listening(void);

/* The peer of a server's socket, as the kernel knows it since its connect(). */
enum { NET_GROUPS = 4 };
struct net_peer {
    pid_t pid;
    uid_t uid;
    gid_t gid;
    gid_t groups[NET_GROUPS]; /* supplementary */
    unsigned group_count;
};
/* A descriptor of the target's, with a connection that accept() returned, for a world that moves
   the bytes in another way; getsockopt() says who the peer is (borrowed), unless it is NULL. -1: no
   descriptor is left. */
int net_open_served(const struct net_peer *peer);

/* Bytes that one send() or recv() moves at most, and every second one finds the socket not ready;
   for the first NET_SEGMENTS transfers of the world, so that a large one does not cost millions of
   calls. 0: no limit. */
enum { NET_SEGMENTS = 8192 };
void net_set_segment(size_t bytes);
/* Bytes that clients sent since world_reset(). */
uint64_t net_bytes_sent(void);
/* In pass-through mode, while the clock is simulated: whether nothing more will come to this
   process unless the kernel still carries it. A wait with a time-out that has been in vain asks
   again and again; when the answer was yes for longer than the kernel holds anything back, the wait
   takes its whole time, on the simulated clock. So how fast the machine is decides nothing. NULL:
   waits take real time. */
void net_set_quiet(bool (*is_quiet)(void));
/* Of all bytes that went over the wire since world_reset(); 0 unless memory is filled (world.h). */
uint64_t net_bytes_hash(void);

#endif
