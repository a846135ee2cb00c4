/* SPDX-License-Identifier: Apache-2.0 */
#include "association_group.h"

#include "server_internal.h"

#include <stdlib.h>
#include <string.h>

struct association_group *association_group_join(struct association_groups *all, uint32_t id,
                                                 enum rpc_transport transport, bool *no_memory)
{
    *no_memory = false;
    for (struct association_group *g = all->first; id != 0 && g != NULL; g = g->next) {
        if (g->id == id && g->transport == transport) {
            g->connections++;
            return g;
        }
    }
    if (id != 0)
        return NULL;
    struct association_group *g = calloc(1, sizeof *g);
    if (g == NULL) {
        *no_memory = true;
        return NULL;
    }
    if (++all->last_id == 0)
        all->last_id = 1;
    *g = (struct association_group){
        .next = all->first, .id = all->last_id, .transport = transport, .connections = 1};
    all->first = g;
    all->count++;
    return g;
}

void association_group_leave(struct association_groups *all, struct association_group *g,
                             void *service)
{
    if (--g->connections > 0)
        return;
    struct association_group **link = &all->first;
    while (*link != g)
        link = &(*link)->next;
    *link = g->next;
    all->count--;
    for (struct context_entry *e = g->entries, *next; e != NULL; e = next) {
        next = e->next;
        e->type->rundown(e->object, service);
        all->handle_count--;
        free(e);
    }
    free(g);
}

bool rpc_context_create(struct rpc_call *call, const struct rpc_context_type *type, void *object,
                        struct rpc_context_handle *out_handle)
{
    struct rpc_connection *c = call->connection;
    struct rpc_server *s = c->server;
    struct association_group *g = c->group;
    struct rpc_uuid uuid;
    if (g->entry_count >= s->limits.max_handles_per_group || s->callbacks.random == NULL)
        return false;
    struct context_entry *e = malloc(sizeof *e);
    if (e == NULL)
        return false;
    if (!s->callbacks.random(&uuid, sizeof uuid, s->service)) {
        free(e);
        return false;
    }
    *e = (struct context_entry){.next = g->entries,
                                .handle = {.uuid = uuid},
                                .type = type,
                                .interface = c->call.interface,
                                .object = object};
    /* All zero is the NULL handle. */
    e->handle.uuid.time_low |= 1;
    g->entries = e;
    g->entry_count++;
    s->groups.handle_count++;
    *out_handle = e->handle;
    return true;
}

static struct context_entry **find_link(const struct rpc_call *call,
                                        const struct rpc_context_type *type,
                                        const struct rpc_context_handle *handle)
{
    struct rpc_connection *c = call->connection;
    for (struct context_entry **link = &c->group->entries; *link != NULL; link = &(*link)->next) {
        const struct context_entry *e = *link;
        if (rpc_context_handle_equal(&e->handle, handle))
            return e->type == type && e->interface == c->call.interface ? link : NULL;
    }
    return NULL;
}

void *rpc_context_find(struct rpc_call *call, const struct rpc_context_type *type,
                       const struct rpc_context_handle *handle)
{
    struct context_entry **link = find_link(call, type, handle);
    return link != NULL ? (*link)->object : NULL;
}

void *rpc_context_take(struct rpc_call *call, const struct rpc_context_type *type,
                       const struct rpc_context_handle *handle)
{
    struct context_entry **link = find_link(call, type, handle);
    if (link == NULL)
        return NULL;
    struct context_entry *e = *link;
    void *object = e->object;
    *link = e->next;
    call->connection->group->entry_count--;
    call->connection->server->groups.handle_count--;
    free(e);
    return object;
}
