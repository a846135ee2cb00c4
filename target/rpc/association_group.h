/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Association groups and the context handles that live in them. A group is as old as its
 * connections: the last one out runs its handles down. [MS-RPCE] 3.3.1.4, 3.3.3.7.1
 */
#ifndef RPC_ASSOCIATION_GROUP_H
#define RPC_ASSOCIATION_GROUP_H

#include "rpc_server.h"

struct context_entry {
    struct context_entry *next;
    struct rpc_context_handle handle;
    const struct rpc_context_type *type;
    const struct rpc_interface *interface;
    void *object;
};

struct association_group {
    struct association_group *next;
    uint32_t id;
    enum rpc_transport transport;
    uint32_t connections;
    struct context_entry *entries;
    uint32_t entry_count;
};

struct association_groups {
    struct association_group *first;
    uint32_t last_id;
    uint32_t count, handle_count;
};

/* Joins the group of that id and transport; id 0 makes a new one. NULL: unknown, or (*no_memory)
   out of memory. */
struct association_group *association_group_join(struct association_groups *all, uint32_t id,
                                                 enum rpc_transport transport, bool *no_memory);
/* The last to leave runs the handles down and frees the group. */
void association_group_leave(struct association_groups *all, struct association_group *g,
                             void *service);

#endif
