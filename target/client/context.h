/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The object behind a handle: one association with the service and the server's context handle
 * in it.
 *
 * Life: context_open() connects and reserves the handle; after Prepare succeeded, context_publish()
 * makes the handle valid, after it failed context_destroy() closes the association, and the server
 * runs down the session if it made one. context_end() invalidates the handle forever.
 *
 * Calls on one handle run one after the other (stub_call.h locks the context). A call that is under
 * way or waits for its turn when the handle is ended returns RPC_S_CALL_CANCELLED.
 */
#ifndef CLIENT_CONTEXT_H
#define CLIENT_CONTEXT_H

#include "../idl/stubs.h"
#include "../include/ntdsbcli.h"
#include "../rpc/rpc_binding.h"
#include "handle_table.h"
#include "text.h"

#include <stdatomic.h>

struct context {
    struct handle_object object; /* first: the handle table knows a context by it */
    uint64_t handle;
    bool published;
    struct rpc_binding *binding;
    atomic_bool ending;          /* the handle is gone: begin no other call */
    pthread_mutex_t mutex;       /* held for a call; guards the members below */
    struct ntdsb_session server; /* the server's name for the session, and our knowledge of it */
    uint64_t file_bytes;         /* of the open file */
    uint64_t received;           /* of it, so far: where the next read begins */
};

/* S_OK, ERROR_NOT_ENOUGH_MEMORY (also: HANDLE_SLOTS handles are live), or the
   codes of connect_to_server(). */
HRESULT context_open(enum context_kind kind, struct text_argument server,
                     const struct rpc_syntax_id *interface, struct context **out);
/* Never fails. The context belongs to the handle from now on. */
HBC context_publish(struct context *c);
/* For a context that was not published, or that context_end() returned. */
void context_destroy(struct context *c);

/* The context of a live handle of that kind, held until it is released; NULL: no such handle. */
struct context *context_acquire(enum context_kind kind, HBC hbc);
void context_release(struct context *c);

/* Ends the handle: cancels the call under way and waits until no thread uses the context. The
   caller then owns it, and may make a last call. NULL: no such handle. */
struct context *context_end(enum context_kind kind, HBC hbc);

uint32_t context_live_handles(void);
/* Closes the associations of all handles without telling the server, and forgets the handles. */
void context_unload(void);

#endif
