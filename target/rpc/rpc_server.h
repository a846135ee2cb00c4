/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server side of the connection-oriented runtime, without input and output of its own: bytes
 * in, bytes out. It opens no socket, starts no thread and reads no clock; its caller (ntdsbsrvd's
 * loop, a test) moves the bytes. Here over a blocking socket:
 *
 *     void serve(struct rpc_server *server, const struct rpc_peer *peer, int socket)
 *     {
 *         unsigned char in[4096];
 *         const uint8_t *out;
 *         size_t length;
 *         ssize_t n;
 *         struct rpc_connection *c = rpc_connection_create(server, peer, "");
 *         if (c == NULL)
 *             return;
 *         while (!rpc_connection_is_finished(c) && (n = read(socket, in, sizeof in)) > 0) {
 *             rpc_connection_receive(c, in, (size_t)n); // runs managers, makes output
 *             while (out = rpc_connection_output(c, &length), length > 0) {
 *                 if ((n = write(socket, out, length)) < 0)
 *                     break;
 *                 rpc_connection_sent(c, (size_t)n); // runs requests that waited for room
 *             }
 *         }
 *         rpc_connection_destroy(c); // the last one of its group runs the sessions down
 *     }
 *
 * Not thread-safe: one thread owns a server and all its connections.
 * Rules: [MS-RPCE] 3.3.3.5, and what raw protocol tests show of deployed servers.
 */
#ifndef RPC_SERVER_H
#define RPC_SERVER_H

#include "ndr.h"
#include "types.h"

struct rpc_server;
struct rpc_connection;

struct rpc_peer {
    enum rpc_transport transport;
    bool trusted;       /* the transport itself vouches for the right (SO_PEERCRED) */
    bool authenticated; /* set by the runtime when the service accepted the bind's credentials */
    bool rejected;      /* set by the runtime when the service refused the bind's credentials */
};

struct rpc_call {
    struct rpc_connection *connection;
    const struct rpc_peer *peer;
    uint16_t opnum;
    struct ndr in;  /* the request stub */
    struct ndr out; /* the reply stub; `reply_reserve` bytes are there before the manager runs */
};

/* A manager routine. Returns 0 (the reply in call->out is sent) or a fault status (Win32 or
   nca_*: the reply is dropped and a fault is sent). It must not fail after it has acted:
   memory for what it will write beyond reply_reserve is reserved (rpc_call_reserve) first. */
typedef uint32_t rpc_manager_routine(struct rpc_call *call, void *service);

struct rpc_operation {
    const char *name;
    rpc_manager_routine *manager;
    size_t reply_reserve; /* bytes of reply stub that the runtime reserves before the call */
};

struct rpc_interface {
    struct rpc_syntax_id id;
    const char *annotation;
    const struct rpc_operation *operations;
    uint16_t operation_count;
    bool standard; /* the runtime's own (mgmt): not listed by inq_if_ids */
};

/* The strict type of a context handle: look-ups name it, so kinds cannot be confused. */
struct rpc_context_type {
    const char *name;
    void (*rundown)(void *object, void *service); /* called once, on close of the association */
};

/* With the defaults. */
struct rpc_server_limits {
    uint16_t max_fragment_tcp;            /* bytes; 5840 */
    uint16_t max_fragment_local;          /* bytes; 65528 */
    uint32_t max_request_stub;            /* bytes; 4 MiB [MS-RPCE] 3.3.3.5.4 */
    uint32_t max_contexts_per_bind;       /* presentation contexts; 128 */
    uint32_t max_contexts_per_connection; /* 256 */
    uint32_t max_handles_per_group;       /* context handles; 1024 */
    /* bytes; 64 KiB; no further request is run while more than this waits */
    size_t output_high_water;
    /* bytes; 64 MiB; by all connections, in requests not whole and replies not taken */
    size_t max_held;
};
extern const struct rpc_server_limits rpc_server_default_limits;

