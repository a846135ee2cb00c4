/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the parts of the world: simulated descriptors and the resets of each part.
 */
#ifndef FAULTS_WORLD_INTERNAL_H
#define FAULTS_WORLD_INTERNAL_H

#include "world.h"

#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Simulated descriptors lie far above real ones. Numbers are not reused until the table has been
   used up, so that a closed descriptor does not soon stand for another object. */
enum { DESCRIPTOR_BASE = 1 << 20, DESCRIPTORS = 1024 };

enum descriptor_kind {
    DESCRIPTOR_FREE,
    DESCRIPTOR_SOCKET,
    DESCRIPTOR_EVENT,
    DESCRIPTOR_FILE,
    DESCRIPTOR_SERVED
};

struct descriptor {
    enum descriptor_kind kind;
    void *object;   /* of the module that made it */
    uint64_t count; /* DESCRIPTOR_EVENT: its counter */
};

/* Memory of the target's: entered into the ledger. NULL: there is none. */
void *memory_take(size_t size);
void *memory_resize(void *block, size_t size); /* as realloc() */

/* A new descriptor, entered into the ledger; -1 with EMFILE if the table is full. */
int descriptor_open(enum descriptor_kind kind, void *object);
extern bool descriptor_zero_was_given; /* world_close_standard_input() */
static inline bool descriptor_is_simulated(int fd)
{
    return (fd >= DESCRIPTOR_BASE && fd < DESCRIPTOR_BASE + DESCRIPTORS) ||
           (fd == 0 && descriptor_zero_was_given);
}
/* Whether it is open, simulated and of that kind; no violation. */
bool descriptor_is(int fd, enum descriptor_kind kind);
/* NULL with EBADF, and a violation if the descriptor was closed before; NULL with ENOTSOCK or EBADF
   for another kind. */
struct descriptor *descriptor_get(int fd, enum descriptor_kind kind);
/* Any kind. */
struct descriptor *descriptor_any(int fd);
/* Ledger entries for real descriptors, in pass-through mode. Returns `fd`. */
int descriptor_acquired(int fd);

void descriptor_reset(void);
void net_reset(void);
void file_reset(void);
void clock_reset(void);
void environment_reset(void);
void names_reset(void);
void random_reset(void);
void ledger_reset(void);
void secret_reset(void);
void allowance_reset(void);
/* Enters memory that a side has acquired: whether it may hold as much. The other takes it out. */
bool allowance_covers(enum world_side side, size_t more);
extern uint64_t allowance_held[WORLD_SIDES];
static inline void allowance_returned(enum world_side side, size_t n)
{
    allowance_held[side] -= n;
}

void lock_reset(void);
void stream_reset(void);
void process_reset(void);
/* How many locks are held; prints a line for each. */
uint32_t lock_count(void);
void lock_print(FILE *out);

/* The process has sent to a reader that is gone: SIGPIPE, which not caught is a crash of the
   harness. */
void process_break_pipe(void);

/* For read(), write() and fcntl(), which take any descriptor; the others are for simulated sockets
   alone. `caller`: the return address of the call. */
/* Who listens at that address; NULL: nobody. */
const struct net_service *net_find_service(const struct sockaddr *address, socklen_t length);
bool net_is_socket(int fd);
bool net_blocks(int fd);
void net_set_blocks(int fd, bool blocks);
ssize_t net_send(int fd, const void *bytes, size_t n, int flags, const void *caller);
ssize_t net_receive(int fd, void *room, size_t n, int flags, const void *caller);
/* The state of a simulated socket, TCP_ESTABLISHED and so on; -1 with errno set. */
int net_tcp_state(int fd);
/* Called by close() and write() for descriptors of these kinds. */
void net_descriptor_closed(struct descriptor *d);
/* What of `events` holds of a stream, and what poll() tells unasked. */
struct net_stream;
short net_stream_ready(const struct net_stream *s, short events);
/* A wait for what cannot come: a violation. */
void net_wait_without_end(int fd);
/* A write() to standard output or standard error; false: it is to another descriptor, or these are
   not simulated. */
bool stream_write(int fd, const void *bytes, size_t n);
void file_descriptor_closed(struct descriptor *d);
ssize_t file_descriptor_write(struct descriptor *d, const void *bytes, size_t n);

#endif
