/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's stream to a server, with deadlines and a way to be interrupted from another thread.
 */
#ifndef RPC_TRANSPORT_H
#define RPC_TRANSPORT_H

#include "rpc_binding.h"

#include <stdatomic.h>
#include <stdbool.h>

struct transport {
    int socket; /* owned; -1 while closed */
    int wake;   /* owned eventfd: readable once cancelled */
    bool tcp;
    atomic_bool cancelled;
};

enum transport_result {
    TRANSPORT_OK,
    TRANSPORT_CANCELLED, /* transport_cancel() was called */
    TRANSPORT_TIMED_OUT, /* the deadline passed */
    TRANSPORT_CLOSED,    /* the peer closed, or the connection failed */
};

/* TRANSPORT_CANCELLED, TRANSPORT_TIMED_OUT or TRANSPORT_OK, at once. A loop over a peer that always
   has something to say must ask: sending and receiving only ask when they have to wait. */
enum transport_result transport_check(const struct transport *t, int64_t deadline_ms);

/* Milliseconds of CLOCK_MONOTONIC; a deadline is such a moment. */
int64_t transport_now_ms(void);

/* Connects. On 0 the transport is open; else nothing is held and the code is one that
   rpc_binding_open() documents. */
uint32_t transport_open(struct transport *t, const struct rpc_endpoint *endpoint,
                        int64_t deadline_ms);
/* Sends everything, unless the peer has closed before the first byte. *out_sent says how much went
   out, whatever the result. */
enum transport_result transport_send(struct transport *t, const uint8_t *bytes, size_t n,
                                     int64_t deadline_ms, size_t *out_sent);
/* Waits for at least one byte and takes what is there, at most `n`. */
enum transport_result transport_receive(struct transport *t, uint8_t *room, size_t n,
                                        int64_t deadline_ms, size_t *out_received);
/* From any thread: the wait under way, or the next one, ends with TRANSPORT_CANCELLED. */
void transport_cancel(struct transport *t);
/* For the thread that owns the transport alone. */
void transport_reset_cancel(struct transport *t);
void transport_close(struct transport *t);

#endif