struct rpc_server_callbacks {
    /* Judges the credentials of a bind: 0, ERROR_ACCESS_DENIED, or ERROR_NOT_ENOUGH_SERVER_MEMORY
       (they could not be judged: the bind is refused). NULL callback: every one is denied. */
    uint32_t (*authenticate)(const struct rpc_credentials *c, const struct rpc_peer *p,
                             void *service);
    /* Fills `bytes` with unpredictable bytes (context handle UUIDs). False: could not. */
    bool (*random)(void *bytes, size_t n, void *service);
    /* Hears of each call that a manager of the service's own has run. `status`: the fault that is
       sent; 0: the reply in call->out is. NULL callback: none is made. */
    void (*called)(const struct rpc_call *call, const struct rpc_operation *operation,
                   uint32_t status, void *service);
};

struct rpc_server_counts {
    uint32_t connections;
    uint32_t groups;
    uint32_t context_handles;
    uint64_t calls_received, pdus_received, pdus_sent, faults_sent; /* since creation; inq_stats */
};

/* `interfaces` (borrowed, NULL-terminated) are offered on every endpoint, mgmt besides.
   NULL: out of memory. */
struct rpc_server *rpc_server_create(const struct rpc_interface *const *interfaces,
                                     const struct rpc_server_limits *limits,
                                     const struct rpc_server_callbacks *callbacks, void *service);
/* All connections must have been destroyed before. */
void rpc_server_destroy(struct rpc_server *s);
struct rpc_server_counts rpc_server_inspect(const struct rpc_server *s);

/* NULL: out of memory. The peer is copied. `secondary_address` (port or pipe, may be "") goes into
   bind_ack; copied. */
struct rpc_connection *rpc_connection_create(struct rpc_server *s, const struct rpc_peer *peer,
                                             const char *secondary_address);
/* Takes all `n` bytes: runs what is complete, keeps the rest. After a protocol error, or out of
   memory where not even a fault can be built, the rest is ignored and the connection finishes. */
void rpc_connection_receive(struct rpc_connection *c, const void *bytes, size_t n);
/* False: stop reading from the transport until output has been sent. Bounds what a peer can make
   us hold. */
bool rpc_connection_wants_input(const struct rpc_connection *c);
/* Bytes to send, valid until the next call on c. */
const uint8_t *rpc_connection_output(const struct rpc_connection *c, size_t *out_length);
/* `n` bytes of the output were sent; runs requests that waited for room. */
void rpc_connection_sent(struct rpc_connection *c, size_t n);
/* True once all output is sent and the protocol asks for the transport to be closed. */
bool rpc_connection_is_finished(const struct rpc_connection *c);
/* For policies of time: true while the association holds context handles; true while a PDU or a
   request is not whole or output waits; how many requests have become whole. */
bool rpc_connection_has_context_handles(const struct rpc_connection *c);
bool rpc_connection_is_busy(const struct rpc_connection *c);
uint64_t rpc_connection_calls(const struct rpc_connection *c);
/* Leaves the association group; the last one out runs its context handles down. */
void rpc_connection_destroy(struct rpc_connection *c);

/* For managers ------------------------------------------------------------------------------- */

/* Bytes of reply that may be reserved without the server holding more than it should (0: even one
   is too many). A manager that can do with less keeps within it; one that cannot does not ask. */
size_t rpc_call_room(const struct rpc_call *call);
/* Reserves reply memory beyond reply_reserve. False: out of memory; return
   nca_s_fault_remote_no_memory or a code of the service's own. */
bool rpc_call_reserve(struct rpc_call *call, size_t bytes);
/* Makes a context handle for `object` in the call's association group, tied to the type and to the
   call's interface. False: out of memory, no random bytes, or the group's limit is reached. */
bool rpc_context_create(struct rpc_call *call, const struct rpc_context_type *type, void *object,
                        struct rpc_context_handle *out_handle);
/* The object, or NULL if the handle is NULL, unknown, of another type, interface or group:
   answer with the fault RPC_FAULT_CONTEXT_MISMATCH. */
void *rpc_context_find(struct rpc_call *call, const struct rpc_context_type *type,
                       const struct rpc_context_handle *handle);
/* Forgets the handle without a rundown. The caller owns the object from here on. */
void *rpc_context_take(struct rpc_call *call, const struct rpc_context_type *type,
                       const struct rpc_context_handle *handle);

#endif
