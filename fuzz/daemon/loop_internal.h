/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the parts of the simulated loop.
 */
#ifndef FUZZ_DAEMON_LOOP_INTERNAL_H
#define FUZZ_DAEMON_LOOP_INTERNAL_H

#include "faults/fault/fault.h"
#include "loop.h"

#include <uv.h>

enum { LOOP_HANDLES = 256, LOOP_GUESTS = 128 };

/* The calls of the kernel that libuv makes, each a fault point. */
enum loop_call {
    LOOP_ACCEPT, /* accept() when a client waits */
    LOOP_TAKE,   /* what uv_accept() does with the new descriptor */
    LOOP_NAME,   /* getpeername() */
    LOOP_READ,
    LOOP_TRY_WRITE,
    LOOP_WRITE,
    LOOP_CALLS
};
struct fault_effect loop_fault(enum loop_call call);

/* A handle of the daemon's. */
struct loop_handle {
    uv_handle_t *handle; /* NULL: free */
    bool closing;
    uv_close_cb closed;
    /* A timer */
    uv_timer_cb timer; /* NULL: it does not run */
    uint64_t due_ms, order;
    /* A socket: it listens, or has a guest */
    bool tcp;
    uv_connection_cb connection; /* NULL: it does not listen */
    struct guest *waiting;       /* accepted by the loop, not yet by the daemon */
    int waiting_fd, fd;          /* -1: none */
    struct guest *guest;
    bool reading;
    uv_alloc_cb allocate;
    uv_read_cb read;
    uv_write_t *write; /* under way; NULL: none */
    uv_write_cb written;
    const uint8_t *bytes; /* what is left of it */
    size_t n;
};
extern struct loop_handle loop_handles_table[LOOP_HANDLES];
extern struct guest *loop_guests[LOOP_GUESTS];

struct loop_handle *loop_handle_of(const void *handle);
struct loop_handle *loop_handle_add(void *handle);

/* Counts the connections that the daemon holds. */
void loop_note_streams(void);
/* One event of this socket, if there is one. */
bool loop_socket_turn(struct loop_handle *h);
/* The daemon gives the connection up. */
void loop_socket_close(struct loop_handle *h);

#endif
