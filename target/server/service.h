/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the operations of both interfaces.
 */
#ifndef SERVER_SERVICE_H
#define SERVER_SERVICE_H

#include "access.h"
#include "interlock.h"
#include "ntdsb_server.h"
#include "server_key.h"
#include "store.h"

struct ntdsb_server {
    struct rpc_server *rpc;
    struct store store;
    int state_directory; /* owned: state/ of the store, locked */
    struct server_key key;
    struct accounts accounts;
    struct interlock interlock;
    const struct ntdsb_server_observer *observer; /* borrowed; NULL: none */
    bool restore_mode;
    uint32_t max_sessions, tombstone_days;
    uint32_t backup_sessions, restore_sessions, open_files; /* live */
};

extern const struct rpc_interface backup_interface, restore_interface, inspect_interface;

bool service_is_online(const struct ntdsb_server *s);
bool service_has_room(const struct ntdsb_server *s);
/* Seconds since 1970. */
uint64_t service_now(void);
/* ERROR_ACCESS_DENIED or 0: asked by every operation, before anything else. */
uint32_t service_check_access(const struct rpc_call *call);

/* One call in a session, from its decoded request to its reply: service_enter(), then the operation
   itself on `object` if that returned true, its code into `result`, then service_leave(), or
   another reply. */
struct service_turn {
    struct rpc_call *call;
    void *object;   /* the object behind the context handle; NULL: there is nothing to do */
    uint32_t fault; /* status to end the call with, whatever is encoded; 0: none */
    int32_t result; /* HRESULT of the reply */
};
/* Judges request and caller, and finds the object. False: the request cannot be decoded or names no
   such handle (`fault` is set), or access is denied (`result` is set). */
bool service_enter(struct service_turn *turn, struct rpc_call *call,
                   const struct rpc_context_type *type, const struct rpc_context_handle *handle);
/* Encodes a reply that is the result alone. Returns the manager routine's return value. */
uint32_t service_leave(const struct service_turn *turn);
/* The End of both interfaces: takes the handle away and hands its object to the type's rundown. */
uint32_t service_end(struct rpc_call *call, const struct rpc_context_type *type, void *service);
/* Encodes the reply of a list operation, and frees the list. Whether the list itself goes out. */
bool service_reply_list(struct rpc_call *call, struct ndr_wide list, int32_t result);

#endif
